import Primitives
import Raft

/// What a run finds, and what it counts.
extension ScenarioReader {
  static func begin(
    _ field: Field, _ nodes: [String], voters: [NodeID]?
  ) throws(Complaint) -> Scenario.RaftSettings.Begin {
    let fields = try FieldReader(field.value, name: field.name, keys: Grammar.begin)
    var begin = Scenario.RaftSettings.Begin()
    if let log = fields.optional("log") { begin.logs = try logs(log, nodes) }
    let term = try fields.optional("term")?.integer(in: 0...1_000_000_000)
    begin.term = term ?? (begin.logs == .same(0) ? 0 : 1)
    if begin.term == 0, begin.logs != .same(0) {
      throw Complaint(at: field.value.place, "\(field.name): entries have a term; expected a 'term' of at least 1")
    }
    if let leader = fields.optional("leader") {
      let hosts = Hosts(nodes: nodes, clients: 0, program: .raftKV(Scenario.RaftSettings()))
      let found = try hosts.hosts(leader, nodesOnly: true)
      guard found.count == 1 else { throw leader.complaint(expected: "one node") }
      begin.leader = found[0]
      try refuseHopeless(begin, leader, voters ?? nodes.indices.map { NodeID(UInt32($0)) })
    }
    return begin
  }

  /// A leader that cannot be elected would be none.
  private static func refuseHopeless(
    _ begin: Scenario.RaftSettings.Begin, _ field: Field, _ voters: [NodeID]
  ) throws(Complaint) {
    guard let leader = begin.leader else { return }
    guard voters.contains(leader) else { throw field.complaint(expected: "one of 'voters'") }
    switch begin.logs {
    case .same: break
    case .shuffled: throw field.complaint(expected: "no leader: with 'log: shuffled' it may have the shortest log")
    case .each(let lengths):
      let covered = voters.count { lengths[$0.index] <= lengths[leader.index] }
      guard covered >= Quorum.majority(of: voters.count) else {
        throw field.complaint(
          expected: "a node whose log is as long as those of a majority: nobody else could vote for it")
      }
    }
  }

  private static func logs(_ field: Field, _ nodes: [String]) throws(Complaint) -> Scenario.RaftSettings.Begin.Logs
  {
    let most = UInt64(Scenario.RaftSettings.Begin.mostEntries)
    if case .list(let lengths) = field.value.content {
      guard lengths.count == nodes.count else {
        throw Complaint(
          at: field.value.place,
          "\(field.name): found \(PeopleText.count(UInt64(lengths.count), "length")); expected one for each of the "
            + PeopleText.count(UInt64(nodes.count), "node"))
      }
      var counts: [Int] = []
      for length in lengths { counts.append(Int(try field.element(length).integer(in: 0...most))) }
      try refuseMuch(counts.reduce(0, +), field)
      return .each(counts)
    }
    if case .text("shuffled", _) = field.value.content { return .shuffled }
    guard let count = try? field.integer(in: 0...most) else {
      throw field.complaint(
        expected: "a number of entries up to \(most), a list with one for each node, or 'shuffled'")
    }
    try refuseMuch(Int(count) * nodes.count, field)
    return .same(Int(count))
  }

  private static func refuseMuch(_ entries: Int, _ field: Field) throws(Complaint) {
    let most = Scenario.RaftSettings.Begin.mostEntriesInAll
    guard entries <= most else { throw field.complaint(expected: "at most \(most) entries over all nodes") }
  }

  static func measures(
    _ field: Field?, _ program: Scenario.ProgramChoice
  ) throws(Complaint) -> Scenario.ElectionMeasure {
    var measure = Scenario.ElectionMeasure()
    guard let field else { return measure }
    let fields = try FieldReader(field.value, name: field.name, keys: Grammar.measures)
    guard let election = fields.optional("election") else { return measure }
    guard case .raftKV = program else {
      throw Complaint(
        at: election.keyPlace, "\(election.name): found the program '\(program.name)'; elections are raft-kv's")
    }
    let keys = try FieldReader(election.value, name: election.name, keys: Grammar.election)
    measure.from = try keys.optional("from")?.word(Scenario.ElectionMeasure.From.self) ?? measure.from
    measure.until = try keys.optional("until")?.word(Scenario.ElectionMeasure.Until.self) ?? measure.until
    if let heartbeats = keys.optional("heartbeats") {
      guard measure.until == .stable else {
        throw Complaint(
          at: heartbeats.keyPlace, "\(heartbeats.name) says how long a leader lasts; expected 'until: stable'")
      }
      measure.heartbeats = try heartbeats.integer(in: 0...1_000_000)
    }
    return measure
  }
}
