import Compression
import Foundation
import Scenarios

/// A run that left its files, read again.
package struct RunFolder: Sendable {
  package let path: String
  package let scenario: Scenario
  package let tape: Tape
  /// Whether somebody has changed the scenario or its choices since the run: then it is another run, and the tape's
  /// checkpoints are not its own.
  package let isEdited: Bool

  /// - Parameter choices: to be fixed too, as in a scenario's `choices`, one text each.
  /// - Throws: a file is missing, cannot be read, or is damaged.
  package init(path: String, choices: [String] = []) throws(Complaint) {
    self.path = path
    let tapeFile = try Self.file(TapeFile.name, of: path)
    let scenarioFile = try Self.file("scenario.yaml", of: path)
    let recorded = try TapeFile.read(tapeFile.bytes, file: tapeFile.path)
    tape = recorded.tape
    guard let text = String(validating: scenarioFile.bytes, as: UTF8.self) else {
      throw Complaint(at: Place(file: scenarioFile.path), "the file is not UTF-8; expected a scenario")
    }
    // The tape's own choices count; those of the scenario are the same, unless somebody has edited one of them.
    let plain = try ScenarioReader.read(text: text, file: scenarioFile.path)
    let all = recorded.choices + choices
    let isOwn = recorded.choices == ScenarioWriter.choices(plain)
    scenario =
      isOwn && choices.isEmpty
      ? plain
      : try ScenarioReader.read(
        text: text, file: scenarioFile.path, settings: [("choices", "[" + all.joined(separator: ", ") + "]")])
    isEdited = scenario.fingerprint(seed: recorded.tape.seed) != recorded.tape.fingerprint
  }

  /// The seed that was run.
  package var seed: UInt64 { tape.seed }

  /// A file of a run, plain or compressed.
  package static func file(_ name: String, of folder: String) throws(Complaint) -> (path: String, bytes: [UInt8]) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else {
      throw Complaint(at: Place(file: folder), "there is no such folder; expected the folder of a run")
    }
    guard isFolder.boolValue else {
      throw Complaint(at: Place(file: folder), "found a file; expected the folder of a run, with \(name)")
    }
    let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
    if let data = FileManager.default.contents(atPath: path) { return (path, Array(data)) }
    guard let data = FileManager.default.contents(atPath: path + ".gz") else {
      throw Complaint(
        at: Place(file: folder), "found no \(name); expected the folder of a run, with \(name) or \(name).gz")
    }
    guard let bytes = Gzip.decompressed(Array(data)) else {
      throw Complaint(at: Place(file: path + ".gz"), "the file is damaged; expected gzip")
    }
    return (path + ".gz", bytes)
  }
}
