import Foundation
import Primitives
import Scenarios

/// `tape.jsonl`: a line that says what was run, one for each choice that was fixed, one for each checkpoint, and the
/// end.
package enum TapeFile {
  package static let name = "tape.jsonl"
  private static let format = 1

  /// - Parameter choices: as in a scenario's `choices`, one text each.
  package static func lines(_ tape: Tape, choices: [String]) -> [UInt8] {
    var text =
      "{\"tape\":\(format),\"version\":\(quoted(tape.version)),\"scenario\":\(quoted(tape.scenario)),"
      + "\"seed\":\(tape.seed),\"fingerprint\":\(quoted(tape.fingerprint))}\n"
    for choice in choices { text += "{\"choice\":\(quoted(choice))}\n" }
    for checkpoint in tape.checkpoints { text += line(checkpoint, "") }
    text += line(tape.end, "\"end\":true,")
    return Array(text.utf8)
  }

  private static func line(_ checkpoint: Checkpoint, _ more: String) -> String {
    "{\(more)\"events\":\(checkpoint.events),\"at_ns\":\(checkpoint.at.nanoseconds),"
      + "\"digest\":\"\(checkpoint.digest.hexadecimal)\"}\n"
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\0"..."\u{1F}": result += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  // MARK: Reading

  private struct Line: Decodable {
    var tape: Int?
    var version: String?
    var scenario: String?
    var seed: UInt64?
    var fingerprint: String?
    var choice: String?
    var events: UInt64?
    var at_ns: Int64?
    var digest: String?
    var end: Bool?

    var checkpoint: Checkpoint? {
      guard let events, let at_ns, at_ns >= 0, let digest = digest.flatMap(Digest.init(hexadecimal:)) else {
        return nil
      }
      return Checkpoint(events: events, at: Instant(nanoseconds: at_ns), digest: digest)
    }
  }

  /// - Parameter file: for messages.
  /// - Throws: where the text is not a tape, by line.
  package static func read(_ bytes: [UInt8], file: String) throws(Complaint) -> (tape: Tape, choices: [String]) {
    var header: Line?
    var choices: [String] = []
    var checkpoints: [Checkpoint] = []
    var end: Checkpoint?
    for (number, text) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
    {
      guard !text.isEmpty else { continue }
      let place = Place(file: file, line: number + 1)
      func damaged(_ expected: String) -> Complaint {
        Complaint(at: place, "the tape is damaged here; expected \(expected)")
      }
      guard end == nil else { throw damaged("nothing behind its end") }
      guard let line = try? JSONDecoder().decode(Line.self, from: Data(text)) else {
        throw damaged("a JSON object")
      }
      if header == nil {
        guard let tape = line.tape, line.version != nil, line.scenario != nil, line.seed != nil,
          line.fingerprint != nil
        else { throw damaged("its first line, with tape, version, scenario, seed and fingerprint") }
        guard tape == format else {
          throw Complaint(at: place, "found a tape of format \(tape); expected format \(format)")
        }
        header = line
      } else if let choice = line.choice {
        choices.append(choice)
      } else {
        guard let checkpoint = line.checkpoint else {
          throw damaged("events, at_ns and a digest of 32 hexadecimal digits")
        }
        guard checkpoint.events >= checkpoints.last?.events ?? 0 else {
          throw damaged("checkpoints in ascending order")
        }
        if line.end == true { end = checkpoint } else { checkpoints.append(checkpoint) }
      }
    }
    guard let header, let version = header.version, let scenario = header.scenario, let seed = header.seed,
      let fingerprint = header.fingerprint
    else { throw Complaint(at: Place(file: file), "the file is empty; expected a tape") }
    guard let end else {
      throw Complaint(
        at: Place(file: file), "the tape has no end: it was cut off; expected a last line with \"end\":true")
    }
    let tape = Tape(
      version: version, scenario: scenario, seed: seed, fingerprint: fingerprint, checkpoints: checkpoints, end: end
    )
    return (tape, choices)
  }
}

extension RunResult {
  /// - Parameter version: of the program that did the run.
  package func tape(version: String) -> Tape {
    Tape(
      version: version, scenario: scenario.name, seed: seed, fingerprint: scenario.fingerprint(seed: seed),
      checkpoints: checkpoints, end: Checkpoint(events: events, at: end, digest: digest))
  }
}

extension Scenario {
  /// Stands for everything that decides a run of the scenario with this seed.
  package func fingerprint(seed: UInt64) -> String {
    var digest = Digest()
    digest.fold(bytes: Array(ScenarioWriter.yaml(self).utf8))
    digest.fold(seed)
    return digest.hexadecimal
  }
}
