import Membership
import Primitives
import Testing

@Suite("Dissemination on the back of messages (section 4.1)")
struct DisseminationTests {
  @Test("Whatever is added meanwhile, none is sent that was sent more often than one that is not")
  func leastSentFirst() {
    var luck = Luck(3)
    var news = Dissemination()
    var sends: [UInt32: UInt16] = [:]
    for _ in 0..<5_000 {
      if luck.draw(below: 3) == 0 {
        let node = UInt32(luck.draw(below: 60))
        news.add(Membership.Update(n(node), .suspect, incarnation: 0), first: luck.draw(below: 4) == 0)
        sends[node] = 0
      }
      var told: [Membership.Update] = []
      let room = Int(luck.draw(below: 9))
      let waiting = sends.count
      news.take(room, besides: nil, limit: 7, into: &told)
      #expect(told.count == min(room, waiting))
      for update in told { sends[update.node.rawValue]! += 1 }
      let most = told.map { sends[$0.node.rawValue]! - 1 }.max() ?? 0
      let left = sends.filter { entry in !told.contains { $0.node.rawValue == entry.key } }
      #expect(left.allSatisfy { $0.value >= most })
      sends = sends.filter { $0.value < 7 }
      #expect(news.items.count == sends.count)
      #expect(news.items.allSatisfy { sends[$0.update.node.rawValue] == $0.sends })
    }
  }

  @Test("Each update is sent as often as the limit says and is then forgotten")
  func limit() {
    var news = Dissemination()
    for node in UInt32(0)..<20 { news.add(Membership.Update(n(node), .dead, incarnation: 0), first: false) }
    var told: [Membership.Update] = []
    while !news.isEmpty { news.take(8, besides: nil, limit: 5, into: &told) }
    for node in UInt32(0)..<20 { #expect(told.count { $0.node == n(node) } == 5) }
  }

  @Test("A newer claim takes the place of the older one, and a refutation goes first")
  func replaced() {
    var news = Dissemination()
    for node in UInt32(0)..<10 { news.add(Membership.Update(n(node), .suspect, incarnation: 0), first: false) }
    news.add(Membership.Update(n(3), .dead, incarnation: 0), first: false)
    news.add(Membership.Update(n(9), .alive, incarnation: 1), first: true)
    #expect(news.items.count == 10)
    var told: [Membership.Update] = []
    news.take(2, besides: nil, limit: 5, into: &told)
    #expect(told.map(\.words) == ["n10 alive in 1", "n1 suspect in 0"])
  }

  @Test("A message to a member that is held suspect says so before all else")
  func receiverFirst() throws {
    var member = Membership(id: n(0), members: 20, settings: try settings(.random))
    var actions = Outbox<Membership.Action>()
    let rumours = (UInt32(5)..<17).map { Membership.Update(n($0), .suspect, incarnation: 2) }
    for half in [rumours.prefix(8), rumours.suffix(4)] {
      member.receive(
        Membership.Message(.ack, sequence: 0, initiator: n(0), target: n(1), updates: Array(half)), from: n(1),
        at: .zero, &actions)
    }
    for _ in 0..<200 {
      actions.removeAll()
      member.receive(
        Membership.Message(.ping, sequence: 7, initiator: n(16), target: n(0)), from: n(16), at: .zero, &actions)
      guard case .send(let ack, n(16)) = actions.popFirst() else {
        Issue.record("a ping is answered")
        return
      }
      #expect(ack.form == .ack && ack.sequence == 7)
      #expect(ack.updates.first == rumours.last && ack.updates.count <= 8)
      #expect(Set(ack.updates.map(\.node)).count == ack.updates.count)
    }
    // All has been told often enough; only the receiver's own status is told for ever.
    #expect(member.updatesInFlight == 0)
  }
}
