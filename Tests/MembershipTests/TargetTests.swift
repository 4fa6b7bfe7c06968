import Membership
import Primitives
import Testing

@Suite("Whom a member probes (sections 3.1 and 4.3)")
struct TargetTests {
  /// The targets of so many periods of member `id`, all of which answer.
  static func targets(
    _ periods: Int, id: UInt32, members: Int, _ selection: Membership.TargetSelection, seed: UInt64,
    dead: [UInt32] = []
  ) throws -> [NodeID] {
    var luck = Luck(seed)
    var actions = Outbox<Membership.Action>()
    var member = Membership(id: n(id), members: members, settings: try settings(selection))
    member.start(at: .zero, &luck, &actions)
    let claims = dead.map { Membership.Update(n($0), .dead, incarnation: 0) }
    let teller = n(id == 0 ? 1 : 0)
    member.receive(
      Membership.Message(.ack, sequence: 0, initiator: n(id), target: teller, updates: claims), from: teller,
      at: .zero, &actions)
    var targets: [NodeID] = []
    for _ in 0..<periods {
      actions.removeAll()
      member.fired(.period, at: .zero, &luck, &actions)
      guard let ping = actions.compactMap(\.message).first else { continue }
      targets.append(ping.target)
      member.receive(
        Membership.Message(.ack, sequence: ping.sequence, initiator: n(id), target: ping.target), from: ping.target,
        at: .zero, &actions)
    }
    return targets
  }

  @Test(
    "In round-robin order each other member has one turn in a pass, and waits 2n − 1 periods at most",
    arguments: [2, 3, 4, 7, 16, 17, 50])
  func roundRobin(members: Int) throws {
    var longest = 0
    for seed in UInt64(0)..<200 {
      let id = UInt32(seed) % UInt32(members)
      let others = (UInt32(0)..<UInt32(members)).map(n).filter { $0 != n(id) }
      let targets = try Self.targets(6 * others.count, id: id, members: members, .roundRobin, seed: seed)
      for pass in 0..<6 {
        #expect(targets[(pass * others.count)..<((pass + 1) * others.count)].sorted() == others)
      }
      for other in others {
        let turns = targets.indices.filter { targets[$0] == other }
        longest = max(longest, zip(turns, turns.dropFirst()).map { $1 - $0 }.max() ?? 0)
      }
    }
    // The paper counts by the length m of the list, here n − 1: at most 2m − 1, which is reached.
    #expect(longest <= 2 * (members - 1) - 1)
    if members < 10 { #expect(longest == 2 * (members - 1) - 1) }
  }

  @Test("In round-robin order the passes differ")
  func passes() throws {
    let targets = try Self.targets(200, id: 0, members: 21, .roundRobin, seed: 1)
    let passes = (0..<10).map { Array(targets[($0 * 20)..<($0 * 20 + 20)]) }
    #expect(Set(passes).count == 10)
  }

  @Test(
    "The dead have no turn, and none is left where all are dead", arguments: Membership.TargetSelection.allCases)
  func dead(selection: Membership.TargetSelection) throws {
    let targets = try Self.targets(300, id: 4, members: 10, selection, seed: 2, dead: [0, 1, 5, 9])
    #expect(targets.count == 300)
    #expect(Set(targets) == [n(2), n(3), n(6), n(7), n(8)])
    #expect(try Self.targets(20, id: 1, members: 4, selection, seed: 3, dead: [0, 2, 3]).isEmpty)
  }

  /// Chi-square with 8 degrees of freedom: above 26.1 in one of a thousand.
  @Test("At random each other is as likely, with some dead and without", arguments: [[], [2, 3, 9]] as [[UInt32]])
  func uniform(dead: [UInt32]) throws {
    let targets = try Self.targets(20_000, id: 5, members: 10, .random, seed: 4, dead: dead)
    let others = (UInt32(0)..<10).filter { $0 != 5 && !dead.contains($0) }.map(n)
    let expected = 20_000 / Double(others.count)
    let chiSquare = others.reduce(0) { sum, other in
      let deviation = Double(targets.count { $0 == other }) - expected
      return sum + deviation * deviation / expected
    }
    #expect(chiSquare < 26.1)
  }

  @Test("Proxies are different members, none of them the target, dead or the prober")
  func proxies() throws {
    for members in 2...7 {
      for seed in UInt64(0)..<50 {
        var luck = Luck(seed)
        var actions = Outbox<Membership.Action>()
        var member = Membership(id: n(1), members: members)
        member.start(at: .zero, &luck, &actions)
        member.fired(.period, at: .zero, &luck, &actions)
        let target = try #require(actions.compactMap(\.message).first).target
        actions.removeAll()
        member.fired(.probeTimeout, at: .zero, &luck, &actions)
        let asked = actions.compactMap { action -> NodeID? in
          if case .send(let message, let proxy) = action, message.form == .pingRequest { proxy } else { nil }
        }
        #expect(asked.count == min(3, members - 2) && Set(asked).count == asked.count)
        #expect(!asked.contains(target) && !asked.contains(n(1)))
      }
    }
  }

  @Test("Members that start together begin their periods at moments of their own, spread over one period")
  func phases() {
    var luck = Luck(1)
    var phases: [Nanoseconds] = []
    for id in UInt32(0)..<200 {
      var actions = Outbox<Membership.Action>()
      var member = Membership(id: n(id), members: 200)
      member.start(at: .zero, &luck, &actions)
      if case .setTimer(.period, let phase)? = actions.popFirst(), actions.isEmpty { phases.append(phase) }
    }
    #expect(Set(phases).count == 200 && phases.allSatisfy { (.zero ..< .seconds(1)).contains($0) })
    let mean = phases.reduce(.zero, +) / 200
    #expect(mean > .milliseconds(400) && mean < .milliseconds(600))
  }
}
