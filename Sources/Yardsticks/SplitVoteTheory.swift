import Foundation
import Primitives
import Scenarios
import World

/// The probability of a split vote in closed form, after chapter 9 of Ongaro's dissertation: `up` of `servers` are there, all their
/// timers begin together, and every message takes the same time.
///
/// A vote is split where so many stand before the first of them is heard that nobody is left with a majority: the first and
/// the c-th of `up` uniform timers are no further apart than a message takes, with c = up − ⌊servers / 2⌋ + 1.
package struct SplitVoteTheory: Hashable, Sendable {
  package let servers: Int
  package let up: Int
  /// One way, as a share of the width of the time-outs' range.
  package let latency: Double

  /// - Precondition: a majority of the servers is up, and a latency from 0 to 1.
  package init(servers: Int, up: Int, latency: Double) {
    precondition(up > servers / 2 && up <= servers && (0...1).contains(latency))
    self.servers = servers
    self.up = up
    self.latency = latency
  }

  /// What a scenario comes to; nil where it is none that the formula is about.
  package init?(_ scenario: Scenario) {
    guard case .raftKV(let raft) = scenario.cluster.program, Self.isPlain(raft), Self.isPlain(scenario),
      case .constant(let latency) = scenario.network.base.latency
    else { return nil }
    var down: Set<NodeID> = []
    for fault in scenario.faults {
      guard case .once(.zero, let until, .crash(.hosts(let hosts))) = fault.schedule, until >= scenario.healAt
      else {
        return nil
      }
      down.formUnion(hosts)
    }
    let servers = scenario.cluster.nodes.count
    let timing = raft.rules.timing
    let share = Double(latency.count) / Double((timing.longest - timing.shortest).count)
    // A leader must be heard before anybody waits for it in vain.
    guard servers - down.count > servers / 2, share <= 1, latency * 3 < timing.shortest else { return nil }
    self.init(servers: servers, up: servers - down.count, latency: share)
  }

  /// Whether servers do what the formula takes them to do, and begin with nothing.
  private static func isPlain(_ raft: Scenario.RaftSettings) -> Bool {
    raft.begin == .init() && raft.voters == nil && !raft.randomises && !raft.rules.preVote && !raft.rules.backsOff
      && raft.rules.timing.candidateRange == nil
  }

  /// Whether nothing is in the way of messages and timers, and an election is one from the beginning to the first leader.
  private static func isPlain(_ scenario: Scenario) -> Bool {
    let link = scenario.network.base
    let isWhole = link.loss.isZero && link.drop.isZero && link.corruption.isZero && link.duplication.isZero
    let disk = scenario.disks.base
    let never = Distribution.constant(.zero)
    return isWhole && link.reordering.isZero && link.bandwidth == nil && scenario.network.exceptions.isEmpty
      && disk.write == never && disk.sync == never && disk.failure.isZero && scenario.disks.exceptions.isEmpty
      && scenario.clocks == .init(base: .exact) && scenario.choices.isEmpty && scenario.schedule == .plan(.earliest)
      && scenario.election.from == .loss && scenario.election.until == .elected
  }

  /// Σ C(s, k) lᵏ (1 − l)^(s − k) over k from c − 1 to s.
  package var probability: Double {
    let least = up - servers / 2
    var sum = 0.0
    for k in least...up {
      let ways = lgamma(Double(up + 1)) - lgamma(Double(k + 1)) - lgamma(Double(up - k + 1))
      sum += exp(ways) * pow(latency, Double(k)) * pow(1 - latency, Double(up - k))
    }
    return sum
  }

  /// Terms until one elects somebody, where the timers of every term begin together.
  package var terms: Double { 1 / (1 - probability) }
}
