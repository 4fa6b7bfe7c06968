import CRDT
import Primitives
import Testing

@Suite("What each type is for")
struct TypeTests {
  let a = ReplicaID(NodeID(0))
  let b = ReplicaID(NodeID(1))

  @Test("Counters add up what every replica has counted, once")
  func counters() {
    var (one, two) = (PNCounter(), PNCounter())
    _ = one.add(5, by: a)
    _ = two.add(-9, by: b)
    one.merge(two)
    two.merge(one)
    two.merge(one)
    #expect(one.value == -4 && two.value == -4)
    _ = one.add(.min, by: a)
    #expect(one.value == .min, "and stand still where there are no more numbers")
    var grows = GCounter()
    _ = grows.add(.max, by: a)
    _ = grows.add(1, by: a)
    _ = grows.add(1, by: b)
    #expect(grows.value == .max)
  }

  @Test("An addition wins over a removal that did not know of it, and loses to one that did")
  func addWins() {
    var (one, two) = (ORSet<UInt64>(), ORSet<UInt64>())
    _ = one.add(1, by: a)
    two.merge(one)
    _ = two.remove(1)
    _ = one.add(1, by: a)
    #expect(one.merged(with: two).contains(1), "added again meanwhile")
    one.merge(two)
    two.merge(one)
    _ = two.remove(1)
    #expect(!one.merged(with: two).contains(1), "removed by who knew all additions")
  }

  @Test("A set that is added to and removed from for long does not grow")
  func noTombstones() {
    var set = ORSet<UInt64>()
    for _ in 0..<1_000 {
      _ = set.add(1, by: a)
      _ = set.remove(1)
    }
    #expect(set.elements.isEmpty && set.wireSize < 64)
  }

  @Test("Deltas of a set that arrive with a gap are not taken for all before them")
  func gaps() {
    var source = ORSet<UInt64>()
    let first = source.add(1, by: a)
    let second = source.add(2, by: a)
    var copy = ORSet<UInt64>()
    copy.merge(second)
    #expect(copy.elements == [2])
    copy.merge(first)
    #expect(copy == source)
  }

  @Test("Every history of two replicas and one element ends as additions and removals demand")
  func specification() {
    // A letter for each replica: add, remove, merge the other's.
    struct World {
      var sets = [ORSet<UInt64>(), ORSet<UInt64>()]
      /// Additions that each has heard of, and those that it has heard removed.
      var added: [Set<Int>] = [[], []]
      var removed: [Set<Int>] = [[], []]
      var additions = 0

      mutating func move(_ letter: Int) {
        let (who, what) = (letter / 3, letter % 3)
        switch what {
        case 0:
          _ = sets[who].add(7, by: ReplicaID(NodeID(UInt32(who))))
          added[who].insert(additions)
          additions += 1
        case 1:
          _ = sets[who].remove(7)
          removed[who].formUnion(added[who])
        default:
          sets[who].merge(sets[1 - who])
          added[who].formUnion(added[1 - who])
          removed[who].formUnion(removed[1 - who])
        }
      }
    }
    func go(_ world: World, _ left: Int) {
      for who in 0..<2 {
        #expect(world.sets[who].contains(7) == !world.added[who].isSubset(of: world.removed[who]))
      }
      guard left > 0 else { return }
      for letter in 0..<6 {
        var next = world
        next.move(letter)
        go(next, left - 1)
      }
    }
    go(World(), 6)
  }

  @Test("A register that was never written wipes out nothing")
  func emptyRegister() {
    var written = LWWRegister<UInt64>()
    _ = written.write(4, at: HybridTimestamp(wall: .min, logical: 0, replica: a))
    #expect(!written.merge(LWWRegister()) && written.value == 4)
    var empty = LWWRegister<UInt64>()
    #expect(empty.merge(written) && empty.value == 4)
  }

  @Test("An earlier write changes nothing, and its delta says so")
  func lateWrite() {
    var register = LWWRegister<UInt64>()
    _ = register.write(1, at: HybridTimestamp(wall: 9, logical: 0, replica: a))
    #expect(register.write(2, at: HybridTimestamp(wall: 8, logical: 5, replica: b)) == LWWRegister())
    #expect(register.value == 1)
  }

  @Test("A map forgets a value and keeps when it did")
  func tombstones() {
    var map = LWWMap<UInt64, UInt64>()
    _ = map.write(5, under: 1, at: HybridTimestamp(wall: 1, logical: 0, replica: a))
    let old = map
    _ = map.write(nil, under: 1, at: HybridTimestamp(wall: 2, logical: 0, replica: a))
    #expect(map[1] == nil && map.keys.isEmpty && map.timestamp(of: 1) != nil)
    map.merge(old)
    #expect(map[1] == nil, "what is older does not come back")
  }

  @Test("A vector covers another where it knows all that the other knows")
  func vectors() {
    var (one, two) = (VersionVector(), VersionVector())
    #expect(one.covers(two) && two.covers(one))
    _ = one.next(a)
    #expect(one.covers(two) && !two.covers(one))
    _ = two.next(b)
    #expect(!one.covers(two) && !two.covers(one))
    two.merge(one)
    #expect(two.covers(one) && two.contains(Dot(a, 1)) && !two.contains(Dot(a, 2)))
  }

  @Test("Lives of a node are replicas of their own, in the order of nodes and lives")
  func lives() {
    #expect(ReplicaID(NodeID(3), life: 2) != ReplicaID(NodeID(3), life: 1))
    #expect(
      ReplicaID(NodeID(3), life: 9) < ReplicaID(NodeID(4), life: 0)
        && ReplicaID(NodeID(3), life: 9).node == NodeID(3))
  }
}

@Suite("The hybrid logical clock")
struct HybridClockTests {
  let a = ReplicaID(NodeID(0))
  let b = ReplicaID(NodeID(1))

  private func at(_ seconds: Int64) -> Instant { .zero + .seconds(seconds) }

  @Test("It follows the wall clock, and goes on where that stands or jumps back")
  func local() {
    var clock = HybridClock()
    let first = clock.tick(at(5), a)
    let second = clock.tick(at(5), a)
    let third = clock.tick(at(1), a)
    let fourth = clock.tick(at(6), a)
    #expect(first < second && second < third && third < fourth)
    #expect(first.wall == at(5).nanoseconds && third.wall == first.wall && fourth.wall == at(6).nanoseconds)
  }

  @Test("What is caused is later than its cause, hours apart or not")
  func causality() {
    var (early, late) = (HybridClock(), HybridClock())
    let cause = late.tick(at(7_200), b)
    early.hear(cause)
    #expect(early.tick(at(0), a) > cause)
    late.hear(HybridTimestamp(wall: 0, logical: 9, replica: a))
    #expect(late.tick(at(7_200), b) > cause, "what is older changes nothing")
  }

  @Test("Counting at one moment never runs over")
  func carry() {
    var clock = HybridClock()
    clock.hear(HybridTimestamp(wall: 5, logical: .max, replica: a))
    let next = clock.tick(.zero, a)
    #expect(next.wall == 6 && next.logical == 0)
  }
}
