import Primitives
import Programs
import Raft

/// What a Raft group is.
extension Spelling {
  /// - Parameter nodes: the cluster's.
  static func raft(_ raft: Scenario.RaftSettings, nodes: [String]) -> [(String, String)] {
    rules(raft.rules, randomises: raft.randomises)
      + (raft.drawsSnapshots ? [] : [("snapshots", snapshots(raft.snapshots, raft.rules.limits))])
      + (raft.voters.map { [("voters", list($0.map { word(nodes[$0.index]) }))] } ?? [])
      + (raft.begin == .init() ? [] : [("begin", begin(raft.begin, nodes))])
      + [("sessions", "\(raft.sessions)")] + wireVersion(raft.wireVersion)
  }

  private static func begin(_ begin: Scenario.RaftSettings.Begin, _ nodes: [String]) -> String {
    let log =
      switch begin.logs {
      case .same(let count): "\(count)"
      case .each(let counts): list(counts.map { "\($0)" })
      case .shuffled: "shuffled"
      }
    return map(
      [("term", "\(begin.term)"), ("log", log)]
        + (begin.leader.map { [("leader", word(nodes[$0.index]))] } ?? []))
  }

  static func election(_ measure: Scenario.ElectionMeasure) -> String {
    map(
      [("from", measure.from.rawValue), ("until", measure.until.rawValue)]
        + (measure.until == .stable ? [("heartbeats", "\(measure.heartbeats)")] : []))
  }

  private static func snapshots(_ settings: SnapshotSettings?, _ limits: Limits) -> String {
    guard let settings else { return "off" }
    return map([
      ("entries", "\(settings.entries)"), ("size", Units.sizeText(UInt64(settings.bytes))),
      ("keep", "\(limits.trailing)"), ("piece", Units.sizeText(UInt64(limits.snapshotPiece))),
      ("in_flight", Units.sizeText(UInt64(limits.snapshotBytesInFlight))), ("compression", "\(settings.level)"),
    ])
  }

  static func variant(_ variant: Scenario.Cluster.Variant) -> String {
    map([("raft", map(rules(variant.rules) + wireVersion(variant.wireVersion)))])
  }

  static func nodes(_ cluster: Scenario.Cluster) -> String {
    let numbered = cluster.nodes.indices.allSatisfy { cluster.nodes[$0] == "n\($0 + 1)" }
    if numbered, cluster.ownVersions.isEmpty { return "\(cluster.nodes.count)" }
    return list(
      cluster.nodes.enumerated().map { place, name in
        guard let own = cluster.ownVersions.first(where: { $0.node.index == place }) else { return word(name) }
        return map([("name", word(name)), ("raft", map(wireVersion(own.wireVersion)))])
      })
  }

  private static func wireVersion(_ version: WireVersion?) -> Pairs {
    version.map { [("wire_version", "\($0.rawValue)")] } ?? []
  }

  /// - Parameter randomises: nil where that is not for it to say.
  static func rules(_ rules: Rules, randomises: Bool? = nil) -> [(String, String)] {
    let limits = rules.limits
    let timing = rules.timing
    var pairs: Pairs = [("election_timeout", distribution(timing.electionTimeout, plainRange: true))]
    // What is of all servers is no variant's to say.
    if randomises != nil, timing.candidateRange != nil {
      pairs.append(("candidate_timeout", distribution(timing.candidateTimeout, plainRange: true)))
    }
    pairs += [
      ("heartbeat", Units.text(timing.heartbeat)),
      ("pre_vote", "\(rules.preVote)"), ("check_quorum", "\(rules.checkQuorum)"),
    ]
    // A variant would take that of the base where nothing is said.
    if rules.leaderStickiness != rules.checkQuorum || randomises == nil {
      pairs.append(("leader_stickiness", "\(rules.leaderStickiness)"))
    }
    if randomises != nil, rules.backsOff { pairs.append(("backoff", "true")) }
    if randomises != nil, !rules.replicates { pairs.append(("replicate", "false")) }
    pairs.append(("clock_error", clockError(rules.clockError)))
    if let randomises { pairs.append(("randomise", "\(randomises)")) }
    if randomises != true {
      func size(_ bytes: Int) -> String { Units.sizeText(UInt64(bytes)) }
      pairs += [
        ("batch", "\(limits.entriesPerMessage)"), ("batch_size", size(limits.bytesPerMessage)),
        ("in_flight", "\(limits.entriesInFlight)"), ("in_flight_size", size(limits.bytesInFlight)),
        ("queue", "\(limits.entriesUncommitted)"), ("queue_size", size(limits.bytesUncommitted)),
        ("reads", "\(limits.reads)"), ("segment", "\(limits.segment)"),
      ]
    }
    return pairs
  }
}
