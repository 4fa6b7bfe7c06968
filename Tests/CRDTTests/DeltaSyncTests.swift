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

    mutating func count(by replica: UInt32 = 0, from peer: ReplicaID? = nil) {
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
    #expect(source.parcel(peer).receiver == nil)
  }

  @Test("What a peer has told is not told back to it, and still counts as had")
  func noEcho() {
    var source = Source()
    source.count()
    source.sync.acknowledge(1, of: 0, by: peer, in: 0)
    source.count(by: 1, from: ReplicaID(peer))
    #expect(source.parcel(peer).state == GCounter() && source.parcel(peer).number == 2)
    source.sync.acknowledge(1, of: 0, by: other, in: 0)
    #expect(source.parcel(other).state.value == 1)
  }

  @Test("What a peer told in an earlier life it may have lost, and is told again")
  func toldInAnotherLife() {
    var source = Source()
    source.count()
    source.sync.acknowledge(1, of: 0, by: peer, in: 1)
    source.count(by: 1, from: ReplicaID(peer, life: 0))
    #expect(source.parcel(peer).receiver == 1 && source.parcel(peer).state.value == 1)
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

  /// A replica that knows which changes it has: one without those before it would stand beyond a gap.
  private struct Knower {
    let id: NodeID
    var state = CausalContext()
    var sync: DeltaSync<CausalContext>

    init(_ id: Int, life: UInt32) {
      self.id = NodeID(UInt32(id))
      sync = DeltaSync(life: life, capacity: 3)
    }

    mutating func change() {
      var delta = CausalContext()
      delta.insert(state.next(ReplicaID(id, life: sync.life)))
      sync.record(delta)
    }

    var hasGap: Bool { state.wireSize > state.vector.wireSize + 4 }
  }

  private struct Letter {
    let from: NodeID
    let to: Int
    let parcel: DeltaSync<CausalContext>.Parcel
  }

  private struct Receipt {
    let from: NodeID
    let life: UInt32
    let to: Int
    let parcel: DeltaSync<CausalContext>.Parcel
  }

  @Test(
    "Over a network that loses, repeats and reorders, among replicas that lose their memories, no change comes before its turn",
    arguments: 1...200)
  func noGaps(seed: Int) {
    var numbers = Numbers(seed)
    var knowers = (0..<3).map { Knower($0, life: 0) }
    var letters: [Letter] = []
    var receipts: [Receipt] = []
    for _ in 0..<400 {
      let who = numbers.next(below: 3)
      switch numbers.next(below: 16) {
      case 0: knowers[who] = Knower(who, life: knowers[who].sync.life + 1)
      case 1...3: knowers[who].change()
      case 4...7:
        let to = (who + 1 + numbers.next(below: 2)) % 3
        let parcel = knowers[who].sync.parcel(for: NodeID(UInt32(to)), of: knowers[who].state)
        for _ in 0..<numbers.next(below: 3) {
          letters.append(Letter(from: knowers[who].id, to: to, parcel: parcel))
        }
      case 8...11 where !letters.isEmpty:
        let letter = letters.remove(at: numbers.next(below: letters.count))
        knowers[letter.to].sync.hear(of: letter.from, in: letter.parcel.life)
        guard knowers[letter.to].sync.fits(letter.parcel) else { continue }
        if knowers[letter.to].state.merge(letter.parcel.state) {
          knowers[letter.to].sync.record(
            letter.parcel.state, from: ReplicaID(letter.from, life: letter.parcel.life))
        }
        #expect(!knowers[letter.to].hasGap)
        receipts.append(
          Receipt(
            from: knowers[letter.to].id, life: knowers[letter.to].sync.life, to: letter.from.index,
            parcel: letter.parcel))
      case _ where !receipts.isEmpty:
        let receipt = receipts.remove(at: numbers.next(below: receipts.count))
        knowers[receipt.to].sync.acknowledge(
          receipt.parcel.number, of: receipt.parcel.life, by: receipt.from, in: receipt.life)
      default: break
      }
    }
    // The network is well again.
    for _ in 0..<60 {
      for who in 0..<3 {
        for to in 0..<3 where to != who {
          let parcel = knowers[who].sync.parcel(for: NodeID(UInt32(to)), of: knowers[who].state)
          if knowers[to].state.merge(parcel.state) {
            knowers[to].sync.record(parcel.state, from: ReplicaID(knowers[who].id, life: parcel.life))
          }
          let life = knowers[to].sync.life
          knowers[who].sync.acknowledge(parcel.number, of: parcel.life, by: knowers[to].id, in: life)
        }
      }
    }
    #expect(knowers[0].state == knowers[1].state && knowers[1].state == knowers[2].state)
  }
}
