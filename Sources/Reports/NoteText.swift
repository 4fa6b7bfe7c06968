import Primitives
import World

/// The event log, a line for each thing that happened: when, in which event, what. What came of an event is indented.
package enum NoteText {
  /// - Parameter digests: adds what everything up to the end of the event has come to, as 16 hexadecimal digits for the
  ///   run and 16 for the process.
  package static func line(_ note: Note, digests: Bool = false) -> String {
    var time = TextBytes()
    time.append(seconds: note.at.nanoseconds, places: 9)
    let moment = String(decoding: time.bytes, as: UTF8.self)
    let head = padded(moment, to: 14) + " s  " + padded("#\(note.event)", to: 8) + (note.isEffect ? "      " : "  ")
    let tail =
      digests ? "  [\(Digest.hexadecimal(note.digests.run)) \(Digest.hexadecimal(note.digests.process))]" : ""
    return head + note.text + tail + "\n"
  }

  private static func padded(_ text: String, to width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.utf8.count)) + text
  }
}
