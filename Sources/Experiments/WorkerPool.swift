import Foundation
import Primitives

/// Runs a sweep's seeds in processes of their own: what ends one of them, or never ends, is the result of that seed,
/// and another process goes on with the next.
package struct WorkerPool {
  /// What became of a job.
  package enum Outcome: Sendable {
    /// The line that the worker wrote.
    case answered([UInt8])
    /// The process ended; with the reason, and what it said first.
    case crashed(reason: String, said: String)
    case outOfMemory
    case hung
  }

  /// Workers do not come up, or say what nobody understands.
  package struct WorkerError: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
  }

  private let executable: String
  private let arguments: [String]
  private let workers: Int
  private let timeout: Duration
  private let scenario: (Int) -> String

  /// - Parameters:
  ///   - arguments: what makes the executable a worker.
  ///   - timeout: real time that a seed may take.
  ///   - scenario: the canonical text of a point.
  package init(
    executable: String, arguments: [String], workers: Int, timeout: Duration, scenario: @escaping (Int) -> String
  ) {
    self.executable = executable
    self.arguments = arguments
    self.workers = workers
    self.timeout = timeout
    self.scenario = scenario
  }

  /// A worker and what it has been told to do, in its order.
  private struct Lane {
    var process: WorkerProcess
    var jobs: ArraySlice<SweepJob> = []
    var knows: Set<Int> = []
    /// When the first of the jobs began, as seen from here.
    var since: ContinuousClock.Instant
    /// Seconds that a seed takes, smoothed.
    var pace: Double?
  }

  /// So much work is under way with a worker, so that it never waits for orders and little is lost with it.
  private static let ahead = 0.25

  /// - Parameters:
  ///   - next: the next job; nil where there is none left.
  ///   - take: gets each job once, with its outcome; false stops the pool.
  ///   - tick: asked several times a second; false stops the pool.
  /// - Returns: whether everything was done.
  package func run(
    next: () -> SweepJob?, take: (SweepJob, Outcome) throws -> Bool, tick: () throws -> Bool
  ) throws -> Bool {
    // A worker that has ended shall be noticed by its answers, not by a signal.
    signal(SIGPIPE, SIG_IGN)
    var returned: [SweepJob] = []
    var isDry = false
    func following() -> SweepJob? {
      if let job = returned.popLast() { return job }
      guard !isDry, let job = next() else {
        isDry = true
        return nil
      }
      return job
    }
    var lanes: [Lane] = []
    defer { for lane in lanes { lane.process.kill() } }
    var barren = 0
    while true {
      while lanes.count < workers, let job = following() {
        returned.append(job)
        lanes.append(try start())
      }
      for index in lanes.indices { supply(&lanes[index], following) }
      lanes.removeAll { lane in
        if lane.jobs.isEmpty { lane.process.kill() }
        return lane.jobs.isEmpty
      }
      if lanes.isEmpty { return true }
      wait(lanes)
      for index in lanes.indices.reversed() {
        let before = lanes[index].jobs.count
        guard try hear(&lanes[index], take) else { return false }
        if lanes[index].jobs.count < before { barren = 0 }
        guard let (job, outcome) = ended(&lanes[index]) else { continue }
        returned += lanes[index].jobs.reversed()
        lanes.remove(at: index)
        guard let job else {
          barren += 1
          guard barren < 10 else {
            throw WorkerError(description: "worker processes end before they have anything to do")
          }
          continue
        }
        guard try take(job, outcome) else { return false }
      }
      guard try tick() else { return false }
    }
  }

  private func start() throws -> Lane {
    do {
      return Lane(process: try WorkerProcess(executable, arguments), since: ContinuousClock().now)
    } catch {
      throw WorkerError(description: "cannot start a worker process: \(error.reason)")
    }
  }

  // MARK: Orders

  private func supply(_ lane: inout Lane, _ following: () -> SweepJob?) {
    let target = lane.pace.map { min(max(Int(Self.ahead / max($0, 1e-6)), 1), 1_000) } ?? 1
    guard lane.jobs.count <= target / 2 else { return }
    if lane.jobs.isEmpty { lane.since = ContinuousClock().now }
    var orders: [WorkerOrder] = []
    while lane.jobs.count < target, let job = following() {
      lane.jobs.append(job)
      if orders.last?.point == job.point {
        orders[orders.count - 1].seeds.append(job.seed)
      } else {
        let isNew = lane.knows.insert(job.point).inserted
        orders.append(WorkerOrder(point: job.point, scenario: isNew ? scenario(job.point) : nil, seeds: [job.seed]))
      }
    }
    for order in orders { lane.process.send(order.line) }
  }

  // MARK: Answers

  private func wait(_ lanes: [Lane]) {
    // Waking up for each of many answers would take the cores from those who give them.
    let isBrisk = lanes.allSatisfy { $0.pace ?? 1 < Self.ahead / 10 }
    if isBrisk { usleep(UInt32(Self.ahead / 10 * 1e6)) }
    var watched = lanes.flatMap { $0.process.watched }
    _ = poll(&watched, nfds_t(watched.count), isBrisk ? 0 : 50)
  }

  private func hear(_ lane: inout Lane, _ take: (SweepJob, Outcome) throws -> Bool) throws -> Bool {
    lane.process.writeOut()
    let lines = lane.process.readLines()
    guard !lines.isEmpty else { return true }
    let now = ContinuousClock().now
    let pace = (now - lane.since) / .seconds(1) / Double(lines.count)
    lane.pace = lane.pace.map { 0.7 * $0 + 0.3 * pace } ?? pace
    lane.since = now
    for line in lines {
      guard let job = lane.jobs.popFirst() else {
        throw WorkerError(description: "a worker process answered what it was not asked")
      }
      guard try take(job, .answered(line)) else { return false }
    }
    return true
  }

  // MARK: Endings

  /// The job that a worker ended with, if it ended, or had to be ended; no job where it had none.
  private func ended(_ lane: inout Lane) -> (SweepJob?, Outcome)? {
    if ContinuousClock().now - lane.since > timeout, !lane.jobs.isEmpty {
      lane.process.kill()
      return (lane.jobs.popFirst(), .hung)
    }
    guard lane.process.outputEnded else { return nil }
    // Its output ends a moment before the process does.
    var ending = lane.process.ending()
    for _ in 0..<2_000 where ending == nil {
      usleep(1_000)
      ending = lane.process.ending()
    }
    if ending == nil { lane.process.kill() }
    lane.process.readErrors()
    let said = String(decoding: lane.process.said, as: UTF8.self)
    let reason: String
    switch ending {
    case .signal(SIGKILL)?: reason = "killed from outside, as a system does that has no memory left"
    case .signal(let number)?: reason = "ended by signal \(number) (\(String(cString: strsignal(number))))"
    case .status(let status)?: reason = "ended with status \(status)"
    case nil: reason = "closed its output and did not end"
    }
    return (lane.jobs.popFirst(), Self.tellsOfMemory(said) ? .outOfMemory : .crashed(reason: reason, said: said))
  }

  /// What the runtimes of Swift and C++ say when they are refused memory.
  private static func tellsOfMemory(_ said: String) -> Bool {
    [
      "failed to allocate", "Could not allocate memory", "could not allocate memory", "std::bad_alloc",
      "out of memory",
    ]
    .contains { said.contains($0) }
  }
}
