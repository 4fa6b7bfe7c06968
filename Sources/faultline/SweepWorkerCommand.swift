import ArgumentParser
import Experiments
import Foundation
import Primitives
import Reports
import Results
import Scenarios

/// `faultline sweep-worker`: the other end of a sweep's pipes. Orders come as lines on standard input, and each seed is
/// answered with a line on standard output.
struct SweepWorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep-worker", abstract: "Run what a sweep asks for.", shouldDisplay: false)

  @Option(help: "Bytes of address space, at most.")
  var memory: UInt64

  func run() throws {
    // Ctrl-C reaches the whole group; the sweep decides what becomes of its workers.
    signal(SIGINT, SIG_IGN)
    signal(SIGTERM, SIG_IGN)
    Self.endWithSweep()
    var limit = rlimit(rlim_cur: rlim_t(memory), rlim_max: rlim_t(memory))
    _ = setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    FreedMemory.keepForNextRun()
    var scenarios: [Int: Scenario] = [:]
    let decoder = JSONDecoder()
    while let line = readLine() {
      let order = try decoder.decode(WorkerOrder.self, from: Data(line.utf8))
      if let text = order.scenario { scenarios[order.point] = try ScenarioReader.read(text: text, file: "<order>") }
      guard let scenario = scenarios[order.point] else {
        throw ValidationError("point \(order.point) has no scenario; expected one with its first seeds")
      }
      for seed in order.seeds { try Terminal.write(Self.answer(scenario, seed)) }
    }
  }

  private static func answer(_ scenario: Scenario, _ seed: UInt64) throws -> [UInt8] {
    let (clock, cpu) = (ContinuousClock(), Self.cpu())
    let start = clock.now
    let result = try Run(scenario, seed: seed, telemetry: .off).perform()
    let summary = RunSummary(result, wall: Nanoseconds(Int64((clock.now - start) / .nanoseconds(1))), replay: "")
    let row = RunRow(
      summary, fingerprint: fingerprint(result, summary), marks: Self.marks(result), cpuNS: Self.cpu() - cpu)
    return Array(try JSONEncoder().encode(row)) + [UInt8(ascii: "\n")]
  }

  /// What was met, and of what is awaited also that it was not.
  private static func marks(_ result: RunResult) -> [RunRow.Mark] {
    let awaited = result.scenario.awaitedMarks
    return result.marks.filter { $0.count > 0 || awaited.contains($0.mark) }
      .map { RunRow.Mark(name: $0.name, count: Int64(clamping: $0.count)) }
  }

  /// What proves nothing for the same reason is one finding, as what fails in the same way is.
  private static func fingerprint(_ result: RunResult, _ summary: RunSummary) -> String? {
    if let fingerprint = result.fingerprint { return fingerprint.description }
    guard summary.verdict != .pass else { return nil }
    return FailureFingerprint(promise: "", role: "", detail: summary.sentence).description
  }

  /// Of this process, in nanoseconds.
  private static func cpu() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// However the sweep ends, its workers do: the pipe from it closes.
  private static func endWithSweep() {
    Thread.detachNewThread {
      var watched = pollfd(fd: STDIN_FILENO, events: 0, revents: 0)
      while watched.revents & Int16(POLLHUP | POLLERR | POLLNVAL) == 0 {
        watched.revents = 0
        _ = poll(&watched, 1, -1)
      }
      _exit(0)
    }
  }
}
