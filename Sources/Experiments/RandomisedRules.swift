import Primitives
import Programs
import Raft
import Scenarios

/// What a seed draws where a scenario randomises Raft's settings: limits that matter only at their edges are met
/// there by some seed.
extension Scenario.RaftSettings {
  private static let purpose = Purpose(160, "randomised-rules")

  /// The rules of a run with this seed.
  package func rules(seed: UInt64) -> Rules {
    guard randomises else { return rules }
    var draw = Draw(choices: Choices(seed: seed))
    var drawn = rules
    let low = rules.timing.shortest
    let high = rules.timing.longest
    // Around what is given, and with the heartbeat still below.
    let shortest = draw.length(low, low * 2)
    let longest = shortest + draw.length((high - low) / 2 + Nanoseconds(1), (high - low) * 2 + Nanoseconds(2))
    let heartbeat = draw.length(
      rules.timing.heartbeat / 2 + Nanoseconds(1), rules.timing.heartbeat + Nanoseconds(2))
    drawn.timing =
      (try? Timing(
        electionTimeout: shortest, longest, candidate: rules.timing.candidateRange,
        heartbeat: min(heartbeat, shortest - Nanoseconds(1))))
      ?? rules.timing
    drawn.limits = Limits(
      entriesPerMessage: draw.size(upTo: 256), bytesPerMessage: draw.size(upTo: 1 << 20),
      entriesInFlight: draw.size(upTo: 1_024), bytesInFlight: draw.size(upTo: 4 << 20),
      entriesUncommitted: 7 + draw.size(upTo: 10_000), bytesUncommitted: 1_023 + draw.size(upTo: 64 << 20),
      reads: 7 + draw.size(upTo: 10_000), segment: draw.size(upTo: 4_096))
    if drawsSnapshots {
      // A snapshot of a few kilobytes goes in a hundred pieces at most.
      drawn.limits.snapshotPiece = 63 + draw.size(upTo: 1 << 16)
      drawn.limits.snapshotBytesInFlight = 63 + draw.size(upTo: 1 << 20)
      drawn.limits.trailing = draw.size(upTo: 1_000) - 1
    } else {
      drawn.limits.snapshotPiece = rules.limits.snapshotPiece
      drawn.limits.snapshotBytesInFlight = rules.limits.snapshotBytesInFlight
      drawn.limits.trailing = rules.limits.trailing
    }
    return drawn
  }

  /// When a seed's servers take snapshots: where it draws them, in nearly every one of its runs.
  package func snapshots(seed: UInt64) -> SnapshotSettings? {
    guard randomises, drawsSnapshots else { return snapshots }
    var draw = Draw(choices: Choices(seed: seed), from: 100)
    return SnapshotSettings(entries: 3 + draw.size(upTo: 1_000), level: draw.size(upTo: 2) - 1)
  }

  private struct Draw {
    let choices: Choices
    private var number: UInt64 = 0

    /// - Parameter first: draws of one seed have numbers of their own.
    init(choices: Choices, from first: UInt64 = 0) {
      self.choices = choices
      number = first
    }

    /// Uniform over low..<high.
    mutating func length(_ low: Nanoseconds, _ high: Nanoseconds) -> Nanoseconds {
      guard low < high else { return low }
      number += 1
      let offset = choices.choose(purpose, Entities(number), 0, below: UInt64((high - low).count))
      return low + Nanoseconds(Int64(offset))
    }

    /// From 1 to `most`, each order of magnitude alike: small limits are the ones that bite.
    mutating func size(upTo most: Int) -> Int {
      number += 1
      let bits = UInt64(Int.bitWidth - most.leadingZeroBitCount)
      let exponent = choices.choose(purpose, Entities(number), 0, below: bits)
      let offset = choices.choose(purpose, Entities(number), 1, below: 1 << exponent)
      return min(most, Int(1 << exponent + offset))
    }
  }
}
