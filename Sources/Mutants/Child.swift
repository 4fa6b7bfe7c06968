import Foundation
import Synchronization

/// Another program that runs while its output is read: in a process group of its own, so that it can be ended with
/// all that it has started, and waited for by hand, which tells what it has cost.
package final class Child {
  package struct Ending: Sendable {
    /// nil where a signal has ended it.
    package let status: Int32?
    package let signal: Int32?
    /// Of the process and all that it has waited for.
    package let cpuSeconds: Double
  }

  package enum Line: Equatable, Sendable {
    case text(String)
    case end
    /// Nothing has come for so long.
    case silence
  }

  package struct StartError: Error, CustomStringConvertible {
    package let description: String
  }

  private let process: pid_t
  private let output: Int32
  private var buffer: [UInt8] = []

  /// - Parameters:
  ///   - arguments: the program's path, and what it is told.
  ///   - errors: a file for what it complains of.
  ///   - merged: whether the file gets its output too.
  ///   - variable: of the environment, that it is to be without.
  package init(
    _ arguments: [String], errors: String, merged: Bool = false, without variable: String? = nil
  ) throws(StartError) {
    (process, output) = try Self.starting.withLock { _ throws(StartError) in
      try Self.start(arguments, errors: errors, merged: merged, without: variable)
    }
  }

  /// One at a time: a child that inherits another's writing end would keep it from ending.
  private static let starting = Mutex(())

  private static func start(
    _ arguments: [String], errors: String, merged: Bool, without variable: String?
  ) throws(StartError) -> (process: pid_t, output: Int32) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw StartError(description: "cannot make a pipe") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    posix_spawn_file_actions_adddup2(&actions, merged ? 2 : ends[1], 1)
    // Where nothing is written to it, it still tells by its end that the child has ended.
    if merged { posix_spawn_file_actions_adddup2(&actions, ends[1], 3) }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    posix_spawnattr_setpgroup(&attributes, 0)
    var words = arguments.map { strdup($0) } + [nil]
    let kept = ProcessInfo.processInfo.environment.filter { $0.key != variable }
    var environment = kept.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for word in words + environment { free(word) } }
    var started: pid_t = 0
    let answer = posix_spawn(&started, arguments[0], &actions, &attributes, &words, &environment)
    close(ends[1])
    guard answer == 0 else {
      close(ends[0])
      throw StartError(description: "\(arguments[0]): cannot start it: \(String(cString: strerror(answer)))")
    }
    return (started, ends[0])
  }

  /// The next line of its output.
  ///
  /// - Parameters:
  ///   - seconds: how long to wait for it.
  ///   - isInterrupted: asked five times a second; where it says so, the child is told to end.
  package func line(within seconds: Double, isInterrupted: () -> Bool) -> Line {
    let patience = ContinuousClock.now + .milliseconds(Int64(seconds * 1_000))
    while true {
      if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: buffer[..<end], as: UTF8.self)
        buffer.removeFirst(end + 1)
        return .text(line)
      }
      if isInterrupted() { return .end }
      if ContinuousClock.now > patience { return .silence }
      var wanted = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      guard poll(&wanted, 1, 200) > 0 else { continue }
      var chunk = [UInt8](repeating: 0, count: 1 << 16)
      let count = read(output, &chunk, chunk.count)
      if count > 0 { buffer += chunk[..<count] } else if count == 0 { return .end }
    }
  }

  /// Asks it and all it has started to end, as Ctrl-C would.
  package func interrupt() { kill(-process, SIGINT) }

  /// Ends it and all it has started at once.
  package func end() { kill(-process, SIGKILL) }

  /// Waits until it is over, no longer than some seconds after it was told to end.
  package func wait(within seconds: Double = .infinity) -> Ending {
    let patience = ContinuousClock.now + .milliseconds(Int64(min(seconds, 1_000_000) * 1_000))
    var status: Int32 = 0
    var usage = rusage()
    while wait4(process, &status, WNOHANG, &usage) == 0 {
      if ContinuousClock.now > patience { end() }
      usleep(20_000)
    }
    close(output)
    let cpu = [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1_000_000 }
    let signal = status & 0x7F
    return Ending(
      status: signal == 0 ? (status >> 8) & 0xFF : nil, signal: signal == 0 ? nil : signal, cpuSeconds: cpu)
  }
}
