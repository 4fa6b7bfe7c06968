import Experiments
import Foundation
import Primitives
import Reports
import Results

/// Carries out a sweep: gives its jobs to worker processes and keeps what they answer.
struct Sweep {
  let grid: SweepGrid
  let folder: String
  let shard: Shard
  let retries: Bool
  let timeout: TimeSpan
  /// Bytes.
  let memory: UInt64
  let budget: TimeSpan?
  let failsFast: Bool
  let workers: Int
  let isQuiet: Bool

  struct End {
    let results: ResultSet
    let isInterrupted: Bool
  }

  func run() throws -> End {
    let lock = try FolderLock(folder)
    defer { withExtendedLifetime(lock) {} }
    let results = try ResultSet.openOrCreate(folder)
    var sets: [Int64] = []
    for set in grid.sets { sets.append(try results.enter(set)) }
    if retries { for set in sets { _ = try results.forgetUnfinished(set) } }
    let jobs = try self.jobs(results, sets)
    let asked = jobs.asked
    let left = jobs.left.reduce(0) { count, _ in count + 1 }
    announce(asked: asked, left: left)
    let stop = left == 0 ? .done : try work(jobs.left, left, results, sets)
    tell(stop, asked: asked)
    return End(results: results, isInterrupted: stop == .interrupted)
  }

  /// What this shard was asked for in all, and what of it has no result yet.
  private func jobs(_ results: ResultSet, _ sets: [Int64]) throws -> (asked: Int, left: SweepJobs) {
    var finished: [[Set<Int64>]] = []
    for (index, set) in grid.sets.enumerated() {
      finished.append(try results.finished(sets[index], points: set.points.count))
    }
    let everything = SweepJobs(grid.points.map { .init(seeds: $0.seeds, finished: []) }, shard: shard)
    let left = SweepJobs(
      grid.points.map { .init(seeds: $0.seeds, finished: finished[$0.set][$0.number]) }, shard: shard)
    return (everything.reduce(0) { count, _ in count + 1 }, left)
  }

  // MARK: Working

  private enum Stop { case done, interrupted, outOfBudget, failed }

  private func work(_ jobs: SweepJobs, _ count: Int, _ results: ResultSet, _ sets: [Int64]) throws -> Stop {
    let pool = WorkerPool(
      executable: "/proc/self/exe", arguments: ["sweep-worker", "--memory", "\(memory)"], workers: workers,
      timeout: timeout.duration, scenario: { grid.points[$0].text })
    let clock = ContinuousClock()
    let start = clock.now
    let progress = SweepProgress(isOn: !isQuiet, seeds: count)
    defer { progress.clear() }
    var jobs = jobs
    var keeper = Keeper(results)
    var stop = Stop.done
    _ = try pool.run {
      jobs.next()
    } take: { job, outcome in
      let row = try row(job, outcome)
      try keeper.keep(
        ResultSet.Finished(set: sets[grid.points[job.point].set], point: grid.points[job.point].number, run: row))
      progress.finish(row)
      if failsFast, row.verdict.isFailure { stop = .failed }
      return stop == .done
    } tick: {
      try keeper.flush(atLeast: .milliseconds(200))
      progress.show()
      if Interruption.isRequested { stop = .interrupted }
      if let budget, clock.now - start >= budget.duration { stop = .outOfBudget }
      return stop == .done
    }
    try keeper.flush(atLeast: .zero)
    return stop
  }

  private func row(_ job: SweepJob, _ outcome: WorkerPool.Outcome) throws -> RunRow {
    func ended(_ verdict: SeedVerdict, _ shape: String, _ sentence: String) -> RunRow {
      let fingerprint = FailureFingerprint(promise: verdict.words, role: "", detail: shape).description
      return RunRow(seed: job.seed, endedAs: verdict, fingerprint: fingerprint, sentence: sentence, wallNS: 0)
    }
    switch outcome {
    case .answered(let line):
      do {
        return try JSONDecoder().decode(RunRow.self, from: Data(line))
      } catch {
        let text = String(decoding: line.prefix(80), as: UTF8.self)
        throw WorkerPool.WorkerError(description: "a worker process answered '\(text)'; expected a run")
      }
    case .crashed(let reason, let said):
      let cause = Self.cause(said)
      return ended(.crashed, cause ?? reason, "crashed: its process was \(reason)\(cause.map { ": \($0)" } ?? "")")
    case .outOfMemory:
      let limit = PeopleText.figure(Double(memory) / Double(1 << 30), unit: "GiB")
      return ended(.outOfMemory, "", "ran out of memory: its process may have \(limit)")
    case .hung:
      return ended(
        .hung, "", "hung: it took more than \(PeopleText.duration(timeout.nanoseconds.count)) of real time")
    }
  }

  /// The line of a process's last words that tells why.
  private static func cause(_ said: String) -> String? {
    let lines = said.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
    let line = lines.first { $0.contains("atal error") } ?? lines.first { $0.contains("error") } ?? lines.first
    return line.map { String($0.prefix(300)) }
  }

  // MARK: Telling

  private func announce(asked: Int, left: Int) {
    guard !isQuiet else { return }
    let names = grid.sets.map(\.scenario)
    let scenarios = names.count == 1 ? names[0] : PeopleText.count(UInt64(names.count), "scenario")
    let points =
      grid.points.count == grid.sets.count ? "" : " at \(PeopleText.count(UInt64(grid.points.count), "point"))"
    let part = shard == .whole ? "" : ", part \(shard.number) of \(shard.count)"
    let done = left == asked ? "" : "; \(PeopleText.count(UInt64(asked - left))) have their results"
    Terminal.tell(
      "faultline \(Version.current): \(PeopleText.count(UInt64(asked), "run")) of \(scenarios)\(points)\(part)\(done)\n"
    )
  }

  private func tell(_ stop: Stop, asked: Int) {
    switch stop {
    case .done: break
    case .interrupted:
      Terminal.tell("Interrupted; what is finished is kept, and the same command goes on with the rest.\n")
    case .outOfBudget:
      if !isQuiet { Terminal.tell("The budget is used up; the same command goes on with the rest.\n") }
    case .failed:
      if !isQuiet { Terminal.tell("Stopped at the first failure; the same command goes on with the rest.\n") }
    }
  }
}

/// Collects rows and writes them several at a time; a row that is not written is run again.
private struct Keeper {
  private let results: ResultSet
  private var rows: [ResultSet.Finished] = []
  private var last = ContinuousClock().now

  init(_ results: ResultSet) { self.results = results }

  mutating func keep(_ row: ResultSet.Finished) throws {
    rows.append(row)
    if rows.count >= 1_000 { try flush(atLeast: .zero) }
  }

  /// Unless the last time is more recent.
  mutating func flush(atLeast interval: Duration) throws {
    let now = ContinuousClock().now
    guard now - last >= interval else { return }
    last = now
    try results.keep(rows)
    rows.removeAll(keepingCapacity: true)
  }
}
