extension HostileInput {
  /// A scenario of a mesh with these settings in its fourth line.
  private static func mesh(_ settings: String) -> String {
    cluster("{nodes: 3, program: mesh, mesh: {requests: 5/s, \(settings)}}")
  }

  /// A scenario of a mesh that heals so.
  private static func healing(_ value: String) -> String { mesh("healing: \(value)") }

  /// A scenario of a mesh whose requests take time, with these lines as its fifth and following.
  private static func working(_ lines: String, expect: String = "[{measure: false_deaths, at_most: 5}]") -> String {
    "faultline: 1\nname: a\nduration: 40s\ncluster: {nodes: 3, program: mesh, mesh: {requests: 5/s, work: 1ms}}\n"
      + lines + "\nexpect: \(expect)\n"
  }

  /// The same with this fault, a flow map, in its fifth line.
  private static func loaded(_ fault: String) -> String {
    working("faults: [{at: 3s, for: 1s, \(fault.dropFirst())]\nresources: {memory: 64MiB}")
  }

  /// The same with a crash, and with this expectation in its sixth line.
  private static func crashing(_ expectation: String) -> String {
    working("faults: [{at: 3s, for: 1s, crash: n1}]", expect: "[\(expectation)]")
  }

  /// Meshes.
  static let meshes: [HostileInput] = [
    .init(
      "a shape that no mesh has",
      cluster("{nodes: 3, program: mesh, mesh: {topology: star}}"),
      "4:53: cluster.mesh.topology: found 'star'; expected full, ring, or a map with grid, random or links"),
    .init(
      "a grid with more columns than nodes",
      cluster("{nodes: 3, program: mesh, mesh: {topology: {grid: {columns: 4}}}}"),
      "4:70: cluster.mesh.topology.grid.columns: found '4'; expected a whole number from 1 to 3"),
    .init(
      "a mesh of more links than pairs",
      cluster("{nodes: 3, program: mesh, mesh: {topology: {random: {degree: 3}}}}"),
      "4:53: cluster.mesh.topology: a mean degree of 3 is not from 0 to 2"),
    .init(
      "a link that is listed twice",
      cluster("{nodes: 3, program: mesh, mesh: {topology: {links: [[n1, n2], [n2, n1]]}}}"),
      "4:72: cluster.mesh.topology.links: 'n2' and 'n1' are linked twice; expected it once"),
    .init(
      "a link of three nodes",
      cluster("{nodes: 3, program: mesh, mesh: {topology: {links: [[n1, n2, n3]]}}}"),
      "4:62: cluster.mesh.topology.links: found a list; expected two nodes that are linked"),
    .init(
      "a probe that is waited for longer than the period lasts",
      cluster("{nodes: 3, program: mesh, mesh: {period: 1s, probe_timeout: 1s}}"),
      "4:70: cluster.mesh: a probe is given up after 1s, in a period of 1s; expected the period to be longer"),
    .init(
      "requests that wait longer than the run lasts",
      cluster("{nodes: 3, program: mesh, mesh: {requests: 5/s, timeout: 100h}}"),
      "4:10: cluster.mesh: requests wait for 100h in a run of 40s; expected the run to be longer"),
    .init(
      "memory for requests that take nothing",
      mesh("memory: 1MiB"),
      "4:58: cluster.mesh.memory without 'work'; expected requests that take time"),
    .init(
      "a queue for requests that take nothing",
      mesh("queue: 5"),
      "4:58: cluster.mesh.queue without 'work'; expected requests that take time"),
    .init(
      "a queue of nothing",
      mesh("work: 1ms, queue: 0"),
      "4:76: cluster.mesh.queue: found '0'; expected a whole number from 1 to 1000000"),
    .init(
      "a queue of more than a million",
      mesh("work: 1ms, queue: 1000001"),
      "4:76: cluster.mesh.queue: found '1000001'; expected a whole number from 1 to 1000000"),
    .init(
      "work without a unit",
      mesh("work: 5"),
      "4:64: cluster.mesh.work: found '5'; expected a duration with its unit: ns, us, ms, s, m, h or d"),
    .init(
      "work that takes less than nothing",
      mesh("work: -1ms"),
      "4:64: cluster.mesh.work: found '-1ms'; expected a duration such as 10ms or 2s"),
    .init(
      "memory that is no size",
      mesh("work: 1ms, memory: lots"),
      "4:77: cluster.mesh.memory: found 'lots'; expected a size such as 64kB or 1MiB; its units are B, kB, MB, GB, KiB, MiB and GiB"
    ),
    .init(
      "memory above all there is",
      mesh("work: 1ms, memory: 1000001MB"),
      "4:77: cluster.mesh.memory: found '1000001MB'; expected a size from 0B to 1000GB"),
  ]

  /// How meshes heal.
  static let healings: [HostileInput] = [
    .init(
      "healing that is neither on nor off",
      healing("maybe"),
      "4:67: cluster.mesh.healing: found 'maybe'; expected off or on"),
    .init(
      "healing as a list",
      healing("[on]"),
      "4:67: cluster.mesh.healing: found a list; expected off or on"),
    .init(
      "healing with a mistyped key",
      healing("{councl: 3}"),
      "4:68: unknown key 'councl' in cluster.mesh.healing; did you mean 'council'?"),
    .init(
      "a council of nobody",
      healing("{council: 0}"),
      "4:77: cluster.mesh.healing.council: found '0'; expected a council of 1 to 3 nodes"),
    .init(
      "a council of more nodes than there are",
      healing("{council: 4}"),
      "4:77: cluster.mesh.healing.council: found '4'; expected a council of 1 to 3 nodes"),
    .init(
      "a council of part of a node",
      healing("{council: 1.5}"),
      "4:77: cluster.mesh.healing.council: there is no node '1.5'; expected n1, n2 or n3"),
    .init(
      "a council of who is not there",
      healing("{council: [n1, n4]}"),
      "4:82: cluster.mesh.healing.council: there is no node 'n4'; did you mean 'n1'?"),
    .init(
      "a council with a node twice",
      healing("{council: [n1, n2, n1]}"),
      "4:86: cluster.mesh.healing.council: 'n1' is there twice; expected it once"),
    .init(
      "an empty council",
      healing("{council: []}"),
      "4:77: cluster.mesh.healing.council: found an empty list; expected the name of a node or a list of names"),
    .init(
      "a council that elects for ever",
      healing("{election_timeout: 2s..1s}"),
      "4:86: cluster.mesh.healing.election_timeout: found '2s..1s'; expected a range whose lower end is below its upper end"
    ),
    .init(
      "a council whose heartbeat is too slow",
      healing("{heartbeat: 1s}"),
      "4:79: cluster.mesh.healing: the heartbeat, 1s, is not shorter than the shortest election timeout, 1s; expected a heartbeat below it"
    ),
    .init(
      "a loop that turns in no time",
      healing("{interval: 0s}"),
      "4:78: cluster.mesh.healing.interval: found '0s'; expected a duration above 0"),
    .init(
      "a loop that turns once in two days",
      healing("{interval: 2d}"),
      "4:78: cluster.mesh.healing.interval: found '2d'; expected a time from 1ms to 24h"),
    .init(
      "a loop with a mode that there is not",
      healing("{interval: {helthy: 1s}}"),
      "4:79: unknown key 'helthy' in cluster.mesh.healing.interval; did you mean 'healthy'?"),
    .init(
      "a mode whose loop turns in no time",
      healing("{interval: {critical: 0s}}"),
      "4:89: cluster.mesh.healing.interval.critical: found '0s'; expected a duration above 0"),
    .init(
      "a loop that turns too often",
      healing("{interval: {critical: 1us}}"),
      "4:89: cluster.mesh.healing.interval.critical: found '1us'; expected a time from 1ms to 24h"),
    .init(
      "a threshold of all",
      healing("{thresholds: {cpu: 100%}}"),
      "4:86: cluster.mesh.healing.thresholds.cpu: found '100%'; expected a percentage from 1% to 99%"),
    .init(
      "a threshold of nearly nothing",
      healing("{thresholds: {loss: 0.5%}}"),
      "4:87: cluster.mesh.healing.thresholds.loss: found '0.5%'; expected a percentage from 1% to 99%"),
    .init(
      "a threshold without a unit",
      healing("{thresholds: {memory: 0.8}}"),
      "4:89: cluster.mesh.healing.thresholds.memory: found '0.8'; expected a percentage such as 0.1%"),
    .init(
      "a threshold of what is not measured",
      healing("{thresholds: {disk: 80%}}"),
      "4:81: unknown key 'disk' in cluster.mesh.healing.thresholds; expected cpu, memory, queue, loss or latency"),
    .init(
      "a latency of nothing",
      healing("{thresholds: {latency: 0s}}"),
      "4:90: cluster.mesh.healing.thresholds.latency: found '0s'; expected a duration above 0"),
    .init(
      "a latency beyond what is measured",
      healing("{thresholds: {latency: 1001s}}"),
      "4:90: cluster.mesh.healing.thresholds.latency: found '1001s'; expected a time of at most 1000s"),
    .init(
      "a remedy that there is not",
      healing("{remedies: [restart, reboot]}"),
      "4:88: cluster.mesh.healing.remedies: found 'reboot'; expected restart, reroute, throttle, failover, quarantine or release"
    ),
    .init(
      "remedies as a word",
      healing("{remedies: restart}"),
      "4:78: cluster.mesh.healing.remedies: found 'restart'; expected a list of remedies, such as [restart, failover]"
    ),
    .init(
      "a remedy that cools down for two days",
      healing("{cooldown: 2d}"),
      "4:78: cluster.mesh.healing.cooldown: found '2d'; expected a time from 1ms to 24h"),
    .init(
      "no patience",
      healing("{patience: 0s}"),
      "4:78: cluster.mesh.healing.patience: found '0s'; expected a duration above 0"),
    .init(
      "a node that is well for less than nothing",
      healing("{well_for: -1s}"),
      "4:78: cluster.mesh.healing.well_for: found '-1s'; expected a duration such as 10ms or 2s"),
    .init(
      "healing by nodes that say no hello",
      mesh("hello: none, healing: on"),
      "4:71: cluster.mesh.healing: nodes without hellos see nothing of their links; expected a time for 'hello'"),
  ]

  /// Memory, and the faults of processors and memory.
  static let resources: [HostileInput] = [
    .init(
      "resources as a number",
      section("resources: 5\n"),
      "5:12: resources: found '5'; expected a map with memory or idle"),
    .init(
      "resources with a mistyped key",
      section("resources: {memry: 5MiB}\n"),
      "5:13: unknown key 'memry' in resources; did you mean 'memory'?"),
    .init(
      "memory of nothing",
      section("resources: {memory: 0B}\n"),
      "5:21: resources.memory: found '0B'; expected a size from 1B to 1000000GB"),
    .init(
      "memory without a unit",
      section("resources: {memory: 512}\n"),
      "5:21: resources.memory: found '512'; expected a size such as 64kB or 1MiB; its units are B, kB, MB, GB, KiB, MiB and GiB"
    ),
    .init(
      "memory that an idle process fills",
      section("resources: {memory: 64MiB, idle: 64MiB}\n"),
      "5:12: resources: a process that does nothing takes 64MiB; expected more memory than that"),
    .init(
      "a load on who uses no processor",
      section("faults: [{at: 3s, for: 1s, load: {nodes: n1, cpu: 50%}}]\n"),
      "5:28: faults.load: nodes of 'raft-kv' use no processor here; expected program: mesh, with 'work' for its requests"
    ),
    .init(
      "a load on a mesh whose requests take nothing",
      cluster("{nodes: 3, program: mesh}\nfaults: [{at: 3s, load: {nodes: n1, cpu: 50%}}]"),
      "5:19: faults.load: nodes of 'mesh' use no processor here; expected program: mesh, with 'work' for its requests"
    ),
    .init(
      "a load as a word",
      loaded("{load: n1}"),
      "5:34: faults.load: found 'n1'; expected a map with nodes, cpu or of"),
    .init(
      "a load on nobody",
      loaded("{load: {cpu: 50%}}"),
      "5:34: faults.load has no key 'nodes'; it is required"),
    .init(
      "a load of nothing",
      loaded("{load: {nodes: n1}}"),
      "5:34: faults.load has no key 'cpu'; it is required"),
    .init(
      "a load on who is not there",
      loaded("{load: {nodes: n4, cpu: 50%}}"),
      "5:42: faults.load.nodes: found 'n4'; expected a host name or random, majority, minority, some or all; did you mean 'n1'?"
    ),
    .init(
      "a load of all of a processor",
      loaded("{load: {nodes: n1, cpu: 100%}}"),
      "5:51: faults.load.cpu: found '100%'; expected a percentage from 1% to 99%"),
    .init(
      "a load of less than a hundredth",
      loaded("{load: {nodes: n1, cpu: 0.9999%}}"),
      "5:51: faults.load.cpu: found '0.9999%'; expected a percentage from 1% to 99%"),
    .init(
      "a load in words",
      loaded("{load: {nodes: n1, cpu: most}}"),
      "5:51: faults.load.cpu: found 'most'; expected a percentage such as 0.1%"),
    .init(
      "a load that belongs to another",
      loaded("{load: {nodes: n1, cpu: 50%, of: hst}}"),
      "5:60: faults.load.of: found 'hst'; expected process or host; did you mean 'host'?"),
    .init(
      "a leak on who uses no memory",
      section("faults: [{at: 3s, for: 1s, leak: {nodes: n1, rate: 1MB/s}}]\n"),
      "5:28: faults.leak: nodes of 'raft-kv' use no processor here; expected program: mesh, with 'work' for its requests"
    ),
    .init(
      "a leak where nothing ends the process",
      working("faults: [{at: 3s, for: 1s, leak: {nodes: n1, rate: 1MB/s}}]"),
      "5:28: faults.leak: nothing ends the process; expected a limit, as in resources: {memory: 512MiB}"),
    .init(
      "a leak without a rate",
      loaded("{leak: {nodes: n1}}"),
      "5:34: faults.leak has no key 'rate'; it is required"),
    .init(
      "a leak of nobody",
      loaded("{leak: {rate: 1MB/s}}"),
      "5:34: faults.leak has no key 'nodes'; it is required"),
    .init(
      "a leak of nothing",
      loaded("{leak: {nodes: n1, rate: 0B/s}}"),
      "5:52: faults.leak.rate: found '0B/s'; expected a bandwidth from 1B/s to 1000GB/s"),
    .init(
      "a leak of a size",
      loaded("{leak: {nodes: n1, rate: 1MiB}}"),
      "5:52: faults.leak.rate: found '1MiB'; expected a bandwidth such as 10MB/s; its units are B/s, kB/s, MB/s and GB/s"
    ),
    .init(
      "a load and a leak",
      loaded("{leak: {nodes: n1, rate: 1MB/s}, load: {nodes: n1, cpu: 50%}}"),
      "5:60: faults has both 'leak' and 'load'; expected one of them"),
  ]

  /// What is to be healed.
  static let heals: [HostileInput] = [
    .init(
      "healing of raft-kv",
      expect("[{heals: {kinds: [crash], within: 2s}}]"),
      "5:11: 'heals' is about the requests of a mesh; expected the program 'mesh' with 'requests', found 'raft-kv'"),
    .init(
      "healing of a mesh that nobody asks",
      "faultline: 1\nname: a\nduration: 40s\ncluster: {nodes: 3, program: mesh}\n"
        + "faults: [{at: 3s, for: 1s, crash: n1}]\nexpect: [{heals: {kinds: crash, within: 2s}}]\n",
      "6:11: 'heals' is about the requests of a mesh; expected the program 'mesh' with 'requests', found 'mesh'"),
    .init(
      "healing as a word",
      crashing("heals"),
      "6:10: expect: found 'heals'; expected a map such as {heals: {kinds: [crash], within: 30s}}"),
    .init(
      "healing of no kind",
      crashing("{heals: {within: 2s}}"),
      "6:18: expect.heals has no key 'kinds'; it is required"),
    .init(
      "healing of an empty list of kinds",
      crashing("{heals: {kinds: [], within: 2s}}"),
      "6:26: expect.heals.kinds: found an empty list; expected kinds of faults, such as [crash, load]"),
    .init(
      "healing of a kind that there is not",
      crashing("{heals: {kinds: [crsh], within: 2s}}"),
      "6:27: expect.heals.kinds: found 'crsh'; expected crash, restart, pause, partition, link, disk, damage, wipe, clock, slow, power, rolling_restart, reconfigure, load, leak, membership or handover; did you mean 'crash'?"
    ),
    .init(
      "healing of a kind twice",
      crashing("{heals: {kinds: [crash, crash], within: 2s}}"),
      "6:34: expect.heals: 'crash' is there twice; expected it once"),
    .init(
      "healing of a kind that no fault is of",
      crashing("{heals: {kinds: [crash, pause], within: 2s}}"),
      "6:9: 'heals': no fault of this scenario is of the kind 'pause'"),
    .init(
      "healing without a time",
      crashing("{heals: {kinds: [crash]}}"),
      "6:18: expect.heals has no key 'within'; it is required"),
    .init(
      "healing in no time",
      crashing("{heals: {kinds: crash, within: 0s}}"),
      "6:41: expect.heals.within: found '0s'; expected a duration above 0"),
    .init(
      "healing with another key",
      crashing("{heals: {kinds: crash, within: 2s, by: n1}}"),
      "6:45: unknown key 'by' in expect.heals; expected kinds or within"),
    .init(
      "healing twice",
      crashing("{heals: {kinds: crash, within: 2s}}, {heals: {kinds: crash, within: 2s}}"),
      "6:47: this expectation is there twice; expected it once"),
    .init(
      "a measure of healing that is no count",
      crashing("{measure: false_alarms, at_most: 5s}"),
      "6:43: expect.at_most: found '5s'; expected a whole number without a unit: 'false_alarms' is a count"),
    .init(
      "a measure of healing for raft-kv",
      expect("[{measure: wrong_actions, at_most: 5}]"),
      "5:20: 'wrong_actions' is not measured for the program 'raft-kv'; expected leader_changes, elections, election_time, election_terms, split_vote, snapshots_taken, snapshots_installed, snapshot_bytes, snapshot_bytes_saved, membership_changes or messages_sent"
    ),
  ]
}
