import Node
import Primitives
import Programs
import Raft
import Testing

@Suite("A key-value server")
struct ServerTests {
  static func request(_ number: UInt64) -> KVMessage {
    .request(
      KVRequest(
        request: RequestID(number), attempt: 3, session: 1, oldestOpen: RequestID(number),
        operation: .put(KVKey(number: 1), [1])))
  }

  static func session() -> KVMessage { .openSession(SessionRequest(wish: RequestID(1))) }

  static func append(
    _ entries: [Entry], term: Term, behind previous: (LogIndex, Term), commit: LogIndex
  ) -> KVMessage {
    .raft(
      .appendEntries(
        AppendEntries(
          term: term, previousIndex: previous.0, previousTerm: previous.1, commit: commit,
          entries: ContiguousArray(entries))))
  }

  static func follower() -> Bench<RaftKV> {
    var server = Bench(RaftKV(server: NodeID(0), settings: RaftKVSettings(servers: 3)))
    server.start()
    return server
  }

  static func leader() -> Bench<RaftKV> {
    var server = follower()
    server.step(.timerFired(TimerID(0)), after: .milliseconds(400))
    server.hear(.raft(.voteReply(VoteReply(term: 1, granted: true, isPreVote: true))), from: 1)
    server.step(.writeCompleted(WriteToken(1)))
    server.hear(.raft(.voteReply(VoteReply(term: 1, granted: true))), from: 1)
    return server
  }

  static func answers(_ effects: [Effect<RaftKV>]) -> [KVResponse] {
    sends(effects).compactMap { if case .response(let response) = $0.message { response } else { nil } }
  }

  @Test("A server that does not lead refuses, and names the leader where it knows one", arguments: [false, true])
  func refuses(_ knows: Bool) {
    var server = Self.follower()
    if knows { server.hear(Self.append([], term: 1, behind: (0, 0), commit: 0), from: 2) }
    let answers = Self.answers(server.hear(Self.request(1), from: 5))
    let leader = knows ? NodeID(2) : nil
    #expect(answers == [KVResponse(request: RequestID(1), attempt: 3, answer: .refused(leader: leader))])
  }

  @Test("A leader answers once the entry is committed, not before")
  func answers() {
    var server = Self.leader()
    #expect(Self.answers(server.hear(Self.session(), from: 5)).isEmpty)
    #expect(Self.answers(server.hear(Self.request(1), from: 5)).isEmpty)
    #expect(Self.answers(server.step(.timerFired(TimerID(2)))).isEmpty)
    // The write of the no-op first; the request's own begins when that is done.
    #expect(Self.answers(server.step(.writeCompleted(WriteToken(2)))).isEmpty)
    #expect(Self.answers(server.step(.writeCompleted(WriteToken(3)))).isEmpty)
    let answers = Self.answers(
      server.hear(.raft(.appendReply(AppendReply(term: 1, result: .matched(3)))), from: 1))
    // Its session is another's: what is told is that.
    #expect(answers == [KVResponse(request: RequestID(1), attempt: 3, answer: .expired)])
  }

  @Test("A proposal that another leader's entry replaced is refused")
  func superseded() {
    var server = Self.leader()
    server.hear(Self.request(1), from: 5)
    let message = Self.append([.noop(term: 2), .noop(term: 2)], term: 2, behind: (0, 0), commit: 2)
    let answers = Self.answers(server.hear(message, from: 2))
    #expect(answers == [KVResponse(request: RequestID(1), attempt: 3, answer: .refused(leader: NodeID(2)))])
  }

  @Test("A proposal that survives its leader's fall is answered by the fallen")
  func survives() {
    var server = Self.leader()
    server.hear(Self.request(1), from: 5)
    let answers = Self.answers(
      server.hear(Self.append([.noop(term: 2)], term: 2, behind: (2, 1), commit: 3), from: 2))
    #expect(answers.map(\.answer) == [.expired])
  }

  @Test("A server whose write fails ends")
  func failedWrite() {
    var server = Self.leader()
    let effects = server.step(.writeFailed(WriteToken(2)))
    #expect(effects.count == 1)
    guard case .exit? = effects.first else {
      Issue.record("the server went on after a failed write")
      return
    }
  }

  @Test("A server goes on from what its disk holds")
  func recovers() {
    var server = Bench(RaftKV(server: NodeID(0), settings: RaftKVSettings(servers: 3)))
    server.start([[.hardState(HardState(term: 4, vote: NodeID(2)))], [.entry(.noop(term: 3))]])
    let raft = server.program.server?.raft
    #expect(raft?.state == HardState(term: 4, vote: NodeID(2)))
    #expect(raft?.log.lastTerm == 3)
    #expect(server.program.standing.commit == 0)
    #expect(server.program.status.epoch == 4)
  }

  @Test("An entry that is no command changes nothing")
  func damagedEntry() {
    var server = Self.follower()
    let fingerprint = server.program.fingerprint
    server.hear(Self.append([Entry(term: 1, command: [1, 2])], term: 1, behind: (0, 0), commit: 1), from: 1)
    #expect(server.program.standing.applied == 1)
    #expect(server.program.fingerprint == fingerprint)
  }

  @Test("An acknowledgement of more than the log is not believed")
  func tooMuch() {
    var server = Self.leader()
    server.hear(.raft(.appendReply(AppendReply(term: 1, result: .matched(99)))), from: 1)
    #expect(server.program.standing.commit == 0)
    #expect(!server.step(.timerFired(TimerID(1))).isEmpty)
  }

  @Test("The status shows role and term")
  func status() {
    #expect(Self.leader().program.status.has(RaftKV.bit(of: .leader)))
    #expect(Self.leader().program.status.epoch == 1)
    #expect(Self.follower().program.status.has(RaftKV.bit(of: .follower)))
    #expect(RaftKV(client: NodeID(5), settings: RaftKVSettings(servers: 3)).status.tags == 0)
  }
}
