import Primitives
import Programs
import Raft

extension ScenarioReader {
  static func raft(_ field: Field, nodes: [String]) throws(Complaint) -> Scenario.RaftSettings {
    let fields = try FieldReader(field.value, name: field.name, keys: Grammar.raft)
    let randomises = try fields.optional("randomise")?.flag() ?? false
    if randomises, let key = Grammar.raftLimits.first(where: { fields.optional($0) != nil }) {
      let limit = fields.optional(key)!
      throw Complaint(
        at: limit.keyPlace,
        "\(limit.name) is drawn for each seed where 'randomise' is true; expected one of the two")
    }
    var rules = try rules(field, fields, over: .standard)
    let snapshots = fields.optional("snapshots")
    let sessions = Int(try fields.optional("sessions")?.integer(in: 1...1_000_000) ?? 1_024)
    let settings =
      try snapshots.map { field throws(Complaint) in try Self.snapshots(field, &rules.limits) } ?? .standard
    var raft = Scenario.RaftSettings(
      rules: rules, sessions: sessions, randomises: randomises, snapshots: settings,
      drawsSnapshots: randomises && snapshots == nil, wireVersion: try wireVersion(fields) ?? .newest)
    raft.voters = try fields.optional("voters").map { field throws(Complaint) in try voters(field, nodes) }
    raft.begin =
      try fields.optional("begin").map { field throws(Complaint) in
        try begin(field, nodes, voters: raft.voters)
      } ?? .init()
    return raft
  }

  private static func voters(_ field: Field, _ nodes: [String]) throws(Complaint) -> [NodeID] {
    guard !(try field.list("a list of nodes")).isEmpty else {
      throw field.complaint(expected: "at least one node: nobody could decide anything")
    }
    let hosts = Hosts(nodes: nodes, clients: 0, program: .raftKV(Scenario.RaftSettings()))
    return try hosts.hosts(field, nodesOnly: true).sorted()
  }

  /// - Returns: nil where servers take none.
  private static func snapshots(_ field: Field, _ limits: inout Limits) throws(Complaint) -> SnapshotSettings? {
    guard case .map = field.value.content else {
      return try field.word(of: ["off", "on"]) == "on" ? .standard : nil
    }
    let fields = try FieldReader(field.value, name: field.name, keys: Grammar.snapshots)
    var settings = SnapshotSettings.standard
    settings.entries = try fields.optional("entries")?.integer(in: 1...1_000_000_000).int ?? settings.entries
    settings.bytes = try fields.optional("size").map(size) ?? settings.bytes
    settings.level = try fields.optional("compression")?.integer(in: 0...9).int ?? settings.level
    limits.trailing = try fields.optional("keep")?.integer(in: 0...1_000_000_000).int ?? limits.trailing
    limits.snapshotPiece = try fields.optional("piece").map(size) ?? limits.snapshotPiece
    limits.snapshotBytesInFlight = try fields.optional("in_flight").map(size) ?? limits.snapshotBytesInFlight
    return settings
  }

  private static func size(_ field: Field) throws(Complaint) -> Int {
    try field.quantity("a size such as 64KiB") { text throws(Malformed) in
      Int(try Units.size(text, in: 1...1 << 30))
    }
  }

  static func wireVersion(_ fields: FieldReader) throws(Complaint) -> WireVersion? {
    let versions = UInt64(WireVersion.lowest.rawValue)...UInt64(WireVersion.newest.rawValue)
    return try fields.optional("wire_version")?.integer(in: versions).version
  }

  /// - Parameter base: what holds where nothing is said.
  static func rules(_ field: Field, _ fields: FieldReader, over base: Rules) throws(Complaint) -> Rules {
    let checkQuorum = try fields.optional("check_quorum")?.flag()
    return Rules(
      timing: try timing(field, fields, over: base.timing),
      preVote: try fields.optional("pre_vote")?.flag() ?? base.preVote,
      checkQuorum: checkQuorum ?? base.checkQuorum,
      // One without the other is for experiments: who changes the one means both.
      leaderStickiness: try fields.optional("leader_stickiness")?.flag()
        ?? (checkQuorum == base.checkQuorum ? nil : checkQuorum) ?? base.leaderStickiness,
      backsOff: try fields.optional("backoff")?.flag() ?? base.backsOff,
      replicates: try fields.optional("replicate")?.flag() ?? base.replicates,
      clockError: try fields.optional("clock_error").map(clockError) ?? base.clockError,
      limits: try limits(fields, over: base.limits))
  }

  /// A thousand times as long, after many a refusal, can still be told.
  private static let longestCandidacy = Nanoseconds.seconds(86_400)

  static func timing(_ field: Field, _ fields: FieldReader, over base: Timing) throws(Complaint) -> Timing {
    var low = base.shortest
    var high = base.longest
    let timeout = fields.optional("election_timeout")
    if let timeout {
      (low, high) = try timeout.durationRange()
      guard low > .zero else { throw timeout.complaint(expected: "a range that begins above 0") }
    }
    let interval = fields.optional("heartbeat")
    let heartbeat = try interval?.positiveDuration() ?? base.heartbeat
    guard heartbeat < low else {
      throw Complaint(
        at: (interval ?? timeout ?? field).value.place,
        "\(field.name): the heartbeat, \(Units.text(heartbeat)), is not shorter than the shortest election timeout, "
          + "\(Units.text(low)); expected a heartbeat below it")
    }
    var candidate = base.candidateRange
    if let field = fields.optional("candidate_timeout") {
      let (low, high) = try field.durationRange()
      guard low > .zero else { throw field.complaint(expected: "a range that begins above 0") }
      guard high <= longestCandidacy else {
        throw field.complaint(expected: "a range up to \(Units.text(longestCandidacy))")
      }
      candidate = low..<high
    }
    do {
      return try Timing(electionTimeout: low, high, candidate: candidate, heartbeat: heartbeat)
    } catch {
      throw Complaint(at: field.value.place, "\(field.name): \(error)")
    }
  }

  private static func limits(_ fields: FieldReader, over base: Limits) throws(Complaint) -> Limits {
    var limits = base
    func count(_ key: String, upTo most: UInt64 = 1_000_000) throws(Complaint) -> Int? {
      try fields.optional(key)?.integer(in: 1...most).int
    }
    func size(_ key: String) throws(Complaint) -> Int? { try fields.optional(key).map(Self.size) }
    limits.entriesPerMessage = try count("batch", upTo: 10_000) ?? limits.entriesPerMessage
    limits.bytesPerMessage = try size("batch_size") ?? limits.bytesPerMessage
    limits.entriesInFlight = try count("in_flight") ?? limits.entriesInFlight
    limits.bytesInFlight = try size("in_flight_size") ?? limits.bytesInFlight
    limits.entriesUncommitted = try count("queue") ?? limits.entriesUncommitted
    limits.bytesUncommitted = try size("queue_size") ?? limits.bytesUncommitted
    limits.reads = try count("reads") ?? limits.reads
    limits.segment = try count("segment", upTo: 65_536) ?? limits.segment
    return limits
  }
}

extension UInt64 {
  fileprivate var int: Int { Int(self) }
  fileprivate var version: WireVersion { WireVersion(rawValue: UInt8(self)) }
}
