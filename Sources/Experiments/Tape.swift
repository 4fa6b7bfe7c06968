import Primitives

/// What a run had come to after so many events.
package struct Checkpoint: Hashable, Sendable {
  package let events: UInt64
  package let at: Instant
  package let digest: Digest
}

/// What it takes to see that a run is repeated to the letter: the seed, the choices that were fixed (both in the
/// scenario), and what the run had come to now and then. Every draw goes into an event or a process's step, and those
/// into the checkpoints.
package struct Tape: Hashable, Sendable {
  /// Events from one moment at which a run can be compared, stopped or watched to the next: few enough that an
  /// interruption is heard soon, also where an event takes long.
  package static let slice: UInt64 = 5_000

  package let version: String
  package let scenario: String
  package let seed: UInt64
  /// Stands for the scenario's text; another one is another run.
  package let fingerprint: String
  package let checkpoints: [Checkpoint]
  package let end: Checkpoint

  package init(
    version: String, scenario: String, seed: UInt64, fingerprint: String, checkpoints: [Checkpoint], end: Checkpoint
  ) {
    self.version = version
    self.scenario = scenario
    self.seed = seed
    self.fingerprint = fingerprint
    self.checkpoints = checkpoints
    self.end = end
  }
}

/// Keeps checkpoints at a distance that grows with the run, so that a tape stays small: at most `most`.
struct TapeRecorder {
  static let most = 512

  private(set) var checkpoints: [Checkpoint] = []
  private var spacing = Tape.slice

  mutating func record(_ checkpoint: Checkpoint) {
    guard checkpoint.events % spacing == 0 else { return }
    checkpoints.append(checkpoint)
    guard checkpoints.count > Self.most else { return }
    spacing *= 2
    checkpoints.removeAll { $0.events % spacing != 0 }
  }
}

/// Holds a run against a tape while it goes on.
package struct TapeFollower: Sendable {
  /// Where a repetition left the tape.
  package struct Drift: Hashable, Sendable {
    /// The last checkpoint at which all was the same; nil for none.
    package let after: Checkpoint?
    /// The first at which it was not.
    package let by: Checkpoint
    package let found: Digest
  }

  private let tape: Tape
  private var next = 0
  package private(set) var drift: Drift?

  package init(_ tape: Tape) { self.tape = tape }

  /// False where the run has left the tape.
  package mutating func follows(_ progress: Run.Progress) -> Bool {
    guard next < tape.checkpoints.count, tape.checkpoints[next].events <= progress.events else { return true }
    let expected = tape.checkpoints[next]
    let isSame =
      expected.events == progress.events && expected.at == progress.now && expected.digest == progress.digest
    guard isSame else {
      drift = Drift(after: next > 0 ? tape.checkpoints[next - 1] : nil, by: expected, found: progress.digest)
      return false
    }
    next += 1
    return true
  }

  /// Whether the run ended as the tape does.
  package mutating func ends(_ result: RunResult) -> Bool {
    guard drift == nil else { return false }
    if result.digest == tape.end.digest, result.events == tape.end.events, next == tape.checkpoints.count {
      return true
    }
    drift = Drift(after: next > 0 ? tape.checkpoints[next - 1] : nil, by: tape.end, found: result.digest)
    return false
  }
}
