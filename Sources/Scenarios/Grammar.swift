/// The keys of every map in a scenario, in the order in which they are read and written.
enum Grammar {
  static let top = [
    "faultline", "name", "description", "seed", "duration", "heal_at", "heal", "ties", "schedule", "cluster",
    "network",
    "disks", "clocks", "resources", "workload", "faults", "choices", "measures", "expect", "sweep",
  ]
  static let schedules = ["pct", "delays"]
  static let pct = ["depth", "window", "priorities"]
  static let delays = ["bound", "by"]
  static let cluster =
    ["nodes", "program"] + programs.map(\.key) + ["restart_after", "variants", "zones", "racks"]
  static let node = ["name", "disk", "raft"]
  /// What a node may have otherwise than the others from the start.
  static let nodeRaft = ["wire_version"]
  static let raft =
    ["election_timeout", "candidate_timeout", "heartbeat", "pre_vote", "check_quorum", "leader_stickiness"]
    + ["backoff", "replicate", "clock_error", "randomise"] + raftLimits
    + ["snapshots", "voters", "begin", "sessions", "wire_version"]
  static let snapshots = ["entries", "size", "keep", "piece", "in_flight", "compression"]
  static let raftLimits = [
    "batch", "batch_size", "in_flight", "in_flight_size", "queue", "queue_size", "reads", "segment",
  ]
  static let variant = ["raft"]
  /// What a store is made of is no setting of one server.
  static let variantRaft = raft.filter { !ofAllServers.contains($0) }
  private static let ofAllServers = [
    "candidate_timeout", "backoff", "replicate", "randomise", "snapshots", "voters", "begin", "sessions",
  ]
  static let begin = ["term", "log", "leader"]
  /// How every node begins.
  static let baseVariant = "base"
  static let gossip = ["interval", "fanout", "rumours"]
  static let crdt = ["interval", "fanout", "deltas", "operations"]
  /// Each with the key of its settings.
  static let programs = [
    (name: "raft-kv", key: "raft"), (name: "gossip", key: "gossip"), (name: "crdt", key: "crdt"),
    (name: "mesh", key: "mesh"),
  ]
  static let mesh = [
    "topology", "hello", "patience", "period", "probe_timeout", "proxies", "suspicion", "targets", "dead_contact",
    "refresh", "requests", "timeout", "work", "memory", "queue", "healing",
  ]
  static let healing =
    ["council", "election_timeout", "heartbeat", "interval", "thresholds", "remedies"] + healingTimes
  static let healingTimes = ["cooldown", "patience", "well_for"]
  static let modes = ["healthy", "degraded", "critical", "recovering"]
  static let thresholds = ["cpu", "memory", "queue", "loss", "latency"]
  static let remedies = ["restart", "reroute", "throttle", "failover", "quarantine", "release"]
  static let topologies = ["grid", "random", "links"]
  static let randomTopology = ["degree", "seed"]
  static let probeTargets = ["random", "round_robin"]

  static let link = [
    "transport", "latency", "loss", "drop", "corruption", "duplication", "reordering", "reorder_delay", "bandwidth",
    "queue", "setup", "setup_timeout", "setup_failure", "reconnect",
  ]
  static let network = link + ["codec", "links"]
  static let linkException = ["from", "to"] + link
  static let linkFault = linkException + ["kinds"]

  static let disk = ["write", "sync", "failure", "lost", "misdirected", "unsynced"]
  static let disks = disk + ["budget", "hosts"]
  static let diskException = ["nodes"] + disk

  static let clock = ["drift", "fast", "slow"]
  static let clocks = ["drift", "offset", "hosts"]
  static let clockException = ["nodes"] + clock + ["offset"]
  static let clockFault = ["step", "slew", "fast", "slow", "freeze"]

  static let resources = ["memory", "idle"]

  static let workload = [
    "clients", "rate", "think", "in_flight", "mix", "reads", "keys", "value_size", "timeout", "sessions", "retry",
    "start", "stop", "only",
  ]
  /// Of pauses that grow.
  static let backoff = ["initial", "factor", "max", "jitter"]
  static let retry = ["timeout"] + backoff + ["attempts", "repeat"]
  static let mix = ["put", "get", "delete", "cas"]
  static let reads = ["log", "read_index", "lease", "follower", "session", "stale"]

  static let actions = [
    "crash", "restart", "pause", "partition", "link", "disk", "damage", "wipe", "clock", "slow", "power",
    "rolling_restart", "reconfigure", "load", "leak", "membership", "handover",
  ]
  static let membership = ["add", "learn", "remove", "turn"]
  static let diskFault = ["nodes"] + disk + ["full", "stall"]
  static let damage = ["nodes", "records"]
  static let load = ["nodes", "cpu", "of"]
  static let loadOwners = ["process", "host"]
  static let leak = ["nodes", "rate"]
  static let slow = ["nodes", "each"]
  static let rollingRestart = ["nodes", "each", "between", "variant"]
  static let reconfigure = ["nodes", "variant"]
  static let flap = ["up", "down"]
  /// What may stand beside a partition.
  static let partitionModes = ["hold", "flap"]
  static let timedFault = ["id", "name", "luck", "at", "for"] + actions + partitionModes
  static let repeatingFault = ["id", "name", "every", "between", "one_of", "swarm", "one_at_a_time"]
  static let branch = ["for", "weight"] + actions + partitionModes
  static let partitionShapes = ["halves", "bridge", "ring", "zones", "racks"]
  static let partitionMaps = ["isolate", "from", "to", "groups", "ring"]

  static let measures = ["election"]
  static let election = ["from", "until", "heartbeats"]

  static let expectations =
    ["safety", "linearizable"] + sessionGuarantees + ["recovers", "converges", "heals", "measure", "sometimes"]
  static let heals = ["kinds", "within"]
  static let sessionGuarantees = ["read_your_writes", "monotonic_reads", "monotonic_writes", "committed_reads"]
  static let measure = ["measure", "at_most", "at_least"]

  static let sweep = ["seeds", "vary"]

  static let distributions = ["constant", "uniform", "exponential", "normal", "lognormal"]

  /// Words of the format that this version cannot keep yet.
  static let laterTop = ["mapek"]
  static let laterPrograms = ["external"]

  /// Words that stand for hosts, and that no node may be called by.
  static let roleWords = ["leader", "follower", "followers", "candidate"]
  /// Words that stand for a zone or a rack.
  static let domainWords = ["random", "leader"]
  static let selectorWords = ["random", "majority", "minority", "some", "all", "clients", "others"]
}
