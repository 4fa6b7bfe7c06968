import Foundation

/// A mutant before a scenario: seed after seed until enough of them are detections, or there were enough of them.
package struct Hunt: Sendable {
  package struct Detection: Codable, Hashable, Sendable {
    package let seed: UInt64
    /// The invariant that was broken, or the expectation that was missed.
    package let judge: String
    package let detail: String
  }

  /// How far it has come.
  package struct State: Codable, Hashable, Sendable {
    /// The executable's and the scenario's content in short.
    package let key: String
    package let mutant: String
    package let scenario: String
    package let firstSeed: UInt64
    package var seeds = 0
    package var detections: [Detection] = []
    package var inconclusive = 0
    package var cpuSeconds = 0.0
    /// Detecting seeds at which the core without the defect fails too.
    package var falseAlarms: [UInt64] = []
    /// So many of the detections have been tried on the core.
    package var tried = 0

    package init(key: String, mutant: String, scenario: String, firstSeed: UInt64) {
      self.key = key
      self.mutant = mutant
      self.scenario = scenario
      self.firstSeed = firstSeed
    }

    /// Those that the defect alone explains.
    package var genuine: [Detection] { detections.filter { !falseAlarms.contains($0.seed) } }

    package var nextSeed: UInt64 { firstSeed + UInt64(seeds) }
  }

  package struct Refusal: Error, CustomStringConvertible {
    package let description: String
  }

  /// What is read of a run's summary.
  private struct Summary: Decodable {
    struct Violation: Decodable { let invariant: String, detail: String }
    struct Expectation: Decodable { let name: String, verdict: String, detail: String }

    let seed: UInt64
    let verdict: String
    let violations: [Violation]
    let expectations: [Expectation]

    var detection: Detection? {
      guard verdict == "violation" else { return nil }
      if let first = violations.first { return Detection(seed: seed, judge: first.invariant, detail: first.detail) }
      let missed = expectations.first { $0.verdict == "violation" || $0.verdict == "violated" }
      return Detection(seed: seed, judge: missed?.name ?? "unknown", detail: missed?.detail ?? "")
    }
  }

  package static let enough = 10

  let executable: String
  let scenarioPath: String
  let log: String
  let jobs: Int
  /// After so many seconds without a finished run the run that is owed is taken for one that never ends.
  let patience: Double
  let isInterrupted: @Sendable () -> Bool

  package init(
    executable: String, scenarioPath: String, log: String, jobs: Int, patience: Double = 300,
    isInterrupted: @escaping @Sendable () -> Bool
  ) {
    self.executable = executable
    self.scenarioPath = scenarioPath
    self.log = log
    self.jobs = jobs
    self.patience = patience
    self.isInterrupted = isInterrupted
  }

  package static func isOver(_ state: State, seeds limit: Int) -> Bool {
    state.seeds >= limit || state.detections.count >= enough
  }

  /// Goes on from where it was.
  ///
  /// - Parameter progress: told after each seed.
  package func go(on state: inout State, upTo limit: Int, progress: (State) -> Void) throws {
    // Several runs at a time are told in order; when the process ends, only one at a time tells which did it.
    var jobs = self.jobs
    while !Self.isOver(state, seeds: limit), !isInterrupted() {
      let last = state.firstSeed + UInt64(limit) - 1
      let child = try start(seeds: state.nextSeed...last, jobs: jobs)
      var isSilent = false
      reading: while !Self.isOver(state, seeds: limit) {
        switch child.line(within: patience, isInterrupted: isInterrupted) {
        case .text(let line):
          let summary: Summary
          do { summary = try JSONDecoder().decode(Summary.self, from: Data(line.utf8)) } catch {
            child.end()
            _ = child.wait()
            throw Refusal(description: "\(executable): told of no run, but '\(line.prefix(100))'")
          }
          state.seeds += 1
          if let detection = summary.detection { state.detections.append(detection) }
          if summary.verdict == "inconclusive" { state.inconclusive += 1 }
          progress(state)
        case .silence:
          isSilent = true
          break reading
        case .end: break reading
        }
      }
      let isOver = Self.isOver(state, seeds: limit)
      if isOver || isSilent || isInterrupted() { child.end() }
      let ending = child.wait()
      state.cpuSeconds += ending.cpuSeconds
      if isOver || isInterrupted() { return }
      if let status = ending.status, [64, 65, 74].contains(status) {
        throw Refusal(description: "\(scenarioPath): the mutant's program ended with \(status); see \(log)")
      }
      if jobs == 1 {
        let detection = Detection(
          seed: state.nextSeed, judge: isSilent ? "hang" : "crash",
          detail: isSilent ? "no end after \(Int(patience)) s" : Self.lastWords(log))
        state.seeds += 1
        state.detections.append(detection)
        progress(state)
      }
      jobs = 1
    }
  }

  private func start(seeds: ClosedRange<UInt64>, jobs: Int) throws -> Child {
    try Child(
      [
        executable, "run", scenarioPath, "--seeds", "\(seeds.lowerBound)..\(seeds.upperBound)", "--format", "json",
        "--quiet", "--artifacts", "none", "--jobs", "\(jobs)",
      ], errors: log)
  }

  private static func lastWords(_ log: String) -> String {
    let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").first { $0.contains("Fatal error") }.map(String.init)
      ?? "the process was ended"
  }

  /// Tries the detections on the core without the defect, at the same seeds.
  package func tryCore(_ core: String, on state: inout State) throws {
    let hunt = Hunt(
      executable: core, scenarioPath: scenarioPath, log: log, jobs: 1, patience: patience,
      isInterrupted: isInterrupted)
    while state.tried < state.detections.count, !isInterrupted() {
      let seed = state.detections[state.tried].seed
      var single = State(key: "", mutant: "", scenario: "", firstSeed: seed)
      try hunt.go(on: &single, upTo: 1) { _ in }
      guard single.seeds == 1 else { return }
      if !single.detections.isEmpty { state.falseAlarms.append(seed) }
      state.tried += 1
    }
  }
}
