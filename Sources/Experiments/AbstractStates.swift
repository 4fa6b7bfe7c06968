import Checkers
import Primitives
import Programs
import Raft
import World

/// The abstract states that a run passes through, each as one number: what a cluster looks like when names, terms and
/// indices are forgotten, and only how its nodes stand to each other is left. Two runs that reach the same ones have
/// tried the same situations, however different their histories.
struct AbstractStates {
  private let nodes: Int
  private var seen: Set<UInt64> = []
  /// As last seen, so that an event that changes nothing costs a comparison.
  private var last: [UInt64] = []
  private var eventsToNext = 0

  init(nodes: Int) { self.nodes = nodes }

  /// Ascending.
  var hashes: [UInt64] { seen.sorted() }

  /// Event by event, with a look after each.
  mutating func run<P, J: StagedJudge>(
    _ simulation: inout Simulation<P, J>, until end: Instant, budget: UInt64
  ) -> StopReason where J.Watched == P {
    for _ in 0..<budget {
      let stop = simulation.run(until: end, budget: 1)
      if eventsToNext == 0 {
        eventsToNext = J.lookInterval(nodes: nodes)
        let programs = (0..<nodes).map { simulation.program($0) }
        let conditions = (0..<nodes).map { simulation.condition(ofProcess: $0) }
        note(simulation.judge.abstraction(programs, conditions))
      }
      eventsToNext -= 1
      guard stop == .budget else { return stop }
    }
    return .budget
  }

  private mutating func note(_ codes: [UInt64]) {
    guard codes != last else { return }
    last = codes
    var digest = Digest()
    for code in codes.sorted() { digest.fold(code) }
    seen.insert(digest.words.low)
  }
}

extension RaftWatch {
  package static func lookInterval(nodes: Int) -> Int { 1 }

  /// For each server its role, whether its term is the highest or by how much below, its log beside the leader's,
  /// whether it runs, and whether it has lost what it promised.
  package func abstraction(_ programs: [RaftKV], _ conditions: [ProcessCondition]) -> [UInt64] {
    var highest: Term = 0
    var leader: (server: Int, term: Term)?
    for (server, program) in programs.enumerated() {
      highest = max(highest, program.standing.term)
      guard program.standing.role == .leader, conditions[server] != .down else { continue }
      if program.standing.term > leader?.term ?? 0 { leader = (server, program.standing.term) }
    }
    let reference = leader?.server ?? judge.mostUpToDate
    return programs.indices.map { server in
      let log = judge.relation(ofLogOf: server, to: reference).rawValue
      guard conditions[server] != .down else { return 1 << 32 | log }
      let standing = programs[server].standing
      let role = UInt64(RaftKV.bit(of: standing.role)) << 4 | min(highest - standing.term, 2)
      return role << 12 | log << 8 | conditions[server].rawValue << 4 | (standing.isImpaired ? 1 : 0)
    }
  }
}

extension GossipJudge {
  /// A look is at all nodes and rumours.
  package static func lookInterval(nodes: Int) -> Int { nodes }

  package func abstraction(_ programs: [Gossip], _ conditions: [ProcessCondition]) -> [UInt64] {
    Spread.abstraction(rumours.lazy.map(\.spread), conditions)
  }
}

extension ReplicaJudge {
  /// A look is at all nodes and changes.
  package static func lookInterval(nodes: Int) -> Int { nodes }

  package func abstraction(_ programs: [Replica], _ conditions: [ProcessCondition]) -> [UInt64] {
    Spread.abstraction(spreads, conditions)
  }
}

extension MeshJudge {
  /// A look is at what all nodes hold about all.
  package static func lookInterval(nodes: Int) -> Int { nodes * nodes }

  package func abstraction(_ programs: [Mesh], _ conditions: [ProcessCondition]) -> [UInt64] {
    Spread.abstraction(spreads, conditions)
  }
}

extension Spread {
  /// How many nodes do not run, and how far each of these has come.
  fileprivate static func abstraction(
    _ spreads: some Sequence<Spread>, _ conditions: [ProcessCondition]
  ) -> [UInt64] {
    let nodes = conditions.count
    let halted = conditions.count { $0 != .up }
    return [1 << 32 | UInt64(min(halted, 4))]
      + spreads.map { spread in
        // In quarters, all but one, all.
        let known = spread.knownAt.count { $0 != nil }
        return UInt64(known == nodes ? 6 : known == nodes - 1 ? 5 : known * 4 / nodes)
      }
  }
}
