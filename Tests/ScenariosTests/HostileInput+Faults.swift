extension HostileInput {
  /// Faults.
  static let faults: [HostileInput] = [
    .init(
      "faults as a map",
      section("faults: {at: 1s, crash: n1}\n"),
      "5:9: faults: found a map; expected a list of faults"),
    .init(
      "a fault without a time",
      section("faults: [{crash: n1}]\n"),
      "5:10: faults: this fault has no time; expected 'at', or 'every' with 'between' and 'one_of'"),
    .init(
      "a fault that does nothing",
      section("faults: [{at: 1s}]\n"),
      "5:10: faults has none of crash, restart, pause, partition, link, disk, damage, wipe, clock, slow, power, rolling_restart, reconfigure, load, leak, membership or handover; expected one"
    ),
    .init(
      "a fault that does two things",
      section("faults: [{at: 1s, crash: n1, pause: n2}]\n"),
      "5:30: faults has both 'crash' and 'pause'; expected one of them"),
    .init(
      "a fault after the end",
      section("faults: [{at: 40s, for: 1s, crash: n1}]\n"),
      "5:15: faults.at: found '40s'; expected a moment before the end of the run, at 40s"),
    .init(
      "a fault that lasts beyond the end",
      section("faults: [{at: 35s, for: 6s, crash: n1}]\n"),
      "5:25: faults.for: the fault would end at 41s; expected its end within the duration of 40s"),
    .init(
      "a fault after healing",
      section("faults: [{at: 32s, crash: n1}]\n"),
      "5:15: faults.at: found '32s'; expected a moment before heal_at, 32s, because a fault without 'for' lasts until then"
    ),
    .init(
      "a disk fault that changes nothing",
      section("faults: [{at: 3s, for: 1s, disk: {nodes: n1}}]\n"),
      "5:34: faults.disk: nothing is different here; expected write, sync, failure, lost, misdirected, unsynced, full or stall"
    ),
    .init(
      "a disk fault without a host",
      section("faults: [{at: 3s, for: 1s, disk: {sync: 1s}}]\n"),
      "5:34: faults.disk has no key 'nodes'; it is required"),
    .init(
      "a disk that is read slowly",
      section("faults: [{at: 3s, for: 1s, disk: {nodes: n1, read: 1s}}]\n"),
      "5:46: unknown key 'read' in faults.disk; expected nodes, write, sync, failure, lost, misdirected, unsynced, full or stall"
    ),
    .init(
      "damage that lasts",
      section("faults: [{at: 3s, for: 1s, damage: n1}]\n"),
      "5:19: faults.for: damage is over at once; expected no 'for'"),
    .init(
      "damage to no record",
      section("faults: [{at: 3s, damage: {nodes: n1, records: 0}}]\n"),
      "5:48: faults.damage.records: found '0'; expected a whole number from 1 to 1000000"),
    .init(
      "a disk that is half full",
      section("faults: [{at: 3s, for: 1s, disk: {nodes: n1, full: half}}]\n"),
      "5:52: faults.disk.full: found 'half'; expected true or false"),
    .init(
      "a disk that is always full",
      section("disks: {full: true}\n"),
      "5:9: unknown key 'full' in disks; expected write, sync, failure, lost, misdirected, unsynced, budget or hosts"
    ),
    .init(
      "a budget that is a number",
      section("disks: {budget: 3}\n"),
      "5:17: disks.budget: found '3'; expected recoverable or unlimited"),
    .init(
      "unsynced writes of another fate",
      section("disks: {unsynced: some}\n"),
      "5:19: disks.unsynced: found 'some'; expected sectors or lost"),
    .init(
      "a link fault about messages of no kind",
      section("faults: [{at: 3s, for: 1s, link: {from: n1, to: n2, drop: 1%, kinds: Append}}]\n"),
      "5:70: faults.link.kinds: found 'Append'; expected RequestVote, VoteReply, AppendEntries, AppendReply, PreVote, PreVoteReply, ReadIndex, ReadIndexReply, ClientRequest, ClientResponse, OpenSession, SessionOpened, VersionRefused, InstallSnapshot, SnapshotReply or TimeoutNow; did you mean 'AppendEntries'?"
    ),
    .init(
      "another transport for some messages",
      section("faults: [{at: 3s, for: 1s, link: {from: n1, to: n2, transport: datagram, kinds: PreVote}}]\n"),
      "5:53: faults.link.transport is the whole link's; expected no 'transport' beside 'kinds'"),
    .init(
      "a branch of no weight",
      section("faults: [{every: 1s, between: 1s..5s, one_of: [{crash: n1, for: 1s, weight: 0}]}]\n"),
      "5:77: faults.one_of.weight: found '0'; expected a whole number from 1 to 1000000"),
    .init(
      "a swarm of a number",
      section("faults: [{every: 1s, between: 1s..5s, swarm: 2, one_of: [{crash: n1, for: 1s}]}]\n"),
      "5:46: faults.swarm: found '2'; expected true or false"),
    .init(
      "a clock that steps nowhere",
      section("faults: [{at: 3s, clock: {nodes: n1, step: -0s}}]\n"),
      "5:44: faults.clock.step: found '-0s'; expected a duration that is not 0"),
    .init(
      "a step that lasts",
      section("faults: [{at: 3s, for: 1s, clock: {nodes: n1, step: 5s}}]\n"),
      "5:19: faults.for: a step is over at once; expected no 'for'"),
    .init(
      "a clock that does two things",
      section("faults: [{at: 3s, for: 1s, clock: {nodes: n1, fast: 1%, freeze: true}}]\n"),
      "5:57: faults.clock has both 'fast' and 'freeze'; expected one of them"),
    .init(
      "a clock that does not freeze",
      section("faults: [{at: 3s, for: 1s, clock: {nodes: n1, freeze: false}}]\n"),
      "5:55: faults.clock.freeze: found 'false'; expected true: a clock that does not freeze is no fault"),
    .init(
      "slow processes without a measure",
      section("faults: [{at: 3s, for: 1s, slow: {nodes: n1}}]\n"),
      "5:34: faults.slow has no key 'each'; it is required"),
    .init(
      "power of a zone that is not there",
      zoned("{power: {zone: est}}"),
      "5:33: faults.power.zone: found 'est'; expected east, west, random or leader; did you mean 'east'?"),
    .init(
      "power of a zone and a rack",
      zoned("{power: {zone: east, rack: a}}"),
      "5:39: faults.power has both 'zone' and 'rack'; expected one of them"),
    .init(
      "a rack where there are none",
      zoned("{power: {rack: random}}"),
      "5:27: faults.power.rack: the cluster has no racks; expected 'cluster.racks' to name some"),
    .init(
      "a partition of one zone",
      zoned("{partition: racks}"),
      "5:19: faults.partition: the cluster has no racks; expected 'cluster.racks' to name several"),
    .init(
      "a rolling restart without a time to stand",
      section("faults: [{at: 3s, rolling_restart: {nodes: all, each: 1s}}]\n"),
      "5:36: faults.rolling_restart has no key 'between'; it is required"),
    .init(
      "a rolling restart that is not down",
      section("faults: [{at: 3s, rolling_restart: {nodes: all, each: 0s, between: 1s}}]\n"),
      "5:55: faults.rolling_restart.each: found '0s'; expected a duration above 0"),
    .init(
      "a rolling restart that is over before it is done",
      section("faults: [{at: 3s, for: 5s, rolling_restart: {nodes: all, each: 500ms, between: 501ms}}]\n"),
      "5:45: faults.rolling_restart: up to 5 processes, down for 500ms and then up for 501ms, would not have their turns in 5s; expected the fault to last longer"
    ),
    .init(
      "a rolling restart of ten years each",
      section("faults: [{at: 3s, rolling_restart: {nodes: n1, each: 3650d, between: 3650d}}]\n"),
      "5:36: faults.rolling_restart: a process, down for 3650d and then up for 3650d, would not have their turns in 29s; expected the fault to last longer"
    ),
    .init(
      "a change to no variant",
      section("faults: [{at: 3s, reconfigure: {nodes: n1, variant: eager}}]\n"),
      "5:44: faults.reconfigure.variant: the cluster has no variants; expected 'cluster.variants' to name some"),
    .init(
      "a change that lasts",
      varied("{for: 1s, reconfigure: {nodes: n1, variant: base}}"),
      "5:19: faults.for: a reconfiguration is over at once; expected no 'for'"),
    .init(
      "a change to another variant",
      varied("{reconfigure: {nodes: n1, variant: eagre}}"),
      "5:53: faults.reconfigure.variant: found 'eagre'; expected base or eager; did you mean 'eager'?"),
    .init(
      "a change of clients",
      varied("{reconfigure: {nodes: [n1, c1], variant: eager}}"),
      "5:40: faults.reconfigure.nodes: found a list; expected nodes: clients have no settings"),
    .init(
      "a fault after the core has healed",
      section("heal: core\nfaults: [{at: 1s, crash: n1}, {at: 33s, for: 1s, crash: n1}]\n"),
      "6:31: faults: with 'heal: core' nothing begins after heal_at, 32s, and this fault could; expected its beginning before"
    ),
    .init(
      "a nemesis that goes on after the core has healed",
      section("heal: core\nfaults: [{every: 1s, between: 1s..33s, one_of: [{restart: n1}]}]\n"),
      "6:10: faults: with 'heal: core' nothing begins after heal_at, 32s, and this fault could; expected its beginning before"
    ),
    .init(
      "half a healing",
      section("heal: half\n"),
      "5:7: heal: found 'half'; expected all or core"),
    .init(
      "a flap beside a crash",
      section("faults: [{at: 3s, crash: n1, flap: {up: 1s, down: 1s}}]\n"),
      "5:30: faults.flap belongs to a partition; found it beside 'crash'"),
    .init(
      "a flap that is always up",
      section("faults: [{at: 3s, partition: halves, flap: {up: 1s}}]\n"),
      "5:44: faults.flap has no key 'down'; it is required"),
    .init(
      "a flap in no time",
      section("faults: [{at: 3s, partition: halves, flap: {up: 1s, down: 0s..1s}}]\n"),
      "5:59: faults.flap.down: the shortest turn is 0s; expected none below 1ms"),
    .init(
      "a restart that lasts",
      section("faults: [{at: 3s, for: 1s, restart: n1}]\n"),
      "5:19: faults.for: a restart is over at once; expected no 'for'"),
    .init(
      "an unknown node",
      section("faults: [{at: 3s, crash: n6}]\n"),
      "5:26: faults.crash: found 'n6'; expected a host name or leader, follower, followers, candidate, random, majority, minority, some or all; did you mean 'n1'?"
    ),
    .init(
      "a mistyped word",
      section("faults: [{at: 3s, crash: leder}]\n"),
      "5:26: faults.crash: found 'leder'; expected a host name or leader, follower, followers, candidate, random, majority, minority, some or all; did you mean 'leader'?"
    ),
    .init(
      "clients where there are none",
      section("faults: [{at: 3s, crash: clients}]\n"),
      "5:26: faults.crash: found 'clients'; expected a host name or leader, follower, followers, candidate, random, majority, minority, some or all: without a workload there are no clients"
    ),
    .init(
      "others of nobody",
      section("faults: [{at: 3s, crash: others}]\n"),
      "5:26: faults.crash: found 'others'; expected a host name or leader, follower, followers, candidate, random, majority, minority, some or all: 'others' needs another side to differ from"
    ),
    .init(
      "others from others",
      section("faults: [{at: 3s, partition: {from: others, to: others}}]\n"),
      "5:49: faults.partition.to: found 'others'; expected hosts: 'others' is what the other side does not name, and both sides say so"
    ),
    .init(
      "a shape with a typo",
      section("faults: [{at: 3s, partition: halfs}]\n"),
      "5:30: faults.partition: found 'halfs'; expected halves, bridge, ring, zones or racks, or a map with isolate, groups, or from and to; did you mean 'halves'?"
    ),
    .init(
      "a shape of two kinds",
      section("faults: [{at: 3s, partition: {isolate: n1, to: n2}}]\n"),
      "5:44: faults.partition.to goes with 'from'; found it beside 'isolate'"),
    .init(
      "one group",
      section("faults: [{at: 3s, partition: {groups: [[n1]]}}]\n"),
      "5:39: faults.partition.groups: found a list of 1; expected a list of at least two lists of hosts"),
    .init(
      "a host in two groups",
      section("faults: [{at: 3s, partition: {groups: [[n1], [n2, n1]]}}]\n"),
      "5:51: faults.partition.groups: 'n1' is in two groups; expected it in one"),
    .init(
      "an empty group",
      section("faults: [{at: 3s, partition: {groups: [[n1], []]}}]\n"),
      "5:46: faults.partition.groups: found an empty list; expected the name of a host or a list of names"),
    .init(
      "hold beside a crash",
      section("faults: [{at: 3s, crash: n1, hold: true}]\n"),
      "5:30: faults.hold belongs to a partition; found it beside 'crash'"),
    .init(
      "hold that is no truth",
      section("faults: [{at: 3s, partition: halves, hold: yes}]\n"),
      "5:44: faults.hold: found 'yes'; expected true or false"),
    .init(
      "a link fault that changes nothing",
      section("faults: [{at: 3s, link: {from: n1, to: n2}}]\n"),
      "5:25: faults.link changes nothing; expected at least one of transport, latency, loss, drop, corruption, duplication, reordering, reorder_delay, bandwidth, queue, setup, setup_timeout, setup_failure or reconnect"
    ),
    .init(
      "an id twice",
      section("faults: [{id: 2, at: 3s, crash: n1}, {at: 4s, crash: n1}]\n"),
      "5:38: faults: a second fault has the id 2; expected ids of their own (without one, it is the position in the list)"
    ),
    .init(
      "an id of zero",
      section("faults: [{id: 0, at: 3s, crash: n1}]\n"),
      "5:15: faults.id: found '0'; expected a whole number from 1 to 4000000000"),
    .init(
      "at and every",
      section("faults: [{at: 3s, every: 1s, crash: n1}]\n"),
      "5:11: faults: 'at' is for a fault that happens once, 'every' for one that repeats; expected one of them"),
    .init(
      "every without between",
      section("faults: [{every: 1s, one_of: [{crash: n1, for: 1s}]}]\n"),
      "5:10: faults has no key 'between'; it is required"),
    .init(
      "every moment",
      section("faults: [{every: 1us, between: [1s, 2s], one_of: [{crash: n1, for: 1s}]}]\n"),
      "5:18: faults.every: the shortest interval is 1us; expected none below 1ms"),
    .init(
      "a branch without a length",
      section("faults: [{every: 1s, between: [1s, 2s], one_of: [{crash: n1}]}]\n"),
      "5:50: faults.one_of has no key 'for'; it is required"),
    .init(
      "no branches",
      section("faults: [{every: 1s, between: [1s, 2s], one_of: []}]\n"),
      "5:49: faults.one_of: found an empty list; expected at least one action"),
    .init(
      "a last branch beyond the end",
      section("faults: [{every: 1s, between: [1s, 39s], one_of: [{crash: n1, for: 2s}]}]\n"),
      "5:31: faults.between: the last fault could end at 41s; expected its end within the duration of 40s"),
    .init(
      "between upside down",
      section("faults: [{every: 1s, between: [3s, 2s], one_of: [{restart: n1}]}]\n"),
      "5:31: faults.between: found [3s, 2s]; expected the first below the second"),
  ]

  /// Expectations, and what does not go together.
  static let expectations: [HostileInput] = [
    .init(
      "no expectation",
      expect("[]"),
      "5:9: expect: found an empty list; expected at least one expectation, such as safety"),
    .init(
      "safety alone without a workload",
      expect("[safety]"),
      "5:9: without a workload, safety alone proves little; expected a measured expectation too, such as {measure: leader_changes, at_least: 1}"
    ),
    .init(
      "a judge of client operations without clients",
      expect("[linearizable]"),
      "5:10: this is judged over client operations; expected a workload in the scenario"),
    .init(
      "a mistyped expectation",
      expect("[safty]"),
      "5:10: expect: found 'safty'; expected safety, linearizable, read_your_writes, monotonic_reads, "
        + "monotonic_writes, committed_reads, recovers, converges, heals, measure or sometimes; did you mean 'safety'?"
    ),
    .init(
      "an expectation twice",
      expect("[safety, safety]"),
      "5:18: this expectation is there twice; expected it once"),
    .init(
      "recovery without a workload",
      expect("[{recovers: {within: 2s}}]"),
      "5:11: 'recovers' watches client operations; expected a workload in the scenario"),
    .init(
      "convergence of raft-kv",
      expect("[{converges: {within: 2s}}]"),
      "5:11: 'converges' is about what spreads; expected the program 'gossip', 'crdt' or 'mesh', found 'raft-kv'"),
    .init(
      "a measure without a bound",
      expect("[{measure: elections}]"),
      "5:10: expect has none of at_most or at_least; expected one"),
    .init(
      "a measure with two bounds",
      expect("[{measure: elections, at_most: 5, at_least: 1}]"),
      "5:43: expect has both 'at_most' and 'at_least'; expected one of them"),
    .init(
      "a mistyped measure",
      expect("[{measure: election, at_most: 5}]"),
      "5:20: expect.measure: found 'election'; expected client_latency, operations_ok, operations_failed, operations_unknown, availability, unavailability, leader_changes, elections, election_time, election_terms, split_vote, recovery_time, snapshots_taken, snapshots_installed, snapshot_bytes, snapshot_bytes_saved, membership_changes, messages_sent, spread_time, detection_time, false_deaths, diagnosis_time, heal_time, heal_rate, false_alarms, wrong_actions, thrash, incidents_open, lessons_missing, healing_messages or healing_bytes; did you mean 'elections'?"
    ),
    .init(
      "an unknown statistic",
      expect("[{measure: election_time.p98, at_most: 5s}]"),
      "5:20: expect.measure: found the statistic 'p98'; expected max, mean, p50, p90, p95 or p99; did you mean 'p90'?"
    ),
    .init(
      "a duration for a count",
      expect("[{measure: elections, at_most: 5s}]"),
      "5:40: expect.at_most: found '5s'; expected a whole number without a unit: 'elections' is a count"),
    .init(
      "a count for a duration",
      expect("[{measure: election_time, at_most: 5}]"),
      "5:44: expect.at_most: found '5'; expected a duration with its unit: ns, us, ms, s, m, h or d"),
    .init(
      "a measure that needs a workload",
      expect("[{measure: availability, at_least: 99%}]"),
      "5:20: 'availability' needs a workload, and there is none; expected leader_changes, elections, election_time, election_terms, split_vote, snapshots_taken, snapshots_installed, snapshot_bytes, snapshot_bytes_saved, membership_changes or messages_sent"
    ),
    .init(
      "a measure of another program",
      expect("[{measure: spread_time, at_most: 5s}]"),
      "5:20: 'spread_time' is not measured for the program 'raft-kv'; expected leader_changes, elections, election_time, election_terms, split_vote, snapshots_taken, snapshots_installed, snapshot_bytes, snapshot_bytes_saved, membership_changes or messages_sent"
    ),
    .init(
      "a workload for gossip",
      "faultline: 1\nname: a\nduration: 4s\ncluster: {nodes: 3, program: gossip}\nworkload: {rate: 1/s}\nexpect: [safety]\n",
      "5:1: the program 'gossip' has no clients, and so takes no workload; expected one for 'raft-kv' alone"),
    .init(
      "a leader in gossip",
      "faultline: 1\nname: a\nduration: 4s\ncluster: {nodes: 3, program: gossip}\nfaults: [{at: 1s, crash: leader}]\nexpect: [safety]\n",
      "5:26: faults.crash: found 'leader'; expected a host name or random, majority, minority, some or all: nodes of 'gossip' have no roles"
    ),
    .init(
      "a ring of three",
      "faultline: 1\nname: a\nduration: 4s\ncluster: {nodes: 3}\nfaults: [{at: 1s, partition: ring}]\nexpect: [safety]\n",
      "5:30: faults.partition: this partition needs at least 4 nodes, and there are 3"),
    .init(
      "no expectations at all",
      "faultline: 1\nname: a\nduration: 4s\ncluster: {nodes: 3}\n",
      "1:1: the scenario has no key 'expect'; it is required"),
    .init(
      "carriage returns",
      "faultline: 1\r\nname: a\r\nduration: 4\r\n",
      "3:11: duration: found '4'; expected a duration with its unit: ns, us, ms, s, m, h or d"),
  ]
}
