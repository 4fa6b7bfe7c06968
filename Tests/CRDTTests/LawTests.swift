import CRDT
import Primitives
import Testing

@Suite("The laws of conflict-free replicated data types")
struct LawTests {
  /// All laws of a semilattice over every pair and many triples of the states.
  ///
  /// - Parameter states: of one history; in another the same names stand for other changes.
  private func judge<State: Subject>(_ states: [State], triples: Int, _ numbers: inout Numbers) {
    let bottom = State()
    for one in states {
      #expect(one.merged(with: one) == one, "merging is idempotent")
      #expect(one.merged(with: bottom) == one && bottom.merged(with: one) == one, "the bottom adds nothing")
      for other in states {
        let both = one.merged(with: other)
        #expect(both == other.merged(with: one), "merging is commutative")
        #expect(both.merged(with: one) == both && both.merged(with: other) == both, "what is merged is above both")
        var changed = one
        #expect(changed.merge(other) == (both != one), "whether something came by it is told")
      }
    }
    for _ in 0..<triples {
      let (a, b, c) = (
        states[numbers.next(below: states.count)], states[numbers.next(below: states.count)],
        states[numbers.next(below: states.count)]
      )
      #expect(a.merged(with: b).merged(with: c) == a.merged(with: b.merged(with: c)), "merging is associative")
    }
  }

  /// Deltas in any order, and more than once, come to what all states come to.
  private func judgeDeltas<State: Subject>(_ company: Company<State>, _ numbers: inout Numbers) {
    let full = company.states.reduce(State()) { $0.merged(with: $1) }
    var fromDeltas = State()
    var waiting = company.deltas + company.deltas
    while !waiting.isEmpty { fromDeltas.merge(waiting.remove(at: numbers.next(below: waiting.count))) }
    #expect(fromDeltas == full, "the deltas are the full state")
  }

  private func random<State: Subject>(_: State.Type, seed: Int) {
    var numbers = Numbers(seed)
    var company = Company<State>(2 + seed % 3)
    let moves = Company<State>.moves(company.states.count)
    for _ in 0..<30 {
      let before = company
      company.move(numbers.next(below: moves))
      for (old, new) in zip(before.states, company.states) {
        #expect(old.merged(with: new) == new, "a change goes upwards")
      }
      if company.deltas.count > before.deltas.count {
        let actor = company.states.indices.first { company.states[$0] != before.states[$0] }
        if let actor {
          #expect(
            before.states[actor].merged(with: company.deltas.last!) == company.states[actor],
            "a delta does what the change did")
        }
      }
    }
    judge(Array(company.reached), triples: 200, &numbers)
    judgeDeltas(company, &numbers)
  }

  @Test("hold over random histories of two to four replicas", arguments: 1...60)
  func random(seed: Int) {
    random(GCounter.self, seed: seed)
    random(PNCounter.self, seed: seed)
    random(ORSet<UInt64>.self, seed: seed)
    random(LWWRegister<UInt64>.self, seed: seed)
    random(LWWMap<UInt64, UInt64>.self, seed: seed)
    random(VersionVector.self, seed: seed)
    random(CausalContext.self, seed: seed)
  }

  private func exhaustive<State: Subject>(_: State.Type, length: Int) {
    let moves = Company<State>.moves(2)
    var numbers = Numbers(1)
    func go(_ company: Company<State>, _ left: Int) {
      guard left > 0 else {
        judge(Array(company.reached), triples: 3, &numbers)
        return judgeDeltas(company, &numbers)
      }
      for move in 0..<moves {
        var next = company
        next.move(move)
        go(next, left - 1)
      }
    }
    go(Company(2), length)
  }

  @Test("hold in every history of two replicas and a few changes")
  func exhaustive() {
    exhaustive(GCounter.self, length: 4)
    exhaustive(PNCounter.self, length: 4)
    exhaustive(ORSet<UInt64>.self, length: 4)
    exhaustive(LWWRegister<UInt64>.self, length: 4)
    exhaustive(LWWMap<UInt64, UInt64>.self, length: 4)
    exhaustive(VersionVector.self, length: 5)
    exhaustive(CausalContext.self, length: 5)
  }

  private func survives<State: Subject>(_: State.Type, seed: Int) throws {
    var numbers = Numbers(seed)
    var company = Company<State>(3)
    for _ in 0..<25 { company.move(numbers.next(below: Company<State>.moves(3))) }
    for state in company.states + company.deltas {
      var writer = WireWriter()
      state.encode(into: &writer)
      #expect(writer.bytes.count == state.wireSize)
      var reader = WireReader(writer.bytes)
      #expect(try State.decode(from: &reader) == state && reader.remaining == 0)
      // Whatever became of the bytes, there is a value or an error.
      for _ in 0..<40 where !writer.bytes.isEmpty {
        var damaged = writer.bytes
        damaged[numbers.next(below: damaged.count)] ^= UInt8(1 << numbers.next(below: 8))
        if numbers.next(below: 3) == 0 { damaged.removeLast(numbers.next(below: damaged.count)) }
        var reader = WireReader(damaged)
        guard let other = try? State.decode(from: &reader) else { continue }
        let both = other.merged(with: state)
        #expect(both.merged(with: other) == both && both.merged(with: state) == both, "what is read keeps the laws")
        #expect(other.merged(with: State()) == other && other.merged(with: other) == other)
      }
    }
  }

  @Test("Values come through their wire form whole, and damaged bytes are refused or a value", arguments: 1...20)
  func codec(seed: Int) throws {
    try survives(GCounter.self, seed: seed)
    try survives(PNCounter.self, seed: seed)
    try survives(ORSet<UInt64>.self, seed: seed)
    try survives(LWWRegister<UInt64>.self, seed: seed)
    try survives(LWWMap<UInt64, UInt64>.self, seed: seed)
    try survives(VersionVector.self, seed: seed)
    try survives(CausalContext.self, seed: seed)
  }
}
