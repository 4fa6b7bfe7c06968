import Foundation
import Primitives
import World

extension LedgerJSON {
  /// `ledger.json`, read again.
  struct File: Decodable {
    struct Fault: Decodable {
      struct Occurrence: Decodable {
        var from_ns: Int64
        var until_ns: Int64?
        var branch: Int
        var what: String?
        var hosts: [String]
      }
      var id: UInt32
      var name, kind: String
      var without_target: UInt64
      var effects: [String: UInt64]
      var occurrences: [Occurrence]
    }

    var faults: [Fault]

    /// Names of all hosts that a fault was about.
    var hosts: [String] { faults.flatMap(\.occurrences).flatMap(\.hosts) }

    /// What was done each time, in words; empty where the file does not say.
    var words: [[String]] { faults.map { $0.occurrences.map { $0.what ?? "" } } }

    /// - Parameter hosts: names by number; others are left out.
    func faults(hosts: [String]) -> [FaultRecord] {
      let numbers = Dictionary(hosts.enumerated().map { ($1, NodeID(UInt32($0))) }) { first, _ in first }
      return faults.map { fault in
        var record = FaultRecord(
          id: fault.id, name: fault.name, timed: fault.kind == "timed", effects: fault.effects)
        record.withoutTarget = fault.without_target
        record.occurrences = fault.occurrences.map { occurrence in
          FaultRecord.Occurrence(
            from: Instant(nanoseconds: RunRecord.moment(occurrence.from_ns)),
            until: occurrence.until_ns.map { Instant(nanoseconds: RunRecord.moment($0)) },
            hosts: occurrence.hosts.compactMap { numbers[$0] }, branch: occurrence.branch)
        }
        return record
      }
    }
  }

  static func read(_ bytes: [UInt8]) throws(RunRecord.Unreadable) -> File {
    guard let file = try? JSONDecoder().decode(File.self, from: Data(bytes)) else {
      throw RunRecord.Unreadable("the file is damaged, or no ledger; no fault is shown")
    }
    return file
  }
}
