extension HostileInput {
  /// Choices that are fixed.
  static let choices: [HostileInput] = [
    .init(
      "choices as a map", section("choices: {node: n1}\n"), "5:10: choices: found a map; expected a list of choices"
    ),
    .init(
      "a choice as a word", section("choices: [n1]\n"),
      "5:11: choices: found 'n1'; expected a map such as {message: VoteReply, from: n2, to: n1, number: 0, drop: true}"
    ),
    .init(
      "a choice about nothing", section("choices: [{latency: 3ms}]\n"),
      "5:11: choices: this choice is about nothing; expected one of message, node, fault or operation"),
    .init(
      "a choice that chooses nothing", section("choices: [{message: VoteReply, from: n1, to: n2}]\n"),
      "5:11: choices: nothing is chosen here; expected latency, loss, drop, corruption, duplication, reordering or reorder_delay"
    ),
    .init(
      "a message of no kind", section("choices: [{message: Vote, from: n1, to: n2, drop: true}]\n"),
      "5:21: choices.message: found 'Vote'; expected RequestVote, VoteReply, AppendEntries, AppendReply, PreVote, "
        + "PreVoteReply, ReadIndex, ReadIndexReply, ClientRequest, ClientResponse, OpenSession, SessionOpened, VersionRefused, InstallSnapshot, SnapshotReply or TimeoutNow; did you mean 'VoteReply'?"
    ),
    .init(
      "a message to several", section("choices: [{message: VoteReply, from: n1, to: [n2, n3], drop: true}]\n"),
      "5:46: choices.to: found a list; expected the name of one host"),
    .init(
      "a message from nowhere", section("choices: [{message: VoteReply, to: n1, drop: true}]\n"),
      "5:11: choices has no key 'from'; it is required"),
    .init(
      "a message that is lost for a while",
      section("choices: [{message: VoteReply, from: n1, to: n2, drop: 3ms}]\n"),
      "5:56: choices.drop: found '3ms'; expected true or false"),
    .init(
      "a node's choice about a message", section("choices: [{node: n1, latency: 3ms}]\n"),
      "5:22: unknown key 'latency' in choices; expected node, number, election_timeout, client_rest, write, sync, "
        + "failure, lost, survival or service"),
    .init(
      "a fault that is not there",
      section("faults: [{id: 7, at: 1s, for: 1s, crash: n1}]\nchoices: [{fault: 1, branch: 0}]\n"),
      "6:19: choices.fault: found '1'; expected the id of a fault, 7"),
    .init(
      "an operation without a workload", section("choices: [{operation: 3, interval: 1s}]\n"),
      "5:12: choices.operation: there are no operations; expected a workload in the scenario"),
    .init(
      "an operation's client by name",
      section("workload: {rate: 10/s}\nchoices: [{operation: 3, client: c1}]\n"),
      "6:34: choices.client: found 'c1'; expected a whole number from 0 to 1000000"),
    .init(
      "a choice made twice",
      section("choices: [{node: n1, sync: 1ms}, {node: n1, number: 0, sync: 2ms}]\n"),
      "5:34: choices: this choice is made twice; expected it once"),
  ]
}
