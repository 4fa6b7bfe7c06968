import CRDT
import Primitives

/// A type with the changes that its replicas can make.
protocol Subject: CRDT {
  /// How many kinds of change there are.
  static var changes: Int { get }

  /// Makes one of them.
  ///
  /// - Returns: the delta.
  mutating func change(_ kind: Int, by actor: inout Actor) -> Self
}

/// A replica that changes things.
struct Actor {
  let id: ReplicaID
  var clock = HybridClock()
  /// Its wall clock: actors are hours apart.
  var wall: Instant

  init(_ number: UInt32) {
    id = ReplicaID(NodeID(number))
    wall = .zero + Nanoseconds.seconds(Int64(number) * 3_600)
  }

  mutating func now() -> HybridTimestamp { clock.tick(wall, id) }
}

extension GCounter: Subject {
  static var changes: Int { 2 }
  mutating func change(_ kind: Int, by actor: inout Actor) -> GCounter { add(UInt64(kind + 1), by: actor.id) }
}

extension PNCounter: Subject {
  static var changes: Int { 3 }
  mutating func change(_ kind: Int, by actor: inout Actor) -> PNCounter { add(Int64(kind - 1) * 3, by: actor.id) }
}

extension ORSet<UInt64>: Subject {
  static var changes: Int { 4 }
  mutating func change(_ kind: Int, by actor: inout Actor) -> ORSet {
    kind % 2 == 0 ? add(UInt64(kind / 2), by: actor.id) : remove(UInt64(kind / 2))
  }
}

extension LWWRegister<UInt64>: Subject {
  static var changes: Int { 2 }
  mutating func change(_ kind: Int, by actor: inout Actor) -> LWWRegister { write(UInt64(kind), at: actor.now()) }
}

extension LWWMap<UInt64, UInt64>: Subject {
  static var changes: Int { 4 }
  mutating func change(_ kind: Int, by actor: inout Actor) -> LWWMap {
    write(kind % 2 == 0 ? 7 : nil, under: UInt64(kind / 2), at: actor.now())
  }
}

extension VersionVector: Subject {
  static var changes: Int { 1 }
  mutating func change(_ kind: Int, by actor: inout Actor) -> VersionVector {
    let dot = next(actor.id)
    var delta = VersionVector()
    delta[dot.replica] = dot.number
    return delta
  }
}

extension CausalContext: Subject {
  static var changes: Int { 1 }
  mutating func change(_ kind: Int, by actor: inout Actor) -> CausalContext {
    var delta = CausalContext()
    delta.insert(next(actor.id))
    return delta
  }
}

/// Some replicas, and every state and delta that they have come by.
struct Company<State: Subject> {
  var actors: [Actor]
  var states: [State]
  var deltas: [State] = []
  /// The states of all replicas, at all times.
  var reached: Set<State> = [State()]

  init(_ count: Int) {
    actors = (0..<count).map { Actor(UInt32($0)) }
    states = Array(repeating: State(), count: count)
  }

  /// Everything that can happen next.
  static func moves(_ count: Int) -> Int { count * (State.changes + count - 1) }

  mutating func move(_ number: Int) {
    let (actor, what) = number.quotientAndRemainder(dividingBy: State.changes + states.count - 1)
    if what < State.changes {
      deltas.append(states[actor].change(what, by: &actors[actor]))
    } else {
      let other = what - State.changes
      states[actor].merge(states[other < actor ? other : other + 1])
    }
    reached.insert(states[actor])
  }
}

/// A small generator for tests: the numbers are the same each time.
struct Numbers {
  private var state: UInt64

  init(_ seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next(below bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(bound))
  }
}
