import Primitives
import Raft
import Testing

@Suite("Who takes part")
struct ConfigurationTests {
  static func nodes(_ numbers: [UInt32]) -> [NodeID] { numbers.map { NodeID($0 - 1) } }

  /// A leader of three whose term has an entry committed.
  static func leader(of voters: [UInt32] = [1, 2, 3]) -> Raft {
    var raft = Raft(id: NodeID(0), members: nodes(voters), rules: .paper)
    var actions = Outbox<Action>()
    raft.start(at: .zero, &actions)
    raft.electionTimerFired(at: .zero, &actions)
    raft.writeCompleted(1, at: .zero, &actions)
    raft.receive(.voteReply(VoteReply(term: 1, granted: true)), from: NodeID(1), at: .zero, &actions)
    raft.writeCompleted(2, at: .zero, &actions)
    acknowledge(&raft, by: 2)
    return raft
  }

  static func acknowledge(_ raft: inout Raft, by node: UInt32) {
    var actions = Outbox<Action>()
    let reply = AppendReply(term: raft.term, round: 1, result: .matched(raft.log.lastIndex))
    raft.receive(.appendReply(reply), from: NodeID(node - 1), at: .zero, &actions)
  }

  static func change(_ raft: inout Raft, _ change: MembershipChange) throws(MembershipRefusal) {
    var actions = Outbox<Action>()
    try raft.change(change, &actions)
    raft.replicate(at: .zero, &actions)
  }

  @Test("A joint configuration decides by a majority of each half, as counting each by hand does")
  func joint() throws {
    var raft = Self.leader()
    #expect(raft.commit == 1)
    try Self.change(&raft, .become(removing: Self.nodes([2])))
    #expect(raft.configuration == Configuration(voters: Self.nodes([1, 3]), outgoing: Self.nodes([1, 2, 3])))
    #expect(!raft.isMembershipSettled)
    var actions = Outbox<Action>()
    raft.writeCompleted(3, at: .zero, &actions)
    Self.acknowledge(&raft, by: 2)
    #expect(raft.commit == 1, "n1 and n2 are a majority of the old three, and half of the new two")
    Self.acknowledge(&raft, by: 3)
    #expect(raft.commit == 2 && raft.configuration == Configuration(voters: Self.nodes([1, 3])))
  }

  @Test("What is under way is refused, what is so already changes nothing, and nothing is changed by a refusal")
  func refusals() throws {
    var raft = Self.leader()
    try Self.change(&raft, .become(adding: Self.nodes([2, 3])))
    #expect(raft.log.lastIndex == 1 && raft.isMembershipSettled)
    try Self.change(&raft, .become(adding: Self.nodes([4])))
    #expect(raft.configuration.next == Self.nodes([1, 2, 3, 4]) && raft.configuration.learners == Self.nodes([4]))
    let last = raft.log.lastIndex
    for change: MembershipChange in [.become(removing: Self.nodes([2])), .become(learning: Self.nodes([5]))] {
      #expect(throws: MembershipRefusal.underWay) { try Self.change(&raft, change) }
    }
    #expect(throws: MembershipRefusal.namedTwice(NodeID(4))) {
      try Self.change(&raft, .become(adding: Self.nodes([5]), removing: Self.nodes([5])))
    }
    #expect(raft.log.lastIndex == last)
  }

  @Test("A configuration is its bytes again, and bytes of none are refused")
  func bytes() throws {
    let joint = Configuration(
      voters: Self.nodes([1, 3]), outgoing: Self.nodes([1, 2]), learners: Self.nodes([4, 9]))
    var writer = WireWriter()
    joint.encode(into: &writer)
    #expect(writer.bytes.count == joint.wireSize)
    var golden: [UInt8] = []
    for word: UInt8 in [2, 0, 2, 2, 0, 1, 2, 3, 8, 0] { golden += [word, 0, 0, 0] }
    #expect(writer.bytes == golden)
    var reader = WireReader(writer.bytes)
    #expect(try Configuration.decode(from: &reader) == joint)
    for position in writer.bytes.indices {
      for value: UInt8 in [0, 1, 2, 3, 4, 0xFF] {
        var damaged = writer.bytes
        damaged[position] = value
        var reader = WireReader(damaged)
        guard let other = try? Configuration.decode(from: &reader) else { continue }
        #expect(!other.voters.isEmpty && !other.learners.contains(where: other.isVoter))
        #expect(Set(other.members).isSuperset(of: other.next))
      }
    }
  }

  @Test("Entries of one command are one entry only where both are configurations or neither is")
  func entries() {
    let configuration = Configuration(voters: Self.nodes([1]))
    let entry = Entry(term: 3, configuration: configuration)
    let command = Entry(term: 3, command: entry.command)
    #expect(entry.configuration == configuration && command.configuration == nil)
    #expect(entry != command && entry.fingerprint != command.fingerprint && !entry.isNoop)
  }

  @Test("A server of no group follows whoever leads it, and never stands")
  func outsider() {
    var raft = Raft(id: NodeID(6), members: [], rules: .paper)
    var actions = Outbox<Action>()
    raft.start(at: .zero, &actions)
    raft.electionTimerFired(at: .zero, &actions)
    #expect(raft.role == .follower && raft.term == 0)
    let entry = Entry(term: 2, configuration: Configuration(voters: Self.nodes([1]), learners: Self.nodes([7])))
    let append = AppendEntries(term: 2, previousIndex: 0, previousTerm: 0, commit: 0, entries: [entry])
    raft.receive(.appendEntries(append), from: NodeID(0), at: .zero, &actions)
    #expect(raft.leader == NodeID(0) && raft.configuration.learners == Self.nodes([7]))
    raft.electionTimerFired(at: .zero, &actions)
    #expect(raft.role == .follower)
  }
}
