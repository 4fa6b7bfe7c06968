import Node
import Primitives
import Programs
import Testing

@Suite("A gossiping node")
struct GossipTests {
  static func node(_ id: UInt32 = 0, nodes: Int = 4, fanout: Int = 2) -> Bench<Gossip> {
    Bench(
      Gossip(
        id: NodeID(id), settings: GossipSettings(nodes: nodes, interval: .milliseconds(100), fanout: fanout)))
  }

  static func begin(_ node: inout Bench<Gossip>, _ number: UInt64) -> [Effect<Gossip>] {
    node.step(.request(RequestID(number), RumourSource().request(number: number, choices: Choices(seed: 1))))
  }

  @Test("It learns what it hears, in order and once")
  func learns() {
    var node = Self.node()
    node.start()
    node.hear(GossipMessage(rumours: [5, 2]), from: 1)
    #expect(!node.hear(GossipMessage(rumours: [3]), from: 2).isEmpty)
    #expect(node.hear(GossipMessage(rumours: [2, 3, 5]), from: 1).isEmpty, "nothing new, nothing written")
    #expect(node.program.known == [2, 3, 5])
  }

  @Test("It tells others, never itself, and not before the write that holds it")
  func tells() {
    var node = Self.node(2)
    node.start()
    #expect(sends(node.step(.timerFired(TimerID(0)))).isEmpty, "it knows nothing yet")
    node.hear(GossipMessage(rumours: [1]), from: 1)
    for _ in 0..<50 {
      let told = sends(node.step(.timerFired(TimerID(0))))
      #expect(told.count == 2)
      #expect(told.allSatisfy { $0.to != 2 && $0.to < 4 && $0.after == WriteToken(1) })
      #expect(told.allSatisfy { $0.message == GossipMessage(rumours: [1]) })
    }
  }

  @Test("A request is answered once its rumour is on disk")
  func begins() {
    var node = Self.node()
    node.start()
    #expect(replies(Self.begin(&node, 1)).isEmpty)
    #expect(replies(Self.begin(&node, 2)).isEmpty)
    #expect(replies(node.step(.writeCompleted(WriteToken(1)))) == [.begun])
    #expect(replies(node.step(.writeCompleted(WriteToken(2)))) == [.begun])
  }

  @Test("A request for a rumour that is on disk already is answered at once")
  func beginsAgain() {
    var node = Self.node()
    node.start()
    node.hear(GossipMessage(rumours: [1]), from: 1)
    #expect(replies(Self.begin(&node, 1)).isEmpty, "not on disk yet")
    #expect(replies(node.step(.writeCompleted(WriteToken(1)))) == [.begun])
    #expect(replies(Self.begin(&node, 1)) == [.begun])
  }

  @Test("It comes back with what its disk holds")
  func restarts() {
    var node = Self.node()
    node.start()
    let written = Self.begin(&node, 7).compactMap { effect -> GossipRecord? in
      if case .replace(_, let record) = effect { record } else { nil }
    }
    var next = Self.node()
    next.start([ContiguousArray(written)])
    #expect(next.program.known == [7])
    #expect(sends(next.step(.timerFired(TimerID(0)))).allSatisfy { $0.message.rumours == [7] && $0.after == nil })
  }

  @Test("A node whose write fails ends")
  func failedWrite() {
    var node = Self.node()
    node.start()
    guard case .exit? = node.step(.writeFailed(WriteToken(1))).first else {
      Issue.record("the node went on after a failed write")
      return
    }
  }
}
