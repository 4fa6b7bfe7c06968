import Checkers
import Node
import Primitives
import Programs
import Raft
import Testing

@Suite("How much reads know, judged")
struct ReadJudgeTests {
  typealias Change = (inout ContiguousArray<Effect<RaftKV>>) -> Void

  private static func read(_ mode: ReadMode) -> KVMessage {
    .request(
      KVRequest(
        request: RequestID(1), attempt: 1, session: 0, oldestOpen: RequestID(1),
        operation: .get(KVKey(number: 1), mode)))
  }

  private static func answering(_ index: LogIndex) -> Change {
    let answer = KVResponse.Answer.outcome(KVOutcome(.value(nil), index: index))
    let response = KVResponse(request: RequestID(1), attempt: 1, answer: answer)
    return { effects in
      silenced(&effects)
      effects.append(.send(.response(response), to: Endpoint(NodeID(3)), after: nil, under: nil))
    }
  }

  @Test(
    "A read that knows less than was committed when it came breaks reads-are-current",
    arguments: [ReadMode.readIndex, .lease, .follower, .session, .stale], [0, 1] as [LogIndex])
  func staleRead(_ mode: ReadMode, _ index: LogIndex) {
    var stage = Stage()
    stage.elect(0)
    stage.commitFirst()
    stage.step(2, .message(Self.read(mode), from: Endpoint(NodeID(3))), changing: silenced)
    stage.step(2, .connectionClosed(Endpoint(NodeID(1))), changing: Self.answering(index))
    let promises = mode != .session && mode != .stale
    #expect(stage.fired == (promises && index == 0 ? ["reads-are-current"] : []))
  }

  @Test("A read that came twice may be answered from what was committed when it first came")
  func copiedRead() {
    var stage = Stage()
    stage.elect(0)
    stage.step(2, .message(Self.read(.follower), from: Endpoint(NodeID(3))), changing: silenced)
    stage.commitFirst()
    stage.step(2, .message(Self.read(.follower), from: Endpoint(NodeID(3))), changing: silenced)
    for _ in 0..<2 { stage.step(2, .connectionClosed(Endpoint(NodeID(1))), changing: Self.answering(0)) }
    #expect(stage.fired == [])
  }

  @Test("What is committed while a read waits need not be in its answer")
  func committedMeanwhile() {
    var stage = Stage()
    stage.elect(0)
    stage.step(2, .message(Self.read(.follower), from: Endpoint(NodeID(3))), changing: silenced)
    stage.commitFirst()
    stage.step(2, .connectionClosed(Endpoint(NodeID(1))), changing: Self.answering(0))
    #expect(stage.fired == [])
  }
}

extension Stage {
  /// The first entry of n1, the leader of term 1, is stored on a majority, and committed.
  fileprivate mutating func commitFirst() {
    append([entry(1)], to: 1, from: 0, term: 1)
    complete(1)
    complete(0)
    acknowledge(1, to: 0, from: 1, term: 1)
  }
}
