/// Scenarios that are read in more than one test.
enum Texts {
  /// The design's example, without the parts that this version does not have.
  static let design = """
    faultline: 1
    name: leader-isolated
    description: The leader can hear but not speak for five seconds; the others elect a new one.
    seed: 7
    duration: 40s
    cluster:
      nodes: 5                          # n1…n5, or a list with overrides for each node
      program: raft-kv
      raft: {election_timeout: 150ms..300ms, heartbeat: 50ms}
    network:
      latency: {uniform: [1ms, 5ms]}
      loss: 0.1%
      links: [{from: n1, to: [n2, n3], latency: {constant: 40ms}}]
    workload:
      clients: 4
      rate: 200/s                       # open loop; `think: 10ms` for a closed one
      mix: {put: 40%, get: 50%, cas: 10%}
      keys: {zipf: {count: 64, exponent: 0.99}}
    faults:
      - {at: 10s, for: 5s, partition: {from: leader, to: others}}        # one way
      - every: 3s..6s                                                     # the seeded nemesis
        between: [18s, 30s]
        one_of: [{crash: random, for: 1s}, {pause: random, for: 2s}, {partition: halves, for: 1s}]
    expect:
      - safety
      - recovers: {within: 2s}
      - {measure: leader_changes, at_most: 2}

    """

  static let smallest = """
    faultline: 1
    name: quiet
    duration: 10s
    cluster: {nodes: 3}
    expect: [{measure: elections, at_most: 5}]

    """

  /// Every key and every kind of value that the design's example leaves out.
  static let everything = """
    faultline: 1
    name: "all-of-it"
    description: |
      Two lines with "quotes", a \\ and an é:
      5 * 3 = 15? Yes *indeed.
    seed: 18446744073709551615
    duration: 1h30m
    heal_at: 4000.5s
    ties: seeded
    schedule: {pct: {depth: 7, window: 20ms, priorities: processes}}
    cluster:
      nodes: [alpha, {name: "null", disk: {sync: 5ms, failure: 0.000001%}}, {name: beta, raft: {wire_version: 1}}, "7", gamma]
      program: raft-kv
      raft: {election_timeout: [1s, 2s], candidate_timeout: 1s..1500ms, heartbeat: 100ms, leader_stickiness: false, backoff: true, replicate: false, batch: 1, voters: [gamma, alpha, "7"], begin: {log: [5, 4, 3, 0, 5], leader: gamma}}
      restart_after: 1.5s
      variants: {eager: {raft: {heartbeat: 20ms, pre_vote: false}}, "2": {raft: {election_timeout: 3s..4s, batch_size: 1KiB, wire_version: 2}}}
      zones: {east: ["7", alpha], "1": beta}
      racks: {a: alpha, b: beta}
    network:
      transport: datagram
      latency: {normal: {mean: 5ms, deviation: 1ms, min: 1ms}}
      loss: 12.345678%
      duplication: 1%
      reordering: 100%
      reorder_delay: {exponential: {mean: 5ms, min: 1ms}}
      bandwidth: 1.5MB/s
      queue: 64kB
      codec: wire
      links:
        - &far {from: alpha, to: ["null", "7"], latency: {lognormal: {median: 5ms, p99: 50ms}}}
        - {from: [c1, c2], to: beta, transport: stream, duplication: 0%, reordering: 0%, queue: 1MiB, setup: 1ms..3ms, setup_timeout: 70ms, setup_failure: 0.5%}
        - *far
        - {from: c1, to: "7", transport: stream, duplication: 0%, reordering: 0%, setup: 5ms}
        - {from: c1, to: "7", reconnect: {initial: 5s}}
    disks:
      write: 3us
      sync: 1ms..2ms
      failure: 0.5%
      hosts: [{nodes: [alpha, beta], write: 7ns}]
    clocks:
      drift: 0.0001%
      hosts: [{nodes: [alpha, c1], fast: 50%}, {nodes: beta, slow: 1.5%}, {nodes: gamma, drift: 0%}]
    measures: {election: {from: loss, until: stable, heartbeats: 3}}
    workload:
      clients: 2
      think: 10ms
      mix: {put: 33.333%, get: 33.333%, delete: 33.334%}
      keys: 5
      value_size: 1KiB
      timeout: 500ms
      sessions: false
      retry: {timeout: 20ms, initial: 3ms, factor: 1.5, max: 1h, jitter: 12.5%, attempts: 7, repeat: always}
      start: 1s
      stop: 1h
    faults:
      - {at: 1s, crash: alpha}
      - {at: 1s, restart: "7", name: x}
      - {at: 2s, for: 1m, pause: [alpha, "null"], name: "two → \\" \\u0007 names"}
      - {at: 3s, for: 1m, partition: ring, hold: true, id: 4000000000}
      - {at: 3s, for: 1m, partition: bridge}
      - {at: 3s, for: 1m, partition: {isolate: minority}}
      - {at: 3s, for: 1m, partition: {groups: [[alpha, c1], [beta], ["null", gamma]]}}
      - {at: 3s, for: 1m, partition: {from: others, to: clients}}
      - {at: 3s, for: 1m, disk: {nodes: leader, sync: 1s, write: 1ms..2ms}}
      - {at: 3s, for: 1m, disk: {nodes: [alpha, "7"], failure: 1%, lost: 5%, misdirected: 0.1%, unsynced: lost}}
      - {at: 3s, for: 1m, disk: {nodes: random, full: true, stall: false}}
      - {at: 3s, damage: {nodes: leader, records: 7}}
      - {at: 3s, for: 1m, slow: {nodes: some, each: {exponential: {mean: 5ms}}}}
      - {at: 3s, clock: {nodes: leader, step: -1h30m}}
      - {at: 3s, for: 1m, clock: {nodes: random, slew: 0.01%}}
      - {at: 3s, for: 1m, clock: {nodes: all, slow: 5%}}
      - {at: 3s, for: 1m, clock: {nodes: c1, freeze: true}}
      - {at: 3s, for: 1m, wipe: minority}
      - {at: 3s, for: 1m, power: {zone: leader}}
      - {at: 3s, for: 1m, power: {zone: "1"}}
      - {at: 3s, for: 1m, crash: {rack: random}}
      - {at: 3s, for: 1m, partition: zones}
      - {at: 3s, membership: {add: beta, learn: "null", remove: leader, turn: random}}
      - {at: 3s, membership: abandon}
      - {at: 3s, handover: gamma}
      - {at: 3s, reconfigure: {nodes: leader, variant: eager}}
      - {at: 3s, reconfigure: {nodes: [alpha, "7"], variant: "2"}}
      - {at: 3s, for: 1m, rolling_restart: {nodes: all, each: 1s, between: 1s, variant: base}}
      - {at: 3s, for: 1m, partition: {from: c1, to: leader}, flap: {up: 200ms, down: 50ms..100ms}}
      - {at: 3s, for: 1m, partition: {isolate: clients}, hold: true, flap: {up: {exponential: {mean: 2s, min: 1ms}}, down: 1s}}
      - {at: 3s, for: 1m, rolling_restart: {nodes: followers, each: 500ms, between: 1.5s}}
      - {at: 3s, for: 1m, partition: {from: {zone: east}, to: others}}
      - {at: 3s, for: 1m, link: {from: followers, to: all, loss: 50%, latency: 1s, queue: 1B, bandwidth: 1kB/s}}
      - {at: 3s, for: 1m, link: {from: c1, to: beta, setup_failure: 100%, reconnect: {initial: 2s, jitter: 0%}}}
      - {every: {exponential: {mean: 5s, min: 1ms}}, between: 10s..1h, one_of: [{restart: candidate}, {crash: majority, for: 1s}, {pause: follower, for: 2s}]}
      - {every: 5s, between: 10s..1h, swarm: true, one_at_a_time: true, one_of: [{damage: some, weight: 3}, {crash: some, for: 1s, weight: 1000000}]}
      - {at: 3s, for: 1m, link: {from: leader, to: all, drop: 50%, corruption: 0.1%, kinds: [AppendEntries, PreVote]}}
    expect:
      - {measure: client_latency.p99, at_most: 0.5s}
      - {measure: availability, at_least: 99.9%}
      - sometimes: [split_vote, sync_lost]
      - {sometimes: damage_found}
      - {measure: operations_ok, at_least: 18446744073709551615}

    """

  static let gossip = """
    faultline: 1
    name: rumours
    duration: 20s
    heal: core
    cluster: {nodes: 100, program: gossip, gossip: {interval: 50ms, fanout: 3, rumours: 7}}
    schedule: {delays: {bound: 12, by: 1.5s}}
    network: {transport: datagram, latency: 1ms..20ms, loss: 10%}
    faults: [{at: 1s, for: 5s, partition: halves}, {at: 2s, for: 1s, crash: random}]
    expect: [safety, converges: {within: 5s}, {measure: spread_time.p90, at_most: 8s}]

    """

  static let mesh = """
    faultline: 1
    name: mesh
    duration: 20s
    cluster:
      nodes: [a, b, d, e]
      program: mesh
      mesh:
        topology: {links: [[a, b], [b, d], [d, e]]}
        hello: none
        patience: 5
        period: 500ms
        probe_timeout: 120ms
        proxies: 0
        suspicion: 2
        targets: round_robin
        dead_contact: 0
        refresh: 3s
        requests: 2.5/s
        timeout: 700ms
    faults: [{at: 1s, for: 5s, crash: d}]
    expect: [safety, recovers: {within: 2s}, {measure: detection_time.p90, at_most: 8s}, {measure: false_deaths, at_most: 0}]

    """

  /// Every key of a mesh that heals.
  static let healing = """
    faultline: 1
    name: healing
    duration: 60s
    cluster:
      nodes: [a, b, d, e, f]
      program: mesh
      mesh:
        topology: ring
        requests: 50/s
        work: {exponential: {mean: 20ms, min: 1ms}}
        memory: 1.5MiB
        queue: 7
        healing:
          council: [f, a, b]
          election_timeout: 900ms..1.5s
          heartbeat: 100ms
          interval: {healthy: 10s, degraded: 5s, critical: 1s, recovering: 2s}
          thresholds: {cpu: 80%, memory: 70.5%, queue: 60%, loss: 1.0001%, latency: 250ms}
          remedies: [release, restart, failover]
          cooldown: 20s
          patience: 10s
          well_for: 5s
    resources: {memory: 512MiB, idle: 64MiB}
    faults:
      - {at: 1s, for: 5s, load: {nodes: d, cpu: 95%, of: host}}
      - {at: 1s, for: 5s, load: {nodes: [a, b], cpu: 1.0001%}}
      - {at: 1s, for: 5s, leak: {nodes: random, rate: 20MB/s}}
      - {every: 5s, between: 10s..20s, one_of: [{load: {nodes: some, cpu: 99%, of: process}, for: 1s}]}
    expect:
      - safety
      - heals: {kinds: [load, leak], within: 20s}
      - {measure: heal_rate, at_least: 95.5%}
      - {measure: heal_time.p90, at_most: 30s}
      - {measure: diagnosis_time, at_most: 10s}
      - {measure: wrong_actions, at_most: 0}

    """

  /// A mesh that heals as meshes do.
  static let healingAsUsual = """
    faultline: 1
    name: healing-as-usual
    duration: 60s
    cluster:
      nodes: 7
      program: mesh
      mesh: {requests: 50/s, healing: on}
    resources: {memory: 512MiB}
    expect: [safety, {measure: false_alarms, at_most: 0}]

    """

  static let readable = [design, smallest, everything, gossip, mesh, healing, healingAsUsual]
}
