extension HostileInput {
  private static func membership(_ fault: String) -> String { section("faults: [{at: 1s, \(fault)}]\n") }

  static let memberships: [HostileInput] = [
    .init(
      "a group that nobody begins",
      cluster("{nodes: 3, raft: {voters: []}}"),
      "4:36: cluster.raft.voters: found a list; expected at least one node: nobody could decide anything"),
    .init(
      "a voter that is no node",
      cluster("{nodes: 3, raft: {voters: [n1, n4]}}"),
      "4:41: cluster.raft.voters: there is no node 'n4'; did you mean 'n1'?"),
    .init(
      "a voter twice",
      cluster("{nodes: 3, raft: {voters: [n1, n1]}}"),
      "4:41: cluster.raft.voters: 'n1' is there twice; expected it once"),
    .init(
      "a change of nobody",
      membership("membership: {}"),
      "5:31: faults.membership: nobody is named; expected add, learn, remove or turn"),
    .init(
      "a change in other words",
      membership("membership: abandn"),
      "5:31: faults.membership: found 'abandn'; expected a map with add, learn, remove or turn, or the word abandon"
    ),
    .init(
      "a change that lasts",
      section("faults: [{at: 1s, for: 2s, membership: {add: n4}}]\n"),
      "5:19: faults.for: a command is over at once; expected no 'for'"),
    .init(
      "a node that comes and goes in one change",
      membership("membership: {add: n4, remove: n4}"),
      "5:49: faults.membership.remove: found 'n4'; expected other nodes: 'n4' is named twice"),
    .init(
      "a client that is to vote",
      section("workload: {clients: 1, rate: 1/s}\nfaults: [{at: 1s, membership: {add: c1}}]\n"),
      "6:37: faults.membership.add: found 'c1'; expected nodes: 'c1' is a client"),
    .init(
      "a change among gossips",
      "faultline: 1\nname: a\nduration: 40s\ncluster: {nodes: 5, program: gossip}\n"
        + "faults: [{at: 1s, membership: {add: n4}}]\nexpect: [{measure: messages_sent, at_most: 5}]\n",
      "5:19: faults.membership: nodes of 'gossip' have no leader to tell; expected program: raft-kv"),
    .init(
      "a handover to nobody",
      membership("handover: n9"),
      "5:29: faults.handover: found 'n9'; expected a host name or leader, follower, followers, candidate, random, majority, minority, some or all; did you mean 'n1'?"
    ),
  ]
}
