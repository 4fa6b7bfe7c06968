import Checkers
import Node
import Primitives
import Programs
import Raft
import Scenarios

/// The judge of a `raft-kv` run, and the figures of its elections, which need the same view of each step.
package struct RaftWatch: Judge {
  package static var needsGlobalOrder: Bool { RaftJudge.needsGlobalOrder }

  package private(set) var judge: RaftJudge
  /// Times a node became leader.
  package private(set) var leaderChanges: UInt64 = 0
  /// Candidacies.
  package private(set) var elections: UInt64 = 0
  package private(set) var meter: ElectionMeter
  /// When each leader was elected.
  package private(set) var electedAt: [Instant] = []
  package private(set) var depositions: UInt64 = 0
  package private(set) var leaderCrashes: UInt64 = 0
  package private(set) var splitVotes: UInt64 = 0
  package private(set) var repairs: UInt64 = 0
  private var standings: ContiguousArray<Standing>
  /// With whom the group began: who is to hear of a leader.
  private let members: Set<Int>
  /// When a step was seen last.
  private var now = Instant.zero
  /// The last term that two stood for, and the last that somebody won.
  private var contested: Term = 0
  private var won: Term = 0
  /// Of lives that are over.
  private var lapsedLeases: UInt64 = 0

  private struct Standing: Hashable {
    var role = Role.follower
    var isUp = false
    var term: Term = 0
    var isImpaired = false
    /// As last looked at: when the role changed.
    var lapsedLeases: UInt64 = 0
  }

  /// - Parameters:
  ///   - voters: with whom the group begins; all servers unless given.
  ///   - heartbeat: by which a leader's time is told.
  package init(
    servers: Int, voters: [NodeID]? = nil, election: Scenario.ElectionMeasure = .init(),
    heartbeat: Nanoseconds = Timing.standard.heartbeat
  ) {
    judge = RaftJudge(servers: servers, voters: voters)
    meter = ElectionMeter(election, heartbeat: heartbeat)
    members = Set(voters?.map(\.index) ?? Array(0..<servers))
    standings = ContiguousArray(repeating: Standing(), count: servers)
  }

  package mutating func observe(
    _ input: Input<RaftKV>, effects: borrowing Effects<RaftKV>, program: borrowing RaftKV, process: Int,
    at now: Instant
  ) {
    judge.observe(input, effects: effects, program: program, process: process, at: now)
    self.now = now
    let standing = program.standing
    if process < standings.count, !standings[process].isUp { standings[process].isUp = true }
    if meter.listens, case .message(.raft(let message, _), _) = input, message.term == standing.term {
      switch message {
      case .appendEntries, .installSnapshot: meter.hear(message.term, by: process, at: now)
      default: break
      }
    }
    if process < standings.count,
      standings[process].role != standing.role || standings[process].term != standing.term
        || standings[process].isImpaired != standing.isImpaired
    {
      let seen = Standing(
        role: standing.role, isUp: true, term: standing.term, isImpaired: standing.isImpaired,
        lapsedLeases: program.lapsedLeases)
      note(seen, of: process, at: now)
    }
  }

  package mutating func observeCrash(process: Int, at now: Instant) {
    judge.observeCrash(process: process, at: now)
    guard process < standings.count else { return }
    if standings[process].role == .leader {
      leaderCrashes += 1
      meter.lose(process, at: now)
    }
    meter.lose(listener: process, at: now)
    standings[process].role = .follower
    standings[process].isUp = false
    standings[process].isImpaired = false
    lapsedLeases += standings[process].lapsedLeases
    standings[process].lapsedLeases = 0
    forgetCandidacies()
  }

  package mutating func observeForgetting(process: Int) { judge.observeForgetting(process: process) }

  package var isViolated: Bool { judge.isViolated }

  package var violations: [Violation] { judge.violations }

  package func fold(into digest: inout Digest) { judge.fold(into: &digest) }

  private mutating func note(_ standing: Standing, of process: Int, at now: Instant) {
    let before = standings[process]
    let role = standing.role
    if role == .candidate, before.role != .candidate || before.term != standing.term { stand(for: standing.term) }
    standings[process] = standing
    if before.role == .leader, role != .leader {
      depositions += 1
      meter.lose(process, at: now)
    }
    if before.isImpaired, !standing.isImpaired { repairs += 1 }
    if role == .candidate || (role == .leader && before.term != standing.term && before.role != .candidate) {
      elections += 1
      meter.stand(for: standing.term, asks: false, at: now)
    }
    if role == .preCandidate { meter.stand(for: standing.term + 1, asks: true, at: now) }
    if role == .leader, before.role != .leader {
      leaderChanges += 1
      electedAt.append(now)
      won = max(won, standing.term)
      let others = standings.indices.filter { $0 != process && standings[$0].isUp && members.contains($0) }
      meter.win(standing.term, by: process, others: Set(others), at: now)
    }
    if before.role == .candidate || before.role == .preCandidate, role == .follower { forgetCandidacies() }
  }

  /// A vote is split once a later term is stood for and nobody has won the one that two stood for.
  private mutating func stand(for term: Term) {
    if contested > won, term > contested {
      splitVotes += 1
      contested = 0
    }
    if standings.contains(where: { $0.role == .candidate && $0.term == term }) { contested = max(contested, term) }
  }

  /// What was elected so far.
  package var electionsMeasured: [ElectionMeter.Election] { meter.elections(at: now) }

  /// - Parameter programs: the servers as they are at the end.
  package func lapsedLeases(_ programs: [RaftKV]) -> UInt64 {
    programs.reduce(lapsedLeases) { $0 + $1.lapsedLeases }
  }

  /// An election that nobody stands in any longer is not part of the next one.
  private mutating func forgetCandidacies() {
    if !standings.contains(where: { $0.role == .candidate || $0.role == .preCandidate }) {
      meter.forgetCandidacies()
    }
  }
}
