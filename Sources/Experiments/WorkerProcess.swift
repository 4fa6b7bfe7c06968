import Foundation

/// Another process that takes lines and answers with lines. Nothing here waits: the pool asks when there is something.
final class WorkerProcess {
  let identifier: pid_t
  private let input: Int32
  let output: Int32
  let errors: Int32
  private var outgoing: [UInt8] = []
  private var incoming: [UInt8] = []
  /// The beginning of what it says on standard error; the cause comes before a backtrace.
  private(set) var said: [UInt8] = []
  private(set) var outputEnded = false

  /// Linux's `F_SETPIPE_SZ`, which Swift does not import.
  private static let setPipeSize: Int32 = 1031

  /// It could not be started.
  struct StartError: Error {
    let reason: String
  }

  init(_ executable: String, _ arguments: [String]) throws(StartError) {
    let (ordersOut, ordersIn) = try Self.pipe()
    let (answersOut, answersIn) = try Self.pipe()
    let (errorsOut, errorsIn) = try Self.pipe()
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
    #else
      var actions = posix_spawn_file_actions_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (from, to) in [(ordersOut, STDIN_FILENO), (answersIn, STDOUT_FILENO), (errorsIn, STDERR_FILENO)] {
      posix_spawn_file_actions_adddup2(&actions, from, to)
    }
    var environment = ProcessInfo.processInfo.environment
    // A backtrace takes seconds, and the seed gives the same crash again whenever somebody looks.
    environment["SWIFT_BACKTRACE"] = "enable=no"
    let words = ([executable] + arguments).map { strdup($0) } + [nil]
    let settings = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in words + settings { free(pointer) } }
    var identifier: pid_t = 0
    let status = posix_spawn(&identifier, executable, &actions, nil, words, settings)
    for descriptor in [ordersOut, answersIn, errorsIn] { close(descriptor) }
    guard status == 0 else {
      for descriptor in [ordersIn, answersOut, errorsOut] { close(descriptor) }
      throw StartError(reason: String(cString: strerror(status)))
    }
    self.identifier = identifier
    (input, output, errors) = (ordersIn, answersOut, errorsOut)
    #if os(Linux)
      // Room for hundreds of answers, so that a worker need not wait while others are being written down.
      _ = fcntl(output, Self.setPipeSize, Int32(1 << 20))
    #endif
    for descriptor in [input, output, errors] {
      _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }
  }

  deinit { for descriptor in [input, output, errors] { close(descriptor) } }

  /// Ends that no other process inherits.
  private static func pipe() throws(StartError) -> (out: Int32, in: Int32) {
    var ends: [Int32] = [0, 0]
    guard Foundation.pipe(&ends) == 0 else { throw StartError(reason: String(cString: strerror(errno))) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  // MARK: Talking

  /// What `poll` shall watch: orders that are not written yet, answers and complaints.
  var watched: [pollfd] {
    [
      pollfd(fd: outgoing.isEmpty ? -1 : input, events: Int16(POLLOUT), revents: 0),
      pollfd(fd: outputEnded ? -1 : output, events: Int16(POLLIN), revents: 0),
      pollfd(fd: outputEnded ? -1 : errors, events: Int16(POLLIN), revents: 0),
    ]
  }

  func send(_ line: [UInt8]) {
    outgoing += line
    writeOut()
  }

  func writeOut() {
    while !outgoing.isEmpty {
      let count = outgoing.withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
      // Full, or nobody reads any more; the end of the process tells which.
      guard count > 0 else { return }
      outgoing.removeFirst(count)
    }
  }

  /// The lines that are complete by now.
  func readLines() -> [[UInt8]] {
    readErrors()
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = chunk.withUnsafeMutableBytes { read(output, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      if count == 0 { outputEnded = true }
      guard count > 0 else { break }
      incoming += chunk[..<count]
    }
    var lines: [[UInt8]] = []
    var start = 0
    while let end = incoming[start...].firstIndex(of: UInt8(ascii: "\n")) {
      lines.append(Array(incoming[start..<end]))
      start = end + 1
    }
    incoming.removeFirst(start)
    return lines
  }

  func readErrors() {
    var chunk = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = chunk.withUnsafeMutableBytes { read(errors, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      if said.count < 1 << 14 { said += chunk[..<count] }
    }
  }

  // MARK: Ending

  /// How it ended: nil where it lives yet.
  func ending() -> WorkerEnding? {
    var status: Int32 = 0
    var answer: pid_t
    repeat { answer = waitpid(identifier, &status, WNOHANG) } while answer < 0 && errno == EINTR
    guard answer == identifier else { return answer < 0 ? .status(-1) : nil }
    return Self.ending(status)
  }

  /// Ends it at once, and waits until it has.
  func kill() {
    _ = Foundation.kill(identifier, SIGKILL)
    var status: Int32 = 0
    while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
  }

  private static func ending(_ status: Int32) -> WorkerEnding {
    let signal = status & 0x7F
    return signal == 0 ? .status((status >> 8) & 0xFF) : .signal(signal)
  }
}

/// How a process ended.
enum WorkerEnding {
  case status(Int32)
  case signal(Int32)
}
