import ArgumentParser
import Foundation
import Reports
import Synchronization

/// Standard output and standard error, and what is known of who reads them.
enum Terminal {
  static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
  static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  static func style(isTerminal: Bool) -> TerminalStyle {
    let environment = ProcessInfo.processInfo.environment
    let wantsNone = environment["NO_COLOR"].map { !$0.isEmpty } ?? false || environment["TERM"] == "dumb"
    return isTerminal && !wantsNone ? .colour : .plain
  }

  /// Columns; 100 where nobody looks.
  static func width(_ descriptor: Int32) -> Int {
    var size = winsize()
    if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
    return ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) }.flatMap { $0 >= 40 ? $0 : nil } ?? 100
  }

  /// - Throws: where standard output is closed or full.
  static func print(_ text: String) throws { try write(Array(text.utf8)) }

  static func write(_ bytes: [UInt8]) throws { try FileHandle.standardOutput.write(contentsOf: Data(bytes)) }

  /// What a command is asked for.
  ///
  /// - Throws: `ExitCode` 74, after one complaint, where standard output is closed or full.
  static func deliver(_ bytes: [UInt8]) throws {
    do {
      try write(bytes)
    } catch {
      complain("standard output: cannot write")
      throw ExitCode(Exit.inputOutput)
    }
  }

  static func deliver(_ text: String) throws { try deliver(Array(text.utf8)) }

  static func tell(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }

  /// One error, one line.
  static func complain(_ message: String) { tell("error: \(message)\n") }
}

/// Whether somebody has pressed Ctrl-C.
enum Interruption {
  private static let requested = Atomic<Bool>(false)

  static var isRequested: Bool { requested.load(ordering: .relaxed) }

  /// From now on SIGINT and SIGTERM end the work cleanly; a second one ends it at once.
  static func listen() {
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        Interruption.requested.store(true, ordering: .relaxed)
        signal(number, SIG_DFL)
      }
    }
  }
}
