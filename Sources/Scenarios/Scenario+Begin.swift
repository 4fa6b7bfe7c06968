import Primitives

extension Scenario.RaftSettings {
  /// What the servers of a group have behind them when a run begins: as a paper's experiment finds them.
  package struct Begin: Hashable, Sendable {
    package enum Logs: Hashable, Sendable {
      /// Every server has so many entries.
      case same(Int)
      /// So many for each server, in order.
      case each([Int])
      /// From one entry up, each server another number: which has how many, each seed draws.
      case shuffled
    }

    /// What each server has stored as its term, and the term of all entries.
    package var term: UInt64 = 0
    package var logs = Logs.same(0)
    /// Who stands for election as it starts, as if a leader had asked it to.
    package var leader: NodeID?

    /// The longest log that a server may begin with.
    package static let mostEntries = 1_000_000
    /// Of all servers together: what memory has room for.
    package static let mostEntriesInAll = 10_000_000

    private static let purpose = Purpose(162, "first-logs")

    package init() {}

    /// How many entries each server begins with.
    package func lengths(servers: Int, seed: UInt64) -> [Int] {
      switch logs {
      case .same(let count): return Array(repeating: count, count: servers)
      case .each(let counts): return counts
      case .shuffled:
        let choices = Choices(seed: seed)
        var lengths = Array(1...servers)
        for place in lengths.indices.dropFirst() {
          let other = choices.choose(Self.purpose, Entities(UInt64(place)), 0, below: UInt64(place) + 1)
          lengths.swapAt(place, Int(other))
        }
        return lengths
      }
    }
  }
}

extension Scenario {
  /// What counts as an election, for `election_time`, `election_terms` and `split_vote`.
  package struct ElectionMeasure: Hashable, Sendable {
    package enum From: String, Sendable, CaseIterable {
      /// The first candidacy, pre-votes included.
      case candidacy
      /// When nobody led any more: the run began, the leader ended or stepped down, or somebody stood in its place.
      case loss
    }

    package enum Until: String, Sendable, CaseIterable {
      /// A leader is elected.
      case elected
      /// All servers that are up have heard it.
      case heard
      /// A leader is elected that leads for more than `heartbeats` heartbeats.
      case stable
    }

    package var from = From.candidacy
    package var until = Until.elected
    package var heartbeats: UInt64 = 16

    package init() {}
  }
}
