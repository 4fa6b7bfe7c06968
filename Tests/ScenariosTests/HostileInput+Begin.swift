extension HostileInput {
  private static func begin(_ begin: String) -> String { cluster("{nodes: 3, raft: {begin: \(begin)}}") }

  /// What a run finds, and what it counts.
  static let beginnings: [HostileInput] = [
    .init(
      "a log for too few",
      begin("{log: [1, 2]}"),
      "4:41: cluster.raft.begin.log: found 2\u{A0}lengths; expected one for each of the 3\u{A0}nodes"),
    .init(
      "a log in other words",
      begin("{log: mixed}"),
      "4:41: cluster.raft.begin.log: found 'mixed'; expected a number of entries up to 1000000, a list with one for each node, or 'shuffled'"
    ),
    .init(
      "entries of no term",
      begin("{term: 0, log: 5}"),
      "4:35: cluster.raft.begin: entries have a term; expected a 'term' of at least 1"),
    .init(
      "two that lead",
      begin("{leader: [n1, n2]}"),
      "4:44: cluster.raft.begin.leader: found a list; expected one node"),
    .init(
      "a leader that does not vote",
      cluster("{nodes: 3, raft: {voters: [n2, n3], begin: {leader: n1}}}"),
      "4:62: cluster.raft.begin.leader: found 'n1'; expected one of 'voters'"),
    .init(
      "a leader that nobody votes for",
      begin("{log: [1, 2, 2], leader: n1}"),
      "4:60: cluster.raft.begin.leader: found 'n1'; expected a node whose log is as long as those of a majority: nobody else could vote for it"
    ),
    .init(
      "a leader that the seed may pass by",
      begin("{log: shuffled, leader: n1}"),
      "4:59: cluster.raft.begin.leader: found 'n1'; expected no leader: with 'log: shuffled' it may have the shortest log"
    ),
    .init(
      "more entries than memory has room for",
      "faultline: 1\nname: a\nduration: 40s\ncluster: {nodes: 100, raft: {begin: {log: 1000000}}}\nexpect: [safety]\n",
      "4:43: cluster.raft.begin.log: found '1000000'; expected at most 10000000 entries over all nodes"),
    .init(
      "a candidate that waits for nothing",
      cluster("{nodes: 3, raft: {candidate_timeout: 0ms..5ms}}"),
      "4:47: cluster.raft.candidate_timeout: found '0ms..5ms'; expected a range that begins above 0"),
    .init(
      "a lease where voters follow anybody",
      "faultline: 1\nname: a\nduration: 40s\ncluster: {nodes: 3, raft: {leader_stickiness: false}}\n"
        + "workload: {clients: 1, rate: 1/s, reads: lease}\nexpect: [safety]\n",
      "5:42: workload.reads: a lease rests on 'check_quorum' and 'leader_stickiness', of which one is off; expected another way to read, or both on"
    ),
    .init(
      "heartbeats of no stable leader",
      section("measures: {election: {heartbeats: 3}}\n"),
      "5:23: measures.election.heartbeats says how long a leader lasts; expected 'until: stable'"),
    .init(
      "an election that ends otherwise",
      section("measures: {election: {until: led}}\n"),
      "5:30: measures.election.until: found 'led'; expected elected, heard or stable"),
    .init(
      "elections among gossips",
      "faultline: 1\nname: a\nduration: 40s\ncluster: {nodes: 5, program: gossip}\n"
        + "measures: {election: {from: loss}}\nexpect: [{measure: messages_sent, at_most: 5}]\n",
      "5:12: measures.election: found the program 'gossip'; elections are raft-kv's"),
  ]
}
