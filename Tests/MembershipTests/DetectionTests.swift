import Membership
import Primitives
import Testing

private let selections = Membership.TargetSelection.allCases

@Suite("Failure detection (section 3.1)")
struct DetectionTests {
  @Test(
    "Without faults nobody is suspected, a period costs a ping and an ack, and nothing is kept",
    arguments: [1, 2, 3, 10, 100], selections)
  func quiet(count: Int, selection: Membership.TargetSelection) throws {
    var cluster = Cluster(count, seed: 1, try settings(selection))
    cluster.run(for: .milliseconds(50_500))
    #expect(cluster.observations.isEmpty)
    // Each member's first period begins within the first second.
    let pings = 50 * count...51 * count
    #expect(count == 1 ? cluster.messages == 0 : pings.contains((cluster.messages + 1) / 2))
    for member in cluster.members {
      #expect(member.deviations.isEmpty && member.updatesInFlight == 0 && member.aliveCount == count)
      #expect(member.incarnation == 0)
    }
  }

  @Test(
    "All survivors come to hold a crashed member dead, and only that one",
    arguments: [2, 3, 10, 50, 200], selections)
  func crash(count: Int, selection: Membership.TargetSelection) throws {
    let settings = try settings(selection)
    for seed in UInt64(1)...3 {
      var cluster = Cluster(count, seed: seed, settings)
      cluster.run(for: .milliseconds(3_300))
      let victim = n(UInt32(count / 2))
      cluster.crash(victim)
      // Twenty periods to the first failed probe are as good as certain: each one has a chance of 0.63 at least;
      // then the suspicion, and as many periods to tell all as an update is sent.
      let limit =
        cluster.now + settings.period * 20 + settings.suspicionTimeout(members: count)
        + settings.period * Int64(settings.transmissions(members: count))
      #expect(cluster.run(until: limit) { $0.allHold(victim, .dead) })
      cluster.run(for: .seconds(60))
      #expect(cluster.allHold(victim, .dead))
      for member in cluster.alive { #expect(member.deadCount == 1 && member.suspectCount == 0) }
      // Of two, the survivor has nobody to tell.
      for member in cluster.alive {
        #expect(member.deviations.count == 1 && (count == 2 || member.updatesInFlight == 0))
      }
      #expect(cluster.refutations == 0)
    }
  }

  @Test("A suspicion lasts as long as foretold, and not a nanosecond less")
  func suspicionTimeout() throws {
    let settings = try settings(.roundRobin)
    var cluster = Cluster(2, seed: 1, settings)
    cluster.crash(n(1))
    cluster.run(for: .seconds(60))
    #expect(cluster.observations.map(\.action) == [.suspected(n(1), .own), .confirmed(n(1), .own)])
    #expect(cluster.observations[1].at - cluster.observations[0].at == .seconds(3 * 2))
    #expect(settings.suspicionTimeout(members: 2) == .seconds(6))
    #expect(settings.suspicionTimeout(members: 7) == .seconds(9))
    #expect(settings.suspicionTimeout(members: 8) == .seconds(12))
  }

  @Test("Without suspicion a failed probe confirms at once")
  func withoutSuspicion() throws {
    var cluster = Cluster(10, seed: 1, try Membership.Settings(suspicionMultiplier: 0))
    cluster.crash(n(4))
    #expect(cluster.run(until: Instant.zero + .seconds(20)) { $0.allHold(n(4), .dead) })
    #expect(cluster.suspicions == 0 && cluster.confirmations == 9)
  }

  @Test("Proxies reach a member whose direct link is cut; without them it is suspected", arguments: [0, 1, 3])
  func proxies(count: Int) throws {
    var cluster = Cluster(8, seed: 5, try settings(.roundRobin, proxies: count))
    cluster.cut = [(n(0), n(1))]
    cluster.run(for: .seconds(200))
    #expect((cluster.suspicions == 0) == (count > 0))
  }

  @Test("An ack by way of a proxy counts for the probe it belongs to and for no other")
  func attribution() throws {
    var luck = Luck(1)
    var actions = Outbox<Membership.Action>()
    var prober = Membership(id: n(0), members: 3, settings: try settings(.roundRobin))
    prober.start(at: .zero, &luck, &actions)
    prober.fired(.period, at: .zero, &luck, &actions)
    let ping = try #require(actions.compactMap(\.message).first)
    let (target, proxy) = ping.target == n(1) ? (n(1), n(2)) : (n(2), n(1))
    actions.removeAll()
    prober.fired(.probeTimeout, at: .zero, &luck, &actions)
    let request = try #require(actions.compactMap(\.message).first)
    #expect(request.form == .pingRequest && request.target == target && request.initiator == n(0))

    var relay = Membership(id: proxy, members: 3)
    actions.removeAll()
    relay.receive(request, from: n(0), at: .zero, &actions)
    let relayed = try #require(actions.popFirst()?.message)
    #expect(relayed.form == .ping && relayed.initiator == n(0) && relayed.sequence == ping.sequence)
    var subject = Membership(id: target, members: 3)
    subject.receive(relayed, from: proxy, at: .zero, &actions)
    let ack = try #require(actions.popFirst()?.message)
    relay.receive(ack, from: target, at: .zero, &actions)
    guard case .send(let answer, n(0)) = actions.popFirst() else {
      Issue.record("the proxy relays the ack to the initiator")
      return
    }

    // The same ack to three probers: to the probe it belongs to, to a later one, to one of somebody else.
    var (right, late, other) = (prober, prober, prober)
    right.receive(answer, from: proxy, at: .zero, &actions)
    late.receive(
      Membership.Message(.ack, sequence: answer.sequence &- 1, initiator: n(0), target: target), from: proxy,
      at: .zero, &actions)
    other.receive(
      Membership.Message(.ack, sequence: answer.sequence, initiator: n(0), target: proxy), from: proxy, at: .zero,
      &actions)
    actions.removeAll()
    for (member, isSuspected) in [(right, false), (late, true), (other, true)] {
      var member = member
      member.fired(.period, at: .zero + .seconds(1), &luck, &actions)
      #expect((member.status(of: target) == .suspect) == isSuspected)
    }
  }

  @Test("Many crash at once, and no survivor with them", arguments: selections)
  func many(selection: Membership.TargetSelection) throws {
    var cluster = Cluster(60, seed: 9, try settings(selection))
    cluster.run(for: .seconds(3))
    for node in UInt32(0)..<25 { cluster.crash(n(node * 2)) }
    cluster.run(for: .seconds(150))
    for member in cluster.alive { #expect(member.deadCount == 25 && member.suspectCount == 0) }
    #expect((UInt32(0)..<25).allSatisfy { cluster.allHold(n($0 * 2), .dead) })
  }

  @Test("A member that leaves is dead to all, most often without a suspicion, and says nothing more")
  func leaving() throws {
    var cluster = Cluster(20, seed: 2)
    cluster.run(for: .seconds(3))
    cluster.leave(n(7))
    #expect(cluster.run(until: cluster.now + .seconds(15)) { $0.allHold(n(7), .dead) })
    #expect(cluster.suspicions < 4 && cluster.confirmations == 19)
    #expect(cluster.members[7].hasLeft && cluster.members[7].status(of: n(7)) == .dead)
    cluster.run(for: .seconds(60))
    #expect(cluster.allHold(n(7), .dead))
  }
}

extension Membership.Action {
  var message: Membership.Message? {
    if case .send(let message, _) = self { message } else { nil }
  }
}
