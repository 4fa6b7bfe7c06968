import Primitives
import Programs
import Raft
import Scenarios
import Testing
import World

@Suite struct ReadingTests {
  @Test func `the design's example reads to what it says`() throws {
    let scenario = try ScenarioReader.read(text: Texts.design, file: "a.yaml")
    #expect(scenario.name == "leader-isolated")
    #expect(
      scenario.description == "The leader can hear but not speak for five seconds; the others elect a new one.")
    #expect(scenario.seed == 7)
    #expect(scenario.duration == .seconds(40))
    #expect(scenario.healAt == .zero + .seconds(32))
    #expect(scenario.heals == .all)
    #expect(try ScenarioReader.read(text: Texts.gossip, file: "b.yaml").heals == .core)
    #expect(scenario.ties == .sequence)
    #expect(scenario.schedule == .plan(.earliest))
    #expect(scenario.cluster.nodes == ["n1", "n2", "n3", "n4", "n5"])
    #expect(scenario.cluster.restartAfter == .seconds(1))
    guard case .raftKV(let raft) = scenario.cluster.program else {
      Issue.record("the program is \(scenario.cluster.program.name)")
      return
    }
    #expect(raft.rules == .standard)
    #expect(raft.rules.limits.entriesPerMessage == 100)
    var far = LinkChange()
    far.latency = .constant(.milliseconds(40))
    var base = LinkProfile.standard
    base.latency = .uniform(.milliseconds(1), .milliseconds(5))
    base.loss = Ratio(1, 1_000)
    #expect(
      scenario.network
        == NetworkPlan(base: base, exceptions: [.init(from: [NodeID(0)], to: [NodeID(1), NodeID(2)], change: far)]))
    #expect(scenario.disks.base == .standard)
    #expect(scenario.disks.exceptions.isEmpty)
  }

  @Test func `the design's workload and expectations read to what they say`() throws {
    let scenario = try ScenarioReader.read(text: Texts.design, file: "a.yaml")
    let workload = try #require(scenario.workload)
    #expect(workload.clients == 4)
    #expect(workload.pacing == .rate(milliPerSecond: 200_000))
    #expect(
      workload.operations
        == KVWorkload(weights: [50_000, 40_000, 0, 10_000], keys: .zipf(count: 64, exponentThousandths: 990)))
    #expect(workload.timeout == .seconds(1))
    #expect(workload.start == .zero)
    #expect(workload.stop == .zero + .seconds(40))
    #expect(scenario.expectations.prefix(2) == [.safety, .recovers(within: .seconds(2))])
    guard case .measure(let bound)? = scenario.expectations.last else {
      Issue.record("the last expectation is no measure")
      return
    }
    #expect(bound.measure == .leaderChanges)
    #expect(bound.direction == .atMost)
    #expect(bound.bound == .count(2))
  }

  @Test func `the design's faults get ids, names and moments`() throws {
    let faults = try ScenarioReader.read(text: Texts.design, file: "a.yaml").faults
    #expect(
      faults == [
        PlannedFault(
          id: 1, name: "partition leader→others at 10s",
          schedule: .once(
            at: .zero + .seconds(10), until: .zero + .seconds(15),
            .partition(.oneWay(from: .tagged(bit: 0), to: .others), hold: false))),
        PlannedFault(
          id: 2, name: "crash random, pause random or partition halves from 18s to 30s",
          schedule: .repeating(
            .init(
              every: .uniform(.seconds(3), .seconds(6)), from: .zero + .seconds(18), to: .zero + .seconds(30),
              branches: [
                .init(action: .crash(.random), duration: .seconds(1)),
                .init(action: .pause(.random), duration: .seconds(2)),
                .init(action: .partition(.halves, hold: false), duration: .seconds(1)),
              ]))),
      ])
  }

  @Test func `clients are numbered behind the nodes, and a node's own disk comes last`() throws {
    let scenario = try ScenarioReader.read(text: Texts.everything, file: "a.yaml")
    #expect(scenario.network.exceptions[1].from == [NodeID(5), NodeID(6)])
    #expect(scenario.network.exceptions[2] == scenario.network.exceptions[0])
    #expect(scenario.disks.exceptions.map(\.hosts) == [[NodeID(0), NodeID(2)], [NodeID(1)]])
    #expect(scenario.disks.exceptions[1].profile.failure == Ratio(1, 100_000_000))
    #expect(scenario.disks.exceptions[1].profile.write == .constant(.microseconds(3)))
    #expect(scenario.description == "Two lines with \"quotes\", a \\ and an é:\n5 * 3 = 15? Yes *indeed.\n")
    #expect(scenario.network.base.bandwidth == 1_500_000)
    #expect(
      scenario.network.base.latency
        == .truncatedNormal(
          mean: .milliseconds(5), deviation: .milliseconds(1), low: .milliseconds(1), high: .milliseconds(9)))
  }

  @Test func `a clock errs up to its drift, or by just so much`() throws {
    let clocks = try ScenarioReader.read(text: Texts.everything, file: "a.yaml").clocks
    #expect(clocks.base == ClockProfile(slowest: -1, fastest: 1))
    #expect(clocks.exceptions.map(\.hosts) == [[NodeID(0), NodeID(5)], [NodeID(2)], [NodeID(4)]])
    #expect(
      clocks.exceptions.map(\.profile)
        == [
          ClockProfile(slowest: 500_000, fastest: 500_000), ClockProfile(slowest: -15_000, fastest: -15_000),
          .exact,
        ])
    #expect(try ScenarioReader.read(text: Texts.design, file: "a.yaml").clocks.base == .exact)
  }

  @Test func `zones and racks are their nodes, and faults name them`() throws {
    let scenario = try ScenarioReader.read(text: Texts.everything, file: "a.yaml")
    #expect(scenario.cluster.zones.map(\.name) == ["east", "1"])
    #expect(scenario.cluster.zones.map(\.hosts) == [[NodeID(0), NodeID(3)], [NodeID(2)]])
    #expect(scenario.cluster.racks.map(\.hosts) == [[NodeID(0)], [NodeID(2)]])
    let powers = scenario.faults.compactMap { fault -> Selector? in
      if case .once(_, _, .power(let selector)) = fault.schedule { selector } else { nil }
    }
    #expect(powers == [.domain(.zone, .ofTagged(bit: 0)), .domain(.zone, .number(1))])
    #expect(scenario.faults.contains { $0.name == "power of zone leader at 3s" })
  }

  @Test func `links flap and restarts go round as they say`() throws {
    let actions = try ScenarioReader.read(text: Texts.everything, file: "a.yaml").faults.compactMap { fault in
      if case .once(_, _, let action) = fault.schedule { action } else { nil }
    }
    let flap = Flap(
      up: .constant(.milliseconds(200)), down: .uniform(.milliseconds(50), .milliseconds(100)))
    #expect(
      actions.contains(
        .partition(.oneWay(from: .hosts([NodeID(5)]), to: .tagged(bit: 0)), hold: false, flap: flap)))
    #expect(
      actions.contains(.roll(.allTagged(bit: 1), each: .milliseconds(500), between: .milliseconds(1_500))))
  }

  @Test func `a variant has the cluster's settings but for what it says`() throws {
    let scenario = try ScenarioReader.read(text: Texts.everything, file: "a.yaml")
    guard case .raftKV(let base) = scenario.cluster.program else { return }
    var eager = base.rules
    eager.timing = try Timing(
      electionTimeout: .seconds(1), .seconds(2),
      candidate: Nanoseconds.seconds(1)..<Nanoseconds.milliseconds(1_500),
      heartbeat: .milliseconds(20))
    eager.preVote = false
    #expect(scenario.cluster.variants.map(\.name) == ["eager", "2"])
    #expect(scenario.cluster.variants[0].rules == eager)
    #expect(scenario.cluster.variants[1].rules.limits.entriesPerMessage == 1)
    #expect(scenario.cluster.variants[1].rules.timing.heartbeat == .milliseconds(100))
    #expect(scenario.faults.contains { $0.name == "reconfigure alpha,7 as 2 at 3s" })
    #expect(scenario.faults.contains { $0.name == "rolling restart of all as base at 3s" })
  }

  @Test func `a wire version is everybody's, one node's, or what a variant changes for all`() throws {
    let scenario = try ScenarioReader.read(
      text: Texts.everything, file: "a.yaml", settings: [("cluster.raft.wire_version", "1")])
    guard case .raftKV(let base) = scenario.cluster.program else { return }
    #expect(base.wireVersion == WireVersion(rawValue: 1))
    #expect(scenario.cluster.variants.map(\.wireVersion?.rawValue) == [nil, 2])
    let written = ScenarioWriter.yaml(scenario)
    #expect(written.contains("{name: beta, raft: {wire_version: 1}}"))
    let newer = try ScenarioReader.read(text: Texts.everything, file: "a.yaml")
    guard case .raftKV(let newest) = newer.cluster.program else { return }
    #expect(newer.cluster.wireVersions(newest).map(\.rawValue) == [4, 4, 1, 4, 4])
    // A node that begins otherwise gives a variant something to change, though it says what the cluster does.
    let text = "{nodes: [{name: a, raft: {wire_version: 1}}, b, d], variants: {new: {raft: {wire_version: 2}}}}"
    #expect((try ScenarioReader.read(text: HostileInput.cluster(text), file: "a.yaml")).cluster.variants.count == 1)
  }

  @Test func `snapshots are on, off, or as they are told`() throws {
    func raft(_ settings: String) throws -> Scenario.RaftSettings? {
      let scenario = try ScenarioReader.read(
        text: HostileInput.cluster("{nodes: 3, raft: {\(settings)}}"), file: "a.yaml")
      let again = try ScenarioReader.read(text: ScenarioWriter.yaml(scenario), file: "a.yaml")
      #expect(again == scenario)
      guard case .raftKV(let raft) = scenario.cluster.program else { return nil }
      return raft
    }
    #expect(try raft("reads: 9")?.snapshots == .standard && raft("snapshots: on")?.snapshots == .standard)
    #expect(try raft("snapshots: off")?.snapshots == nil)
    let told = try raft("snapshots: {entries: 7, size: 3KiB, keep: 0, piece: 64B, in_flight: 1KiB, compression: 0}")
    #expect(told?.snapshots == SnapshotSettings(entries: 7, bytes: 3_072, level: 0))
    #expect(told?.rules.limits.trailing == 0 && told?.rules.limits.snapshotPiece == 64)
    #expect(told?.rules.limits.snapshotBytesInFlight == 1_024 && told?.drawsSnapshots == false)
    // Where a seed draws limits it draws these too, unless they are told.
    #expect(try raft("randomise: true")?.drawsSnapshots == true)
    #expect(try raft("randomise: true, snapshots: {entries: 9}")?.drawsSnapshots == false)
  }

  @Test func `a fault without a length lasts until everything heals`() throws {
    let scenario = try ScenarioReader.read(text: Texts.everything, file: "a.yaml")
    #expect(
      scenario.faults[0].schedule
        == .once(at: .zero + .seconds(1), until: .zero + .milliseconds(4_000_500), .crash(.hosts([NodeID(0)]))))
    #expect(scenario.faults[0].name == "crash alpha at 1s")
  }

  @Test(
    arguments: [
      ("10ms", 10_000_000), ("1.5s", 1_500_000_000), ("1m30s", 90_000_000_000), ("3us", 3_000), ("3µs", 3_000),
      ("0.000000001s", 1), ("3652.5d", 315_576_000_000_000_000), ("007s", 7_000_000_000), ("1.50ns0.0ns", nil),
      ("1.0ns", 1),
    ] as [(String, Int64?)])
  func `durations are exact`(_ text: String, _ nanoseconds: Int64?) throws {
    let source = Texts.smallest + "network: {latency: \(text)}\n"
    let scenario = try? ScenarioReader.read(text: source, file: "a")
    #expect(scenario?.network.base.latency == nanoseconds.map { .constant(Nanoseconds($0)) })
  }
}

@Suite struct WritingTests {
  @Test(arguments: Texts.readable)
  func `what is written reads as the same scenario, and is written the same`(_ text: String) throws {
    let scenario = try ScenarioReader.read(text: text, file: "a.yaml")
    let written = ScenarioWriter.yaml(scenario)
    let again = try ScenarioReader.read(text: written, file: "b.yaml")
    #expect(again == scenario)
    #expect(ScenarioWriter.yaml(again) == written)
  }

  @Test func `every default is written out`() throws {
    let written = ScenarioWriter.yaml(try ScenarioReader.read(text: Texts.smallest, file: "a.yaml"))
    #expect(
      written == """
        faultline: 1
        name: quiet
        seed: 1
        duration: 10s
        heal_at: 8s
        heal: all
        ties: sequence
        schedule: earliest
        cluster:
          nodes: 3
          program: raft-kv
          raft:
            election_timeout: 150ms..300ms
            heartbeat: 50ms
            pre_vote: true
            check_quorum: true
            clock_error: 0.1%
            randomise: false
            batch: 100
            batch_size: 1MiB
            in_flight: 1000
            in_flight_size: 4MiB
            queue: 10000
            queue_size: 64MiB
            reads: 10000
            segment: 1024
            snapshots: {entries: 10000, size: 64MiB, keep: 5000, piece: 256KiB, in_flight: 1MiB, compression: 1}
            sessions: 1024
            wire_version: 4
          restart_after: 1s
        network:
          transport: stream
          latency: {constant: 1ms}
          loss: 0%
          drop: 0%
          corruption: 0%
          duplication: 0%
          reordering: 0%
          reorder_delay: {uniform: [1ms, 10ms]}
          setup: {constant: 0s}
          setup_failure: 0%
          codec: typed
        disks:
          write: {constant: 0s}
          sync: {constant: 1ms}
          failure: 0%
          lost: 0%
          misdirected: 0%
          unsynced: sectors
          budget: recoverable
        clocks:
          drift: 0%
          offset: 0s
        faults: []
        expect:
          - {measure: elections.max, at_most: 5}

        """)
  }
}

@Suite struct SettingTests {
  private func read(_ settings: (key: String, value: String)...) throws(Complaint) -> Scenario {
    try ScenarioReader.read(text: Texts.design, file: "a.yaml", settings: settings)
  }

  @Test func `settings take the place of the file's values, and defaults follow them`() throws {
    let scenario = try read(
      ("seed", "9"), ("duration", "1m"), ("cluster.raft.heartbeat", "40ms"), ("network.loss", "1%"),
      ("faults.0.at", "11s"), ("disks.sync", "{uniform: [1ms, 2ms]}"), ("cluster.nodes", "[n1, n2, n3]"))
    #expect(scenario.seed == 9)
    #expect(scenario.healAt == .zero + .seconds(48))
    #expect(scenario.network.base.loss == Ratio(1, 100))
    #expect(scenario.cluster.nodes.count == 3)
    #expect(scenario.disks.base.sync == .uniform(.milliseconds(1), .milliseconds(2)))
    #expect(scenario.faults[0].name == "partition leader→others at 11s")
    #expect(scenario.workload?.stop == .zero + .seconds(60))
  }

  @Test(arguments: [
    (
      "cluster.raft.hartbeat", "40ms",
      "--set:1:14: unknown key 'hartbeat' in cluster.raft; did you mean 'heartbeat'?"
    ),
    ("sede", "1", "--set:1:1: unknown key 'sede' in the scenario; did you mean 'seed'?"),
    ("seed", "x", "--set:1:6: seed: found 'x'; expected a whole number from 0 to 18446744073709551615"),
    ("seed", "", "--set:1:6: seed: found nothing; expected a whole number from 0 to 18446744073709551615"),
    ("seed.more", "1", "--set:1:6: 'more' is a key of nothing: there is '7' instead of a map"),
    ("faults.2.at", "1s", "--set:1:8: '2' is no element of this list of 2; expected a number from 0"),
    ("faults.-1.at", "1s", "--set:1:8: '-1' is no element of this list of 2; expected a number from 0"),
    ("", "1", "--set:1:1: found ''; expected keys with dots between them, such as cluster.nodes"),
    ("a..b", "1", "--set:1:3: found 'a..b'; expected keys with dots between them, such as cluster.nodes"),
    ("seed", "[", "--set:1:7: this is not YAML: while parsing a flow node, did not find expected node content"),
    ("seed", "*a", "--set:1:6: found alias '*a'; expected one of an anchor that is complete before it"),
    (
      "network.latency", "{constant: 1}",
      "--set:1:28: network.latency.constant: found '1'; expected a duration with its unit: ns, us, ms, s, m, h or d"
    ),
  ])
  func `a setting that names no key or has no value for it is refused`(
    _ key: String, _ value: String, _ expected: String
  ) {
    let complaint = #expect(throws: Complaint.self) { _ = try read((key, value)) }
    #expect(complaint?.description == expected)
  }

  @Test func `a path of a hundred thousand keys is refused`() {
    let path = Array(repeating: "a", count: 100_000).joined(separator: ".")
    let complaint = #expect(throws: Complaint.self) { _ = try read((path, "1")) }
    #expect(complaint?.message == "the path has more than 64 keys")
  }
}

@Suite struct SchemaTests {
  @Test func `the schema describes every key that the reader knows`() {
    let schema = ScenarioSchema.json()
    let keys = [
      "faultline", "name", "description", "seed", "duration", "heal_at", "ties", "schedule", "cluster", "network",
      "disks",
      "workload",
      "faults", "expect", "nodes", "program", "raft", "gossip", "crdt", "deltas", "operations", "mesh",
      "topology", "hello", "patience", "period", "probe_timeout", "proxies", "suspicion", "targets", "dead_contact",
      "refresh", "requests", "grid", "columns", "random", "degree", "restart_after",
      "disk", "election_timeout",
      "heartbeat",
      "batch", "interval", "fanout", "rumours", "transport", "latency", "loss", "duplication", "reordering",
      "reorder_delay", "bandwidth", "queue", "setup", "setup_timeout", "setup_failure", "reconnect", "initial",
      "factor", "jitter",
      "retry", "attempts", "repeat", "sessions", "drop", "corruption", "kinds", "codec", "links", "from", "to",
      "write",
      "sync", "failure", "lost", "misdirected", "unsynced", "budget", "full", "stall", "damage", "records", "wipe",
      "clock", "step", "slew", "freeze", "offset", "slow", "each",
      "hosts", "swarm", "one_at_a_time", "weight",
      "clients",
      "rate", "think", "mix", "keys", "value_size", "timeout", "start", "stop", "put", "get", "delete", "cas",
      "uniform",
      "zipf", "count", "exponent", "id", "at", "for", "every", "between", "one_of", "crash", "restart", "pause",
      "partition",
      "link", "hold", "isolate", "groups", "recovers", "converges", "measure", "at_most", "at_least", "within",
      "constant",
      "exponential", "normal", "lognormal", "mean", "min", "max", "deviation", "median", "p99",
      "pct", "depth", "window", "priorities", "delays", "bound", "by", "sometimes",
      "resources", "memory", "idle", "load", "leak", "cpu", "of", "work", "healing", "council", "thresholds",
      "remedies",
      "cooldown", "well_for", "healthy", "degraded", "critical", "recovering", "heals",
    ]
    for key in keys { #expect(schema.contains("\"\(key)\": {"), "\(key)") }
    #expect(schema == ScenarioSchema.json())
    for word in [
      "halves", "bridge", "ring", "leader", "others", "safety", "datagram", "wire", "reroute", "host",
    ] {
      #expect(schema.contains("\"\(word)\""), "\(word)")
    }
  }
}

@Suite struct SearchReadingTests {
  private func read(_ schedule: String) throws -> Scenario {
    try ScenarioReader.read(
      text: Texts.smallest.replacing("expect: [", with: "schedule: \(schedule)\nexpect: ["), file: "a.yaml")
  }

  @Test(
    arguments: [
      ("earliest", .plan(.earliest)), ("mixed", .mixed),
      ("pct", .plan(.priorities(depth: 3, window: .milliseconds(5), of: .links))),
      ("{pct: {}}", .plan(.priorities(depth: 3, window: .milliseconds(5), of: .links))),
      (
        "{pct: {depth: 9, window: 1s, priorities: processes}}",
        .plan(.priorities(depth: 9, window: .seconds(1), of: .processes))
      ),
      ("delays", .plan(.delays(bound: 5, by: .milliseconds(10)))),
      ("{delays: {bound: 2, by: 3s}}", .plan(.delays(bound: 2, by: .seconds(3)))),
    ] as [(String, Scenario.Schedule)])
  func `a schedule reads to what it says, and is written so that it reads the same`(
    _ text: String, _ expected: Scenario.Schedule
  ) throws {
    let scenario = try read(text)
    #expect(scenario.schedule == expected)
    #expect(try ScenarioReader.read(text: ScenarioWriter.yaml(scenario), file: "b.yaml") == scenario)
  }

  @Test func `rare events are read one by one and in lists`() throws {
    let scenario = try ScenarioReader.read(text: Texts.everything, file: "a.yaml")
    #expect(scenario.awaitedMarks == [.splitVote, .syncLost, .damageFound])
    #expect(scenario.expectations.contains(.sometimes([.damageFound])))
  }
}
