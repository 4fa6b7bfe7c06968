import Primitives
import Raft
import Testing

@Suite("Section 5.4.1: the election restriction")
struct RestrictionTests {
  static let cases: [(own: [Term], candidate: (LogIndex, Term), granted: Bool)] = [
    ([], (0, 0), true), ([1], (0, 0), false), ([1], (1, 1), true), ([1], (2, 1), true), ([1, 1], (1, 1), false),
    ([1, 1, 1], (1, 2), true), ([1, 2], (5, 1), false), ([2], (1, 1), false), ([1, 2], (2, 2), true),
    ([3, 3, 3], (2, 3), false),
  ]

  @Test("A vote goes to a log that is at least as up-to-date: the last term decides, then the length")
  func upToDate() {
    for (own, candidate, granted) in Self.cases {
      var server = lone(3, log: own)
      let actions = server.receive(voteRequest(9, last: candidate), from: 1)
      #expect(
        sent(actions).map(\.message) == [.voteReply(VoteReply(term: 9, granted: granted))],
        "\(own) asked by \(candidate)")
      #expect(server.raft.state == HardState(term: 9, vote: granted ? NodeID(1) : nil))
    }
  }

  @Test("A vote refused for its log is still to be had by another")
  func refusalKeepsTheVote() {
    var server = lone(3, log: [1, 1])
    _ = server.receive(voteRequest(2, last: (1, 1)), from: 1)
    let actions = server.receive(voteRequest(2, last: (2, 1)), from: 2)
    #expect(sent(actions).map(\.message) == [.voteReply(VoteReply(term: 2, granted: true))])
  }

  @Test("Who lacks a committed entry cannot win")
  func committedEntriesSurvive() {
    var cluster = Cluster(3)
    cluster.elect(0)
    cluster.propose(0, [1])
    cluster.settle { $1 == 2 || $0 == 2 }
    #expect(cluster[0].commit == 2)
    cluster.elect(2) { $0 == 0 || $1 == 0 }
    #expect(cluster.leaders == [0])
    cluster.elect(1) { $0 == 0 || $1 == 0 }
    cluster.heartbeat(1)
    cluster.settle { $0 == 0 || $1 == 0 }
    #expect(cluster[1].role == .leader && cluster[2].log[2].command == [1])
  }
}
