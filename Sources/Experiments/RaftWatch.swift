import Checkers
import Node
import Primitives
import Programs
import Raft

/// The judge of a `raft-kv` run, and the figures of its elections, which need the same view of each step.
package struct RaftWatch: Judge {
  package static var needsGlobalOrder: Bool { RaftJudge.needsGlobalOrder }

  package private(set) var judge: RaftJudge
  /// Times a node became leader.
  package private(set) var leaderChanges: UInt64 = 0
  /// Candidacies.
  package private(set) var elections: UInt64 = 0
  /// From the first candidacy, pre-votes included, since the last leader was elected to the election of the next.
  package private(set) var electionTimes: [Nanoseconds] = []
  private var standings: ContiguousArray<Standing>
  private var candidateSince: Instant?

  private struct Standing: Hashable {
    var role = Role.follower
    var term: Term = 0
  }

  package init(servers: Int) {
    judge = RaftJudge(servers: servers)
    standings = ContiguousArray(repeating: Standing(), count: servers)
  }

  package mutating func observe(
    _ input: Input<RaftKV>, effects: borrowing Effects<RaftKV>, program: borrowing RaftKV, process: Int,
    at now: Instant
  ) {
    judge.observe(input, effects: effects, program: program, process: process, at: now)
    let standing = program.standing
    if process < standings.count,
      standings[process].role != standing.role || standings[process].term != standing.term
    {
      note(Standing(role: standing.role, term: standing.term), of: process, at: now)
    }
  }

  package mutating func observeCrash(process: Int, at now: Instant) {
    judge.observeCrash(process: process, at: now)
    guard process < standings.count else { return }
    standings[process].role = .follower
    forgetCandidacies()
  }

  package mutating func observeForgetting(process: Int) { judge.observeForgetting(process: process) }

  package var isViolated: Bool { judge.isViolated }

  package var violations: [Violation] { judge.violations }

  package func fold(into digest: inout Digest) { judge.fold(into: &digest) }

  private mutating func note(_ standing: Standing, of process: Int, at now: Instant) {
    let before = standings[process]
    let role = standing.role
    standings[process] = standing
    if role == .candidate || (role == .leader && before.term != standing.term && before.role != .candidate) {
      elections += 1
      if candidateSince == nil { candidateSince = now }
    }
    if role == .preCandidate, candidateSince == nil { candidateSince = now }
    if role == .leader, before.role != .leader {
      leaderChanges += 1
      if let since = candidateSince { electionTimes.append(now - since) }
      candidateSince = nil
    }
    if before.role == .candidate || before.role == .preCandidate, role == .follower { forgetCandidacies() }
  }

  /// An election that nobody stands in any longer is not part of the next one.
  private mutating func forgetCandidacies() {
    if !standings.contains(where: { $0.role == .candidate || $0.role == .preCandidate }) { candidateSince = nil }
  }
}
