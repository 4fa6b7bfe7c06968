extension HostileInput {
  /// Clusters.
  static let clusters: [HostileInput] = [
    .init(
      "no nodes",
      cluster("{program: raft-kv}"),
      "4:10: cluster has no key 'nodes'; it is required"),
    .init(
      "zero nodes",
      cluster("{nodes: 0}"),
      "4:18: cluster.nodes: found '0'; expected a number from 1 to 10000, or a list of names"),
    .init(
      "too many nodes",
      cluster("{nodes: 10001}"),
      "4:18: cluster.nodes: found '10001'; expected a number from 1 to 10000, or a list of names"),
    .init(
      "an empty list of nodes",
      cluster("{nodes: []}"),
      "4:18: cluster.nodes: found a list of 0; expected a number from 1 to 10000, or a list of names"),
    .init(
      "a node twice",
      cluster("{nodes: [a, b, a]}"),
      "4:25: cluster.nodes: a second node is called 'a'; expected another name"),
    .init(
      "a node called like a client",
      cluster("{nodes: [a, c12]}"),
      "4:22: cluster.nodes: found 'c12'; expected another name: 'c' and a number is a client's"),
    .init(
      "a node called like a selector",
      cluster("{nodes: [a, leader]}"),
      "4:22: cluster.nodes: found 'leader'; expected another name: this word selects hosts in faults"),
    .init(
      "a node with an unknown key",
      cluster("{nodes: [{name: a, dsk: {}}]}"),
      "4:29: unknown key 'dsk' in cluster.nodes; did you mean 'disk'?"),
    .init(
      "nothing as a cluster",
      cluster(""),
      "4:9: cluster: found nothing; expected a map with nodes, program, raft, gossip, crdt, mesh, restart_after, variants, zones or racks"
    ),
    .init(
      "a program of a later version",
      cluster("{nodes: 3, program: external}"),
      "4:30: cluster.program: 'external' is not available in this version"),
    .init(
      "an unknown program",
      cluster("{nodes: 3, program: raft}"),
      "4:30: cluster.program: found 'raft'; expected raft-kv, gossip, crdt or mesh; did you mean 'raft-kv'?"),
    .init(
      "gossip settings for raft-kv",
      cluster("{nodes: 3, gossip: {fanout: 1}}"),
      "4:21: cluster.gossip does not belong to the program 'raft-kv'; remove it or change the program"),
    .init(
      "a heartbeat slower than the election timeout",
      cluster("{nodes: 3, raft: {heartbeat: 150ms}}"),
      "4:39: cluster.raft: the heartbeat, 150ms, is not shorter than the shortest election timeout, 150ms; expected a heartbeat below it"
    ),
    .init(
      "an election timeout upside down",
      cluster("{nodes: 3, raft: {election_timeout: 300ms..150ms}}"),
      "4:46: cluster.raft.election_timeout: found '300ms..150ms'; expected a range whose lower end is below its upper end"
    ),
    .init(
      "an election timeout of one value",
      cluster("{nodes: 3, raft: {election_timeout: 300ms}}"),
      "4:46: cluster.raft.election_timeout: found '300ms'; expected two durations, such as [1ms, 5ms]"),
    .init(
      "a rule that is neither on nor off",
      cluster("{nodes: 3, raft: {pre_vote: maybe}}"),
      "4:38: cluster.raft.pre_vote: found 'maybe'; expected true or false"),
    .init(
      "a batch of nothing",
      cluster("{nodes: 3, raft: {batch: 0}}"),
      "4:35: cluster.raft.batch: found '0'; expected a whole number from 1 to 10000"),
    .init(
      "a batch without a unit",
      cluster("{nodes: 3, raft: {batch_size: 64}}"),
      "4:40: cluster.raft.batch_size: found '64'; expected a size such as 64kB or 1MiB; its units are B, kB, MB, GB, KiB, MiB and GiB"
    ),
    .init(
      "a queue beyond all bounds",
      cluster("{nodes: 3, raft: {queue: 1000001}}"),
      "4:35: cluster.raft.queue: found '1000001'; expected a whole number from 1 to 1000000"),
    .init(
      "a segment beyond all bounds",
      cluster("{nodes: 3, raft: {segment: 65537}}"),
      "4:37: cluster.raft.segment: found '65537'; expected a whole number from 1 to 65536"),
    .init(
      "no sessions",
      cluster("{nodes: 3, raft: {sessions: 0}}"),
      "4:38: cluster.raft.sessions: found '0'; expected a whole number from 1 to 1000000"),
    .init(
      "snapshots of no kind",
      cluster("{nodes: 3, raft: {snapshots: never}}"),
      "4:39: cluster.raft.snapshots: found 'never'; expected off or on"),
    .init(
      "snapshots of no entries",
      cluster("{nodes: 3, raft: {snapshots: {entries: 0}}}"),
      "4:49: cluster.raft.snapshots.entries: found '0'; expected a whole number from 1 to 1000000000"),
    .init(
      "a compression beyond zlib's",
      cluster("{nodes: 3, raft: {snapshots: {compression: 10}}}"),
      "4:53: cluster.raft.snapshots.compression: found '10'; expected a whole number from 0 to 9"),
    .init(
      "pieces of nothing",
      cluster("{nodes: 3, raft: {snapshots: {piece: 0B}}}"),
      "4:47: cluster.raft.snapshots.piece: found '0B'; expected a size from 1B to 1GiB"),
    .init(
      "a snapshot's setting that there is not",
      cluster("{nodes: 3, raft: {snapshots: {trailing: 5}}}"),
      "4:40: unknown key 'trailing' in cluster.raft.snapshots; expected entries, size, keep, piece, in_flight or compression"
    ),
    .init(
      "a wire version that is not spoken yet",
      cluster("{nodes: 3, raft: {wire_version: 5}}"),
      "4:42: cluster.raft.wire_version: found '5'; expected a whole number from 1 to 4"),
    .init(
      "a wire version before the first",
      cluster("{nodes: 3, variants: {old: {raft: {wire_version: 0}}}}"),
      "4:59: cluster.variants.old.raft.wire_version: found '0'; expected a whole number from 1 to 4"),
    .init(
      "a node's wire version in words",
      cluster("{nodes: [{name: a, raft: {wire_version: newest}}]}"),
      "4:50: cluster.nodes.raft.wire_version: found 'newest'; expected a whole number from 1 to 4"),
    .init(
      "a node with a rule of its own",
      cluster("{nodes: [{name: a, raft: {pre_vote: false}}]}"),
      "4:36: unknown key 'pre_vote' in cluster.nodes.raft; expected wire_version"),
    .init(
      "a node with nothing of its own",
      cluster("{nodes: [{name: a, raft: 1}]}"),
      "4:35: cluster.nodes.raft: found '1'; expected a map with wire_version"),
    .init(
      "a wire version for gossip",
      cluster("{nodes: [{name: a, raft: {wire_version: 1}}, b, d], program: gossip}"),
      "4:29: cluster.nodes.raft does not belong to the program 'gossip'; remove it or change the program"),
    .init(
      "a variant that speaks as everybody does",
      cluster("{nodes: 3, variants: {same: {raft: {wire_version: 4}}}}"),
      "4:45: cluster.variants.same.raft says what 'cluster.raft' says; expected something different"),
    .init(
      "a clock error above half",
      cluster("{nodes: 3, raft: {clock_error: 50.0001%}}"),
      "4:41: cluster.raft.clock_error: found '50.0001%'; expected a percentage from 0% to 50%, such as 0.1%"),
    .init(
      "a limit that each seed draws",
      cluster("{nodes: 3, raft: {randomise: true, in_flight: 5}}"),
      "4:45: cluster.raft.in_flight is drawn for each seed where 'randomise' is true; expected one of the two"),
    .init(
      "a fanout as large as the cluster",
      cluster("{nodes: 3, program: gossip, gossip: {fanout: 3}}"),
      "4:55: cluster.gossip: a fanout of 3 needs more than 3 nodes, and there are 3"),
    HostileInput(
      "settings of a mesh for replicas",
      cluster("{nodes: 3, program: crdt, mesh: {period: 1s}}"),
      "4:36: cluster.mesh does not belong to the program 'crdt'; remove it or change the program"),
    HostileInput(
      "one replica, which has nobody to tell",
      cluster("{nodes: 1, program: crdt}"),
      "4:10: cluster.crdt: a fanout of 1 needs more than 1 nodes, and there is 1"),
    HostileInput(
      "settings of raft for replicas",
      cluster("{nodes: 3, program: crdt, raft: {batch: 1}}"),
      "4:36: cluster.raft does not belong to the program 'crdt'; remove it or change the program"),
    HostileInput(
      "replicas that keep a negative number of changes",
      cluster("{nodes: 3, program: crdt, crdt: {deltas: -1}}"),
      "4:51: cluster.crdt.deltas: found '-1'; expected a whole number from 0 to 10000"),
    .init(
      "a variant that is nothing else",
      cluster("{nodes: 3, variants: {same: {raft: {heartbeat: 50ms}}}}"),
      "4:45: cluster.variants.same.raft says what 'cluster.raft' says; expected something different"),
    .init(
      "a variant with a store of its own",
      cluster("{nodes: 3, variants: {big: {raft: {sessions: 5}}}}"),
      "4:45: unknown key 'sessions' in cluster.variants.big.raft; expected election_timeout, heartbeat, pre_vote, check_quorum, leader_stickiness, clock_error, batch, batch_size, in_flight, in_flight_size, queue, queue_size, reads, segment or wire_version"
    ),
    .init(
      "a variant called base",
      cluster("{nodes: 3, variants: {base: {raft: {batch: 1}}}}"),
      "4:32: cluster.variants: found the name 'base'; expected a name of a to z, 0 to 9 and '-', not beginning with '-', of at most 32 characters, and not 'base', which is how every node begins"
    ),
    .init(
      "a variant whose heartbeat is too slow for the rest",
      cluster("{nodes: 3, variants: {slow: {raft: {heartbeat: 150ms}}}}"),
      "4:57: cluster.variants.slow.raft: the heartbeat, 150ms, is not shorter than the shortest election timeout, 150ms; expected a heartbeat below it"
    ),
    .init(
      "variants of gossip",
      cluster("{nodes: 3, program: gossip, variants: {a: {raft: {batch: 1}}}}"),
      "4:38: cluster.variants are settings of raft-kv; expected none for the program 'gossip'"),
    .init(
      "variants of what each seed draws",
      cluster("{nodes: 3, raft: {randomise: true}, variants: {a: {raft: {batch: 1}}}}"),
      "4:46: cluster.variants beside 'randomise', by which each seed draws all settings; expected one of the two"),
    .init(
      "a variant that breaks leases",
      "faultline: 1\nname: a\nduration: 4s\ncluster: {nodes: 3, variants: {a: {raft: {election_timeout: 140ms..300ms}}}}\n"
        + "workload: {rate: 1/s, mix: {get: 100%}, reads: lease}\nexpect: [safety]\n",
      "4:10: cluster.variants: 'a' would break leases, by which 'workload.reads' reads; expected 'check_quorum' and 'leader_stickiness' on, and the shortest election timeout of all variants the same"
    ),
    .init(
      "zones as a list",
      cluster("{nodes: 3, zones: [n1, n2]}"),
      "4:28: cluster.zones: found a list; expected a map of names and their nodes, such as {east: [n1, n2], west: [n3]}"
    ),
    .init(
      "no zones",
      cluster("{nodes: 3, racks: {}}"),
      "4:28: cluster.racks: found a map; expected a map of names and their nodes, such as {east: [n1, n2], west: [n3]}"
    ),
    .init(
      "a zone of an unknown node",
      cluster("{nodes: 3, zones: {east: [n1, n4]}}"),
      "4:40: cluster.zones.east: there is no node 'n4'; did you mean 'n1'?"),
    .init(
      "a node in two zones",
      cluster("{nodes: 3, zones: {east: [n1, n2], west: [n3, n2]}}"),
      "4:51: cluster.zones.west: 'n2' is in the zone 'east' too; expected it in one"),
    .init(
      "a zone called like a selector",
      cluster("{nodes: 3, zones: {leader: n1}}"),
      "4:29: cluster.zones: found the name 'leader'; expected another name: this word selects in faults"),
    .init(
      "a zone in capitals",
      cluster("{nodes: 3, zones: {East: n1}}"),
      "4:29: cluster.zones: found the name 'East'; expected a name of a to z, 0 to 9 and '-', not beginning with '-', of at most 32 characters"
    ),
    .init(
      "a rack in two zones",
      cluster("{nodes: 3, zones: {east: n1, west: n2}, racks: {a: [n1, n2]}}"),
      "4:57: cluster.racks: the rack 'a' is in 'east' with a part of its nodes only; expected a rack to stand in one zone"
    ),
    .init(
      "a restart after no time",
      cluster("{nodes: 3, restart_after: 0s}"),
      "4:36: cluster.restart_after: found '0s'; expected a duration above 0"),
  ]

  /// Networks and disks.
  static let networks: [HostileInput] = [
    .init(
      "a drift above half",
      section("clocks: {drift: 51%}\n"),
      "5:17: clocks.drift: found '51%'; expected a percentage from 0% to 50%, such as 0.1%"),
    .init(
      "a drift to one side",
      section("clocks: {drift: -1%}\n"),
      "5:17: clocks.drift: found '-1%'; expected a percentage such as 0.1%"),
    .init(
      "a clock that is fast and slow",
      section("clocks: {hosts: [{nodes: n1, fast: 1%, slow: 1%}]}\n"),
      "5:40: clocks.hosts has both 'fast' and 'slow'; expected one of them"),
    .init(
      "a clock that is nothing else",
      section("clocks: {hosts: [{nodes: n1}]}\n"),
      "5:18: clocks.hosts has none of drift, fast or slow; expected one"),
    .init(
      "a clock of nobody",
      section("clocks: {hosts: [{nodes: n9, fast: 1%}]}\n"),
      "5:26: clocks.hosts.nodes: there is no host 'n9'; did you mean 'n1'?"),
    .init(
      "a mistyped key in network",
      section("network:\n  latancy: 5ms\n"),
      "6:3: unknown key 'latancy' in network; did you mean 'latency'?"),
    .init(
      "a loss above all",
      section("network: {loss: 100.1%}\n"),
      "5:17: network.loss: found '100.1%'; expected a percentage from 0% to 100%"),
    .init(
      "a loss without a unit",
      section("network: {loss: 0.1}\n"),
      "5:17: network.loss: found '0.1'; expected a percentage such as 0.1%"),
    .init(
      "seven decimals",
      section("network: {loss: 0.0000001%}\n"),
      "5:17: network.loss: found '0.0000001%'; expected a percentage with at most 6 decimals"),
    .init(
      "duplication on a stream",
      section("network: {duplication: 1%}\n"),
      "5:11: network: duplication on a stream link, which keeps order and delivers once; expected 'transport: datagram' or duplication of 0%"
    ),
    .init(
      "reordering on a stream",
      section("network: {transport: stream, reordering: 1%}\n"),
      "5:30: network: reordering on a stream link, which keeps order and delivers once; expected 'transport: datagram' or reordering of 0%"
    ),
    .init(
      "a queue without a bandwidth",
      section("network: {queue: 64kB}\n"),
      "5:11: network.queue without a bandwidth; expected 'bandwidth' beside it"),
    .init(
      "a bandwidth in bits",
      section("network: {bandwidth: 10Mbit/s}\n"),
      "5:22: network.bandwidth: found '10Mbit/s'; expected a bandwidth such as 10MB/s; its units are B/s, kB/s, MB/s and GB/s"
    ),
    .init(
      "a uniform range upside down",
      section("network: {latency: {uniform: [5ms, 1ms]}}\n"),
      "5:30: network.latency.uniform: found [5ms, 1ms]; expected the first below the second"),
    .init(
      "a uniform range of three",
      section("network: {latency: {uniform: [5ms, 1ms, 2ms]}}\n"),
      "5:30: network.latency.uniform: found a list of 3; expected two durations, such as [1ms, 5ms]"),
    .init(
      "two distributions",
      section("network: {latency: {constant: 5ms, uniform: [1ms, 2ms]}}\n"),
      "5:36: network.latency has both 'constant' and 'uniform'; expected one of them"),
    .init(
      "no distribution",
      section("network: {latency: {}}\n"),
      "5:20: network.latency has none of constant, uniform, exponential, normal or lognormal; expected one"),
    .init(
      "an unknown distribution",
      section("network: {latency: {expnential: {mean: 1ms}}}\n"),
      "5:21: unknown key 'expnential' in network.latency; did you mean 'exponential'?"),
    .init(
      "an exponential without a mean",
      section("network: {latency: {exponential: {min: 1ms}}}\n"),
      "5:34: network.latency.exponential has no key 'mean'; it is required"),
    .init(
      "a normal with its mean outside",
      section("network: {latency: {normal: {mean: 5ms, deviation: 1ms, max: 4ms}}}\n"),
      "5:29: network.latency.normal: the mean, 5ms, is not between min, 0s, and max, 4ms"),
    .init(
      "a normal with min above max",
      section("network: {latency: {normal: {mean: 5ms, deviation: 1ms, min: 9ms, max: 4ms}}}\n"),
      "5:29: network.latency.normal: min is 9ms and max is 4ms; expected min below max"),
    .init(
      "a lognormal with its tail below the median",
      section("network: {latency: {lognormal: {median: 5ms, p99: 5ms}}}\n"),
      "5:51: network.latency.lognormal.p99: found '5ms'; expected a duration above the median, 5ms"),
    .init(
      "a link to an unknown host",
      section("network: {links: [{from: n1, to: [n2, n33], loss: 1%}]}\n"),
      "5:39: network.links.to: there is no host 'n33'; did you mean 'n3'?"),
    .init(
      "a link from a client that is not there",
      section("network: {links: [{from: c1, to: n1, loss: 1%}]}\n"),
      "5:26: network.links.from: there is no host 'c1'; did you mean 'n1'?"),
    .init(
      "a link that changes nothing",
      section("network: {links: [{from: n1, to: n2}]}\n"),
      "5:19: network.links changes nothing; expected at least one of transport, latency, loss, drop, corruption, duplication, reordering, reorder_delay, bandwidth, queue, setup, setup_timeout, setup_failure or reconnect"
    ),
    .init(
      "a host twice in a link",
      section("network: {links: [{from: [n1, n1], to: n2, loss: 1%}]}\n"),
      "5:31: network.links.from: 'n1' is there twice; expected it once"),
    .init(
      "an unknown codec",
      section("network: {codec: grpc}\n"),
      "5:18: network.codec: found 'grpc'; expected typed or wire"),
    .init(
      "a disk of an unknown node",
      section("disks: {hosts: [{nodes: m1, sync: 1ms}]}\n"),
      "5:25: disks.hosts.nodes: there is no node 'm1'; did you mean 'n1'?"),
    .init(
      "a disk failure of words",
      section("disks: {failure: often}\n"),
      "5:18: disks.failure: found 'often'; expected a percentage such as 0.1%"),
  ]

  /// Workloads.
  static let workloads: [HostileInput] = [
    .init(
      "no pace",
      section("workload: {clients: 4}\n"),
      "5:11: workload has none of rate or think; expected one"),
    .init(
      "two paces",
      section("workload: {rate: 5/s, think: 1ms}\n"),
      "5:23: workload has both 'rate' and 'think'; expected one of them"),
    .init(
      "a rate of nothing",
      section("workload: {rate: 0/s}\n"),
      "5:18: workload.rate: found '0/s'; expected a rate above 0 and up to 1000000/s"),
    .init(
      "a rate without a period",
      section("workload: {rate: 200}\n"),
      "5:18: workload.rate: found '200'; expected a rate such as 200/s or 30/m"),
    .init(
      "a mix over the whole",
      section("workload: {rate: 5/s, mix: {put: 60%, get: 50%}}\n"),
      "5:28: workload.mix adds up to 110%; expected exactly 100%"),
    .init(
      "a mix under the whole",
      section("workload: {rate: 5/s, mix: {put: 0.001%}}\n"),
      "5:28: workload.mix adds up to 0.001%; expected exactly 100%"),
    .init(
      "no keys",
      section("workload: {rate: 5/s, keys: 0}\n"),
      "5:29: workload.keys: found '0'; expected a whole number from 1 to 1000000"),
    .init(
      "an exponent too large",
      section("workload: {rate: 5/s, keys: {zipf: {count: 5, exponent: 5.001}}}\n"),
      "5:57: workload.keys.zipf.exponent: found '5.001'; expected a number from 0 to 5 with at most 3 decimals"),
    .init(
      "a value too small",
      section("workload: {rate: 5/s, value_size: 7B}\n"),
      "5:35: workload.value_size: found '7B'; expected a size from 8B to 64KiB"),
    .init(
      "a start after the stop",
      section("workload: {rate: 5/s, start: 20s, stop: 10s}\n"),
      "5:30: workload: the start, 20s, is not before the stop, 10s"),
    .init(
      "a stop after the end",
      section("workload: {rate: 5/s, stop: 41s}\n"),
      "5:29: workload.stop: found '41s'; expected a moment within the duration of 40s"),
  ]
}
