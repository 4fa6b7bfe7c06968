import Membership
import Primitives
import Testing

@Suite("Suspicion, refutation and return (section 4.2)")
struct RefutationTests {
  @Test("Loss alone gets members suspected and nobody declared dead", arguments: UInt64(1)...5)
  func loss(seed: UInt64) throws {
    var cluster = Cluster(20, seed: seed)
    cluster.lossPerThousand = 100
    cluster.run(for: .seconds(300))
    #expect(cluster.suspicions > 20 && cluster.refutations > 5)
    #expect(cluster.confirmations == 0)
    cluster.lossPerThousand = 0
    cluster.run(for: .seconds(60))
    #expect(cluster.allHoldAllAlive)
    #expect(cluster.members.allSatisfy { $0.updatesInFlight == 0 })
  }

  @Test(
    "A member that was paused for long is declared dead, and alive again everywhere once it is back",
    arguments: [2, 3, 10, 50])
  func paused(count: Int) throws {
    var cluster = Cluster(count, seed: 3)
    cluster.run(for: .seconds(3))
    cluster.pause(n(1))
    cluster.run(for: .seconds(90))
    #expect(cluster.members.allSatisfy { $0.id == n(1) || $0.status(of: n(1)) == .dead })
    cluster.resume(n(1))
    #expect(cluster.run(until: cluster.now + .seconds(30)) { $0.allHoldAllAlive })
    #expect(cluster.members[1].incarnation >= 1)
    #expect(cluster.members.allSatisfy { $0.held(about: n(1)).incarnation == cluster.members[1].incarnation })
    cluster.run(for: .seconds(60))
    #expect(cluster.allHoldAllAlive)
  }

  @Test("A member that restarts has forgotten its incarnation, is told, and returns with the next one")
  func restart() throws {
    var cluster = Cluster(12, seed: 4)
    for life in UInt32(1)...3 {
      cluster.run(for: .seconds(3))
      cluster.crash(n(5))
      cluster.run(for: .seconds(60))
      #expect(cluster.allHold(n(5), .dead))
      cluster.restart(n(5))
      #expect(cluster.members[5].incarnation == 0)
      #expect(cluster.run(until: cluster.now + .seconds(30)) { $0.allHoldAllAlive })
      #expect(cluster.members[5].incarnation == life)
    }
    let returned = cluster.observations.filter { $0.action == .alive(n(5), after: .dead) }
    #expect(returned.count == 3 * 11)
  }

  @Test("A member that restarts before it is missed loses its old incarnation to nobody")
  func quickRestart() throws {
    var cluster = Cluster(6, seed: 5)
    cluster.pause(n(2))
    cluster.run(for: .seconds(60))
    cluster.resume(n(2))
    cluster.run(for: .seconds(30))
    let incarnation = cluster.members[2].incarnation
    #expect(incarnation >= 1 && cluster.allHoldAllAlive)
    cluster.crash(n(2))
    cluster.restart(n(2))
    cluster.run(for: .seconds(30))
    // Nobody had a reason to speak of it; a suspicion in the old incarnation would still be refuted.
    #expect(cluster.allHoldAllAlive)
    var actions = Outbox<Membership.Action>()
    let suspicion = Membership.Update(n(2), .suspect, incarnation: incarnation)
    cluster.members[2].receive(
      Membership.Message(.ping, sequence: 1, initiator: n(0), target: n(2), updates: [suspicion]), from: n(0),
      at: cluster.now, &actions)
    #expect(actions.popFirst() == .refuted(incarnation: incarnation + 1))
    #expect(
      actions.popFirst()?.message?.updates == [Membership.Update(n(2), .alive, incarnation: incarnation + 1)])
  }

  @Test("An old claim about a member is answered with its present incarnation, which stays")
  func staleClaim() {
    var member = Membership(id: n(0), members: 4)
    var actions = Outbox<Membership.Action>()
    for incarnation: UInt32 in [4, 2] {
      let claim = Membership.Update(n(0), .dead, incarnation: incarnation)
      member.receive(
        Membership.Message(.ack, sequence: 0, initiator: n(0), target: n(1), updates: [claim]), from: n(1),
        at: .zero, &actions)
    }
    #expect(Array(actions) == [.refuted(incarnation: 5)])
    #expect(member.incarnation == 5 && member.updatesInFlight == 1)
  }

  @Test("A suspicion in a later incarnation lasts anew")
  func renewed() {
    var member = Membership(id: n(0), members: 2)
    var luck = Luck(1)
    var actions = Outbox<Membership.Action>()
    for (second, incarnation) in [(Int64(0), UInt32(0)), (4, 1)] {
      let claim = Membership.Update(n(1), .suspect, incarnation: incarnation)
      member.receive(
        Membership.Message(.ack, sequence: 0, initiator: n(0), target: n(1), updates: [claim]), from: n(1),
        at: .zero + .seconds(second), &actions)
    }
    #expect(
      Array(actions) == [
        .suspected(n(1), .heard), .setTimer(.suspicion, after: .seconds(6)),
        .setTimer(.suspicion, after: .seconds(6)),
      ])
    member.fired(.suspicion, at: .zero + .seconds(6), &luck, &actions)
    #expect(member.status(of: n(1)) == .suspect)
    member.fired(.suspicion, at: .zero + .seconds(10), &luck, &actions)
    #expect(member.held(about: n(1)) == Membership.Update(n(1), .dead, incarnation: 1))
  }

  @Test(
    "Halves that have declared each other dead find together again if they contact the dead, and only then",
    arguments: [0, 5])
  func partition(interval: Int) throws {
    var cluster = Cluster(8, seed: 6, try Membership.Settings(deadContactInterval: interval))
    for left in UInt32(0)..<4 { for right in UInt32(4)..<8 { cluster.cut.append((n(left), n(right))) } }
    cluster.run(for: .seconds(120))
    #expect(cluster.members.allSatisfy { $0.deadCount == 4 && $0.aliveCount == 4 })
    cluster.cut = []
    cluster.run(for: .seconds(60))
    #expect(cluster.allHoldAllAlive == (interval > 0))
  }

  @Test("With local health a member whose acks are lost suspects others less often")
  func localHealth() throws {
    func ownSuspicions(_ limit: Int) throws -> Int {
      var cluster = Cluster(10, seed: 7, try Membership.Settings(localHealthLimit: limit))
      // All but one of its links are cut: each of its probes of the others fails.
      cluster.cut = (UInt32(2)..<10).map { (n(0), n($0)) }
      cluster.lossPerThousand = 300
      cluster.run(for: .seconds(300))
      return cluster.observations.count {
        if $0.by == n(0), case .suspected(_, .own) = $0.action { true } else { false }
      }
    }
    #expect(try ownSuspicions(8) * 2 < ownSuspicions(0))
  }

  @Test("Local health grows by one with each probe that fails, and shrinks by one with each that does not")
  func healthSteps() throws {
    var member = Membership(id: n(0), members: 9, settings: try Membership.Settings(localHealthLimit: 2))
    var luck = Luck(1)
    var actions = Outbox<Membership.Action>()
    func period(answered: Bool) throws -> [Membership.Action] {
      actions.removeAll()
      member.fired(.period, at: .zero, &luck, &actions)
      let timers = actions.filter {
        switch $0 {
        case .setTimer(.period, _), .setTimer(.probeTimeout, _): true
        default: false
        }
      }
      let ping = try #require(actions.compactMap(\.message).first)
      if answered {
        member.receive(
          Membership.Message(.ack, sequence: ping.sequence, initiator: n(0), target: ping.target),
          from: ping.target,
          at: .zero, &actions)
      }
      return timers
    }
    let answered = [false, false, false, true, true, true, true]
    for (answer, factor) in zip(answered, [1, 2, 3, 3, 2, 1, 1] as [Int64]) {
      #expect(
        try period(answered: answer) == [
          .setTimer(.period, after: .seconds(factor)), .setTimer(.probeTimeout, after: .milliseconds(200 * factor)),
        ])
    }
  }

  @Test("A member that is told of an incarnation of its own that it has forgotten takes it on")
  func forgotten() {
    var member = Membership(id: n(0), members: 4)
    var actions = Outbox<Membership.Action>()
    for (status, incarnation) in [(Membership.Status.alive, UInt32(6)), (.suspect, 5)] {
      let claim = Membership.Update(n(0), status, incarnation: incarnation)
      member.receive(
        Membership.Message(.ack, sequence: 0, initiator: n(0), target: n(1), updates: [claim]), from: n(1),
        at: .zero, &actions)
    }
    #expect(actions.isEmpty && member.incarnation == 6 && member.updatesInFlight == 1)
  }
}
