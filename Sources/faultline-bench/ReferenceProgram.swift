import Foundation

/// A yardstick in C++, compiled when the benchmark starts and run as a process of its own.
struct ReferenceProgram {
  private let executable: URL

  /// One run's answer.
  struct Answer {
    /// Nanoseconds of CPU time an event.
    let cost: Double
    let checksum: UInt64
  }

  /// Nil, with a word on standard error, where there is no source or no compiler: the rows then stand
  /// without a reference.
  init?(source: String?, in folder: URL) {
    guard let source = source.map({ URL(fileURLWithPath: $0) }) ?? Self.findSource(),
      FileManager.default.fileExists(atPath: source.path)
    else {
      complain("the reference's source was not found; see --reference-source")
      return nil
    }
    executable = folder.appendingPathComponent("priority_queue")
    for compiler in ["g++", "clang++"] {
      let arguments = [compiler, "-O3", "-std=c++17", "-o", executable.path, source.path]
      if (try? Self.run(arguments)) != nil { return }
    }
    complain("neither g++ nor clang++ could compile \(source.path); no reference")
    return nil
  }

  func run(pending: Int, events: Int) throws -> Answer {
    let output = try Self.run([executable.path, String(pending), String(events)])
    let fields = output.split(whereSeparator: \.isWhitespace)
    guard fields.count == 2, let cost = Double(fields[0]), let checksum = UInt64(fields[1]) else {
      throw ReferenceError(message: "the reference printed something else than a cost and a checksum")
    }
    return Answer(cost: cost, checksum: checksum)
  }

  /// The source in the package that this executable was built in: `.build/…` is below its folder.
  private static func findSource() -> URL? {
    var folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    while folder.path != "/" {
      let source = folder.appendingPathComponent("Sources/faultline-bench/Reference/priority_queue.cpp")
      if FileManager.default.fileExists(atPath: source.path) { return source }
      folder.deleteLastPathComponent()
    }
    return nil
  }

  @discardableResult
  private static func run(_ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw ReferenceError(message: "\(arguments[0]) failed with status \(process.terminationStatus)")
    }
    return String(decoding: data, as: UTF8.self)
  }
}

/// The yardstick could not be measured, or did other work than the code it is compared with.
struct ReferenceError: Error {
  let message: String
}

/// For people: standard output belongs to the rows.
func complain(_ message: String) { FileHandle.standardError.write(Data("faultline-bench: \(message)\n".utf8)) }
