import Primitives
import Testing

@Suite("An outbox")
struct OutboxTests {
  /// Counts the living.
  final class Witness: Sendable {
    private let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    deinit { body() }
  }

  @Test(
    "gives away what it was given, in order, whatever is appended in between", arguments: 0..<50 as Range<UInt64>)
  func order(seed: UInt64) {
    var outbox = Outbox<[Int]>()
    var model: [[Int]] = []
    for step in 0..<400 {
      let roll = Choices(seed: seed).choose(Purpose(900, "outbox"), Entities(0), UInt64(step), below: 100)
      // Rising and falling, so that it grows while its beginning is used up.
      if roll < (step % 100 < 50 ? 70 : 30) {
        outbox.append([step])
        model.append([step])
      } else {
        #expect(outbox.popFirst() == (model.isEmpty ? nil : model.removeFirst()))
      }
      #expect(outbox.count == model.count && outbox.isEmpty == model.isEmpty)
      guard step % 37 == 0 else { continue }
      #expect(Array(outbox) == model && outbox.withElements { Array($0) } == model)
      var lent: [[Int]] = []
      outbox.lendEach { lent.append($0) }
      #expect(lent == model)
    }
    outbox.removeAll()
    #expect(outbox.isEmpty)
  }

  @Test("is a value: neither of two copies sees what becomes of the other")
  func copies() {
    var first = Outbox([[1], [2], [3]])
    var second = first
    #expect(second.popFirst() == [1])
    second.append([4])
    #expect(Array(first) == [[1], [2], [3]])
    #expect(Array(second) == [[2], [3], [4]])
    first.removeAll()
    #expect(Array(second) == [[2], [3], [4]])
  }

  enum Effect: Equatable {
    case send([Int], to: String, after: Int?)
    case words([String])
    case nothing
  }

  @Test("lends what is large and of many kinds, and a copy that is emptied meanwhile does not matter")
  func lending() {
    let effects: [Effect] = [
      .send([1, 2], to: "a" + String(repeating: "b", count: 40), after: 7), .nothing, .words(["c", "d"]),
    ]
    var copy = Outbox(effects)
    let outbox = copy
    var lent: [Effect] = []
    outbox.lendEach { effect in
      copy.removeAll()
      copy.append(.words(["other"]))
      if case .send(let numbers, let to, let after) = effect {
        lent.append(.send(numbers, to: to, after: after))
      } else {
        lent.append(effect)
      }
    }
    #expect(lent == effects && Array(outbox) == effects && Array(copy) == [.words(["other"])])
  }

  @Test("keeps what it holds alive, and nothing that has left it")
  func lifetimes() async {
    await confirmation(expectedCount: 6) { gone in
      do {
        var outbox = Outbox<Witness>()
        for _ in 0..<6 { outbox.append(Witness { gone() }) }
        let copy = outbox
        for _ in 0..<3 { _ = outbox.popFirst() }
        #expect(outbox.count == 3 && copy.count == 6)
        var kept: [Witness] = []
        outbox.lendEach { kept.append($0) }
        copy.lendEach { _ in }
        outbox.removeAll()
        #expect(kept.count == 3)
      }
    }
  }
}
