import Primitives
import Raft
import Testing

@Suite("Section 5.1: terms")
struct TermTests {
  static let newer: [Message] = [
    voteRequest(9), .voteReply(VoteReply(term: 9, granted: false)), append(9),
    .appendReply(AppendReply(term: 9, result: .stale)),
  ]

  @Test("Any message of a newer term makes a follower of everybody", arguments: Role.allRoles, newer)
  func newerTerm(role: Role, message: Message) {
    var server = lone(3, term: 3)
    if role != .follower { server.step { $0.electionTimerFired(at: .zero, &$1) } }
    server.completeWrites()
    if role == .leader { _ = server.receive(.voteReply(VoteReply(term: 4, granted: true)), from: 1) }
    #expect(server.raft.role == role)
    let actions = server.receive(message, from: 2)
    #expect(server.raft.role == .follower)
    #expect(server.raft.term == 9)
    #expect(actions.contains(.steppedDown(from: role)) == (role != .follower))
    #expect(actions.contains(.cancelHeartbeatTimer) == (role == .leader))
    if role == .leader { #expect(actions.contains(.setElectionTimer)) }
    server.completeWrites()
    #expect(server.durable.state.term == 9)
  }

  @Test("A message of an older term changes nothing, and its sender learns the newer term")
  func olderTerm() {
    for message in [voteRequest(2, last: (9, 2)), append(2, [entry(2, 1)])] {
      var server = lone(3, term: 5)
      let before = server.raft.state
      let actions = server.receive(message, from: 1)
      #expect(server.raft.state == before && server.raft.log.lastIndex == 0 && server.raft.leader == nil)
      #expect(!actions.contains(.setElectionTimer))
      #expect(sent(actions).count == 1 && sent(actions)[0].message.term == 5)
      #expect(sent(actions)[0].to.index == 1)
    }
  }

  @Test("Replies of an older term are not counted")
  func olderReplies() {
    var server = lone(3, term: 4)
    server.step { $0.electionTimerFired(at: .zero, &$1) }
    server.completeWrites()
    _ = server.receive(.voteReply(VoteReply(term: 4, granted: true)), from: 1)
    #expect(server.raft.role == .candidate)
    _ = server.receive(.voteReply(VoteReply(term: 5, granted: true)), from: 1)
    #expect(server.raft.role == .leader)
    server.completeWrites()
    _ = server.receive(.appendReply(AppendReply(term: 4, result: .matched(1))), from: 1)
    #expect(server.raft.commit == 0)
    _ = server.receive(.appendReply(AppendReply(term: 5, result: .matched(1))), from: 1)
    #expect(server.raft.commit == 1)
  }

  @Test("One's own echo is ignored, and a stranger may lead: it may be a member that is not known here yet")
  func strangers() {
    var server = lone(3, term: 1)
    #expect(server.receive(append(9, [entry(9, 1)]), from: 0).isEmpty)
    #expect(server.raft.term == 1)
    _ = server.receive(append(9, [entry(9, 1)]), from: 7)
    #expect(server.raft.term == 9 && server.raft.leader == NodeID(7) && server.raft.log.lastIndex == 1)
  }

  @Test("The vote of a stranger counts for nothing, and so does what it has acknowledged")
  func strangersAnswers() {
    var server = lone(3, term: 1)
    server.step { $0.electionTimerFired(at: .zero, &$1) }
    server.completeWrites()
    _ = server.receive(.voteReply(VoteReply(term: 2, granted: true)), from: 7)
    #expect(server.raft.role == .candidate)
    _ = server.receive(.voteReply(VoteReply(term: 2, granted: true)), from: 1)
    #expect(server.raft.role == .leader)
    server.completeWrites()
    _ = server.receive(.appendReply(AppendReply(term: 2, result: .matched(1))), from: 7)
    #expect(server.raft.commit == 0)
  }
}

extension Role {
  static let allRoles: [Role] = [.follower, .candidate, .leader]
}
