import CRDT
import Primitives
import Testing

@Suite("Sending each peer what it lacks")
struct DeltaSyncTests {
  let peer = NodeID(1)
  let other = NodeID(2)

  /// A replica that counts for itself.
  private struct Source {
    var state = GCounter()
    var sync: DeltaSync<GCounter>

    init(life: UInt32 = 0, capacity: Int = 4) { sync = DeltaSync(life: life, capacity: capacity) }

    mutating func count(by replica: UInt32 = 0, from peer: NodeID? = nil) {
      sync.record(state.add(1, by: ReplicaID(NodeID(replica))), from: peer)
    }

    func parcel(_ peer: NodeID) -> DeltaSync<GCounter>.Parcel { sync.parcel(for: peer, of: state) }
  }

  @Test("A peer that has acknowledged nothing gets everything")
  func whole() {
    var source = Source()
    source.count()
    #expect(source.parcel(peer) == .init(life: 0, number: 1, receiver: nil, state: source.state))
  }

  @Test("One that has acknowledged gets what came since, and nothing where nothing did")
  func since() {
    var source = Source()
    source.count(by: 0)
    source.sync.acknowledge(1, of: 0, by: peer, in: 3)
    #expect(source.parcel(peer).state == GCounter() && source.parcel(peer).receiver == 3)
    source.count(by: 5)
    #expect(source.parcel(peer).state.value == 1 && source.parcel(peer).number == 2)
    #expect(source.parcel(other).state.value == 2)
  }

  @Test("One that lags behind what is kept gets everything")
  func lagging() {
    var source = Source(capacity: 4)
    source.count()
    source.sync.acknowledge(1, of: 0, by: peer, in: 0)
    for _ in 0..<4 { source.count() }
    #expect(source.parcel(peer).receiver == 0, "just kept")
    source.count()
    #expect(source.parcel(peer).receiver == nil && source.sync.kept == 4)
  }

  @Test("What a peer has told is not told back to it, and still counts as had")
  func noEcho() {
    var source = Source()
    source.count()
    source.sync.acknowledge(1, of: 0, by: peer, in: 0)
    source.count(by: 1, from: peer)
    #expect(source.parcel(peer).state == GCounter() && source.parcel(peer).number == 2)
    source.sync.acknowledge(1, of: 0, by: other, in: 0)
    #expect(source.parcel(other).state.value == 1)
  }

  @Test("A late acknowledgement takes nothing back")
  func late() {
    var source = Source()
    for _ in 0..<3 { source.count() }
    source.sync.acknowledge(3, of: 0, by: peer, in: 0)
    source.sync.acknowledge(1, of: 0, by: peer, in: 0)
    #expect(source.parcel(peer).state == GCounter())
    source.sync.acknowledge(9, of: 0, by: peer, in: 0)
    #expect(source.parcel(peer).number == 3, "nor does one of what was never sent")
  }

  @Test("A peer in a new life may have lost everything")
  func newLife() {
    var source = Source()
    source.count()
    source.sync.acknowledge(1, of: 0, by: peer, in: 0)
    source.sync.hear(of: peer, in: 1)
    #expect(source.parcel(peer).receiver == nil)
    source.sync.acknowledge(1, of: 0, by: peer, in: 1)
    source.sync.acknowledge(1, of: 0, by: peer, in: 0)
    source.sync.hear(of: peer, in: 0)
    #expect(source.parcel(peer).receiver == 1, "messages of its last life come late")
  }

  @Test("Numbers of an earlier life of one's own mean nothing")
  func ownLife() {
    var source = Source(life: 2)
    source.count()
    source.sync.acknowledge(1, of: 1, by: peer, in: 0)
    #expect(source.parcel(peer).receiver == nil)
  }

  @Test("A delta for a life before leaves a gap in this one, and everything never does")
  func fitting() {
    let sync = DeltaSync<GCounter>(life: 4, capacity: 1)
    #expect(sync.fits(.init(life: 0, number: 1, receiver: nil, state: GCounter())))
    #expect(sync.fits(.init(life: 0, number: 1, receiver: 4, state: GCounter())))
    #expect(!sync.fits(.init(life: 0, number: 1, receiver: 3, state: GCounter())))
  }

  @Test("Over a network that loses, repeats and reorders, all come to know all", arguments: 1...40)
  func convergence(seed: Int) {
    var numbers = Numbers(seed)
    var sources = (0..<4).map { _ in Source(capacity: 3) }
    var wire: [(from: Int, to: Int, parcel: DeltaSync<GCounter>.Parcel)] = []
    func round(loses: Bool) {
      for from in 0..<4 {
        let to = (from + 1 + numbers.next(below: 3)) % 4
        let parcel = sources[from].parcel(NodeID(UInt32(to)))
        for _ in 0..<(loses ? numbers.next(below: 3) : 1) { wire.append((from, to, parcel)) }
      }
      while wire.count > (loses ? 5 : 0) {
        let (from, to, parcel) = wire.remove(at: numbers.next(below: wire.count))
        guard sources[to].sync.fits(parcel) else { continue }
        if sources[to].state.merge(parcel.state) {
          sources[to].sync.record(parcel.state, from: NodeID(UInt32(from)))
        }
        if loses, numbers.next(below: 3) == 0 { continue }
        sources[from].sync.acknowledge(parcel.number, of: parcel.life, by: NodeID(UInt32(to)), in: 0)
      }
    }
    for _ in 0..<30 {
      let who = numbers.next(below: 4)
      sources[who].count(by: UInt32(who))
      round(loses: true)
    }
    for _ in 0..<40 { round(loses: false) }
    for source in sources { #expect(source.state.value == 30) }
  }
}
