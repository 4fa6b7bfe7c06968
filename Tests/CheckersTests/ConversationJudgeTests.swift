import Checkers
import Node
import Primitives
import Programs
import Raft
import Testing

@Suite("What servers say to one another, judged")
struct ConversationJudgeTests {
  typealias Change = (inout ContiguousArray<Effect<RaftKV>>) -> Void

  /// Says that as well.
  private static func saying(_ message: Message, to peer: Int) -> Change {
    { $0.append(.send(.raft(message), to: Endpoint(NodeID(UInt32(peer))), after: nil, under: nil)) }
  }

  /// A leader's message that begins behind `previous`.
  private static func word(after previous: LogIndex, _ entries: [Entry] = []) -> Message {
    .appendEntries(
      AppendEntries(
        term: 2, previousIndex: previous, previousTerm: 1, commit: 0, entries: ContiguousArray(entries)))
  }

  private static func rejection(of previous: LogIndex) -> Message {
    .appendReply(
      AppendReply(term: 2, result: .rejected(previous: previous, conflictTerm: 0, conflictIndex: previous)))
  }

  /// The leader of term 2, with five entries of term 1 and its own sixth; all others have been sent the sixth.
  private static func leading() -> Stage {
    var stage = Stage()
    stage.crash(0)
    stage.restart(0, finding: HardState(term: 1), [entry(1)] + (1...4).map { entry(1, opening: $0) })
    stage.elect(0)
    return stage
  }

  // MARK: Leaders

  @Test(
    "To go back behind what a follower has acknowledged breaks acknowledged-is-not-sent-again", arguments: [5, 6])
  func goingBack(_ previous: LogIndex) {
    var stage = Self.leading()
    stage.acknowledge(6, to: 0, from: 1, term: 2)
    stage.step(
      0, .connectionClosed(Endpoint(NodeID(2))), changing: Self.saying(Self.word(after: previous), to: 1))
    #expect(stage.fired.filter { $0.contains("again") } == (previous < 6 ? ["acknowledged-is-not-sent-again"] : []))
  }

  @Test("A follower that has lost its entries may be sent them again, and only in its new life")
  func sentToTheForgetful() {
    var stage = Self.leading()
    stage.hear(0, .appendReply(AppendReply(term: 2, life: 1, result: .matched(5))), from: 1)
    stage.hear(0, .appendReply(AppendReply(term: 2, life: 2, memory: .partial, result: .matched(2))), from: 1)
    stage.hear(0, .appendReply(AppendReply(term: 2, life: 1, result: .matched(5))), from: 1)
    stage.step(0, .connectionClosed(Endpoint(NodeID(2))), changing: Self.saying(Self.word(after: 2), to: 1))
    #expect(stage.fired == [])
  }

  @Test("To look higher after a rejection than before breaks search-descends", arguments: [3, 4])
  func lookingUp(_ previous: LogIndex) {
    var stage = Self.leading()
    stage.hear(0, Self.rejection(of: 5), from: 1, changing: silenced)
    stage.step(0, .connectionClosed(Endpoint(NodeID(2))), changing: Self.saying(Self.word(after: 3), to: 1))
    stage.hear(0, Self.rejection(of: 4), from: 1) { effects in
      silenced(&effects)
      Self.saying(Self.word(after: previous), to: 1)(&effects)
    }
    #expect(stage.fired == (previous > 3 ? ["search-descends"] : []))
  }

  @Test("To take an unsent entry of its own for known breaks nothing-is-skipped", arguments: [6, 7])
  func skipping(_ previous: LogIndex) {
    var stage = Self.leading()
    stage.step(
      0, .connectionClosed(Endpoint(NodeID(2))), changing: Self.saying(Self.word(after: previous), to: 1))
    #expect(stage.fired == (previous > 6 ? ["nothing-is-skipped"] : []))
  }

  @Test("A new leader that begins behind its own first entry breaks nothing-is-skipped")
  func beginningTooLate() {
    var stage = Stage()
    stage.elect(0) { effects in
      silenced(&effects)
      let word = AppendEntries(term: 1, previousIndex: 1, previousTerm: 1, commit: 0, entries: [])
      Self.saying(.appendEntries(word), to: 1)(&effects)
    }
    #expect(stage.fired == ["nothing-is-skipped"])
  }

  // MARK: Whoever is asked

  @Test(
    "Silence for who asks in an earlier term breaks stale-requests-are-answered", arguments: [false, true],
    [
      Message.requestVote(RequestVote(term: 1, lastIndex: 9, lastTerm: 1)),
      .requestVote(RequestVote(term: 1, lastIndex: 9, lastTerm: 1, isPreVote: true)),
      .appendEntries(AppendEntries(term: 1, previousIndex: 0, previousTerm: 0, commit: 0, entries: [])),
    ])
  func silence(_ isSilent: Bool, _ request: Message) {
    var stage = Self.leading()
    stage.hear(0, request, from: 2) { if isSilent { silenced(&$0) } }
    #expect(stage.fired == (isSilent ? ["stale-requests-are-answered"] : []))
  }

  @Test("Whose disk has lost something may be silent until that is noted there")
  func silentWithALoss() {
    var stage = Stage()
    stage.restart(1, finding: HardState(term: 5), [entry(1), entry(2)], damaged: 1)
    stage.askVote(of: 1, for: 2, term: 4)
    #expect(stage.fired == [])
  }

  @Test("To refuse a vote that was given breaks vote-is-repeated", arguments: [false, true])
  func refusing(_ refuses: Bool) {
    var stage = Stage()
    stage.askVote(of: 1, for: 0, term: 1)
    stage.complete(1)
    stage.askVote(of: 1, for: 0, term: 1) { effects in
      guard refuses else { return }
      silenced(&effects)
      Self.saying(.voteReply(VoteReply(term: 1, granted: false)), to: 0)(&effects)
    }
    #expect(stage.fired == (refuses ? ["vote-is-repeated"] : []))
  }

  @Test("A copy of a request for a vote may be refused once the log has grown")
  func grown() {
    var stage = Stage()
    stage.askVote(of: 1, for: 0, term: 1)
    stage.complete(1)
    stage.append([entry(1)], to: 1, from: 0, term: 1)
    stage.complete(1)
    stage.askVote(of: 1, for: 0, term: 1)
    #expect(stage.fired == [])
  }
}
