import Foundation
import Node
import Primitives
import World

/// A run as its files tell it, whoever wrote them: what a picture of it is drawn from, together with the film where the
/// run could be repeated. What is lacking is named, and the rest is there.
package struct RunRecord: Sendable {
  /// A client's operation.
  package struct Operation: Hashable, Sendable {
    package enum Outcome: UInt8, Sendable {
      case ok, fail, info
      /// Without an answer when the run ended.
      case open
    }

    package var number: UInt64
    package var process: String
    /// `put key k3, value 12`
    package var text: String
    /// `value 12`, or why it failed; empty where there is nothing to say.
    package var answer = ""
    /// ns of virtual time.
    package var call: Int64
    package var end: Int64?
    package var outcome = Outcome.open
    /// What it is about, as `key`; empty where it has none.
    package var key: String
  }

  /// Why a history has no legal order.
  package struct Explanation: Sendable, Decodable {
    package struct Line: Sendable, Decodable {
      package var number: UInt64
      package var process: String
      package var text: String
      package var call_ns: Int64
      package var end_ns: Int64?
    }

    package var key: String
    package var sentence: String
    package var operation: Line
    package var states: [String]
    package var order: [Line]
    package var around: [Line]

    fileprivate mutating func keepTimesInBounds() {
      func bound(_ line: inout Line) {
        line.call_ns = RunRecord.moment(line.call_ns)
        line.end_ns = line.end_ns.map(RunRecord.moment)
      }
      bound(&operation)
      for place in order.indices { bound(&order[place]) }
      for place in around.indices { bound(&around[place]) }
    }
  }

  package var summary: RunSummary
  /// Hosts of their occurrences are places in `processes`.
  package var faults: [FaultRecord] = []
  /// What was done each time that a fault struck, by fault and occurrence.
  package var strikes: [[String]] = []
  package var operations: [Operation] = []
  package var explanation: Explanation?
  /// The scenario as it was run; empty where there is none.
  package var scenario = ""
  /// The smallest scenario that fails in the same way, as `shrink` writes it; nil where nobody has looked for it.
  package var smallest: String?
  package var film: Film?
  /// Nodes, then clients.
  package var processes: [String] = []
  /// What the page cannot show, a sentence each.
  package private(set) var lacking: [String] = []

  /// The file that `shrink` leaves in the folder of a run.
  package static let smallestName = "smallest.yaml"

  /// What a run's folder holds, read or not.
  package typealias Files = (_ name: String) -> Result<[UInt8], Unreadable>

  package struct Unreadable: Error {
    package let reason: String

    package init(_ reason: String) { self.reason = reason }
  }

  /// A moment that a file tells, within what a run may last: ten years.
  static func moment(_ ns: Int64) -> Int64 { min(max(0, ns), 315_576_000_000_000_000) }

  /// - Parameter film: the run repeated, or why that cannot be.
  /// - Throws: without a summary there is nothing to show.
  package init(files: Files, film: Result<Film, Unreadable>) throws(Unreadable) {
    summary = try RunSummary(json: files("summary.json").get())
    if case .success(let film) = film { (self.film, processes) = (film, film.processes) }
    if case .failure(let error) = film {
      lacking.append("The run could not be repeated, so that no message and no state is shown: \(error.reason).")
    }
    if let bytes = take("scenario.yaml", files) { scenario = String(decoding: bytes, as: UTF8.self) }
    if let bytes = take("history.jsonl", files) {
      let (operations, damage) = Self.operations(bytes)
      self.operations = operations
      if let damage { lacking.append("history.jsonl: \(damage); operations up to there are shown.") }
    }
    var ledger: LedgerJSON.File?
    if let bytes = take("ledger.json", files) {
      do throws(Unreadable) {
        ledger = try LedgerJSON.read(bytes)
      } catch {
        lacking.append("ledger.json: \(error.reason).")
      }
    }
    if self.film == nil { processes = Self.processes(ledger?.hosts ?? [], operations, summary) }
    faults = ledger?.faults(hosts: processes) ?? []
    strikes = ledger?.words ?? []
    if case .success(let bytes) = files("linearizability.json") {
      explanation = try? JSONDecoder().decode(Explanation.self, from: Data(bytes))
      explanation?.keepTimesInBounds()
      if explanation == nil { lacking.append("linearizability.json is damaged: no explanation of it is shown.") }
    }
    if case .success(let bytes) = files(Self.smallestName) { smallest = String(decoding: bytes, as: UTF8.self) }
    summary.faults = faults.isEmpty ? summary.faults : faults
  }

  private mutating func take(_ name: String, _ files: Files) -> [UInt8]? {
    do throws(Unreadable) {
      return try files(name).get()
    } catch {
      lacking.append("\(name): \(error.reason).")
      return nil
    }
  }

  /// Names in the order in which people count: `n2` before `n10`, nodes before clients.
  private static func processes(_ hosts: [String], _ operations: [Operation], _ summary: RunSummary) -> [String] {
    let nodes = Set(hosts).union(summary.violations.compactMap(\.node)).union(summary.incidents.map(\.node))
    let clients = Set(operations.map(\.process)).subtracting(nodes)
    func sorted(_ names: Set<String>) -> [String] {
      names.sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
    }
    return sorted(nodes) + sorted(clients)
  }

  /// What was done when a fault struck: in the words of the ledger, or the fault's name.
  package func words(ofFault fault: Int, _ occurrence: Int) -> String {
    let words = fault < strikes.count && occurrence < strikes[fault].count ? strikes[fault][occurrence] : ""
    return words.isEmpty ? faults[fault].name : words
  }

  // MARK: History

  /// - Returns: what could be read, in the order of calls, and what is wrong with the rest.
  private static func operations(_ bytes: [UInt8]) -> ([Operation], damage: String?) {
    var operations: [Operation] = []
    var open: [UInt64: Int] = [:]
    for (number, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
      guard let object = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any],
        let time = (object["time_ns"] as? NSNumber).map({ Self.moment($0.int64Value) }),
        let type = object["type"] as? String,
        let operation = (object["operation"] as? NSNumber)?.uint64Value,
        let process = object["process"] as? String, let name = object["op"] as? String
      else { return (operations, "line \(number + 1) is damaged") }
      let fields = fields(of: line, object)
      if type == "invoke" {
        open[operation] = operations.count
        operations.append(
          Operation(
            number: operation, process: process, text: fields.isEmpty ? name : "\(name) \(fields)", call: time,
            key: object["key"].map { "\($0)" } ?? ""))
      } else if let place = open.removeValue(forKey: operation) {
        operations[place].end = time
        operations[place].answer = fields
        operations[place].outcome = type == "ok" ? .ok : type == "fail" ? .fail : .info
      }
    }
    return (operations, nil)
  }

  /// The arguments or results, in the order of the line.
  private static func fields(of line: ArraySlice<UInt8>, _ object: [String: Any]) -> String {
    let names = object.keys.filter { !["time_ns", "process", "type", "op", "operation"].contains($0) }
    guard !names.isEmpty else { return "" }
    let placed = names.map { name in (name, place(of: "\"\(name)\":", in: line)) }
    return placed.sorted { ($0.1, $0.0) < ($1.1, $1.0) }.map { name, _ in
      object[name] is NSNull ? "\(name) nothing" : "\(name) \(object[name]!)"
    }.joined(separator: ", ")
  }

  /// Where a key first stands in a line; its end where it does not.
  private static func place(of key: String, in line: ArraySlice<UInt8>) -> Int {
    let key = Array(key.utf8)
    return line.withUnsafeBufferPointer { line in
      guard line.count >= key.count else { return line.count }
      return (0...(line.count - key.count)).first { start in
        key.indices.allSatisfy { line[start + $0] == key[$0] }
      } ?? line.count
    }
  }
}
