import Membership
import Primitives
import Testing

@Suite("Determinism, settings and memory")
struct DeterminismTests {
  static func digest(seed: UInt64, _ selection: Membership.TargetSelection) throws -> Digest {
    var cluster = Cluster(15, seed: seed, try settings(selection))
    cluster.lossPerThousand = 150
    cluster.run(for: .seconds(30))
    cluster.crash(n(3))
    cluster.run(for: .seconds(60))
    cluster.restart(n(3))
    cluster.run(for: .seconds(20))
    return cluster.digest
  }

  @Test("The same draws give the same run, and others another", arguments: Membership.TargetSelection.allCases)
  func sameDraws(selection: Membership.TargetSelection) throws {
    #expect(try Self.digest(seed: 1, selection) == Self.digest(seed: 1, selection))
    #expect(try Self.digest(seed: 1, selection) != Self.digest(seed: 2, selection))
  }

  @Test("Moments count in the digest as they lie before or after now")
  func relative() {
    func digest(begin: Instant, foldedAfter length: Nanoseconds) -> Digest {
      var member = Membership(id: n(0), members: 4)
      var actions = Outbox<Membership.Action>()
      let claim = Membership.Update(n(2), .suspect, incarnation: 0)
      member.receive(
        Membership.Message(.ack, sequence: 0, initiator: n(0), target: n(1), updates: [claim]), from: n(1),
        at: begin, &actions)
      var digest = Digest()
      member.fold(into: &digest, at: begin + length)
      return digest
    }
    let early = digest(begin: .zero, foldedAfter: .seconds(1))
    #expect(early == digest(begin: .zero + .seconds(500), foldedAfter: .seconds(1)))
    #expect(early != digest(begin: .zero, foldedAfter: .seconds(2)))
  }

  @Test("Local health counts in the digest, and so do the periods since a dead member was contacted")
  func counters() throws {
    func digest(_ settings: Membership.Settings) -> Digest {
      var member = Membership(id: n(0), members: 4, settings: settings)
      var luck = Luck(1)
      var actions = Outbox<Membership.Action>()
      for _ in 0..<2 { member.fired(.period, at: .zero, &luck, &actions) }
      var digest = Digest()
      member.fold(into: &digest, at: .zero)
      return digest
    }
    let plain = digest(.standard)
    #expect(plain == digest(try Membership.Settings(proxies: 7)))
    #expect(plain != digest(try Membership.Settings(localHealthLimit: 1)))
    #expect(plain != digest(try Membership.Settings(deadContactInterval: 9)))
  }

  @Test("A setting out of its range is named with its value and bounds")
  func settingsRefused() {
    #expect(
      throws: Membership.SettingsError(
        field: "probeTimeout", value: 1_000_000_000, bounds: 1...999_999_999, unit: "ns")
    ) { try Membership.Settings(probeTimeout: .seconds(1)) }
    #expect(throws: Membership.SettingsError.self) { try Membership.Settings(period: .zero) }
    #expect(throws: Membership.SettingsError.self) { try Membership.Settings(proxies: -1) }
    #expect(throws: Membership.SettingsError.self) { try Membership.Settings(suspicionMultiplier: 1_001) }
    #expect(throws: Membership.SettingsError.self) { try Membership.Settings(lambda: 0) }
    #expect(throws: Membership.SettingsError.self) { try Membership.Settings(updatesPerMessage: 256) }
    #expect(throws: Membership.SettingsError.self) { try Membership.Settings(localHealthLimit: 101) }
    #expect(throws: Membership.SettingsError.self) { try Membership.Settings(deadContactInterval: -1) }
    let error = Membership.SettingsError(field: "lambda", value: 0, bounds: 1...100, unit: "times")
    #expect(error.description == "lambda is 0, which is not from 1 to 100 times")
  }

  @Test("Ten thousand members that know of no deviation take less than half a kilobyte each")
  func memory() throws {
    #expect(MemoryLayout<Membership>.stride < 512)
    var cluster = Cluster(10_000, seed: 1)
    cluster.run(for: .seconds(3))
    #expect(cluster.members.allSatisfy { $0.deviations.isEmpty && $0.updatesInFlight == 0 })
    #expect(cluster.observations.isEmpty)
  }
}
