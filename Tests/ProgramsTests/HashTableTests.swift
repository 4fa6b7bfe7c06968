import Primitives
import Programs
import Testing

@Suite("The store's table")
struct HashTableTests {
  @Test(
    "It is a dictionary, however its hashes crowd", arguments: [1, 16, 1 << 40] as [UInt64], 0..<20 as Range<UInt64>
  )
  func model(stride: UInt64, seed: UInt64) {
    var dice = Dice(seed: seed)
    var table = HashTable<UInt64>()
    // Looked up and never iterated.
    var model: [UInt64: UInt64] = [:]
    for step in 0..<3_000 as Range<UInt64> {
      // Multiples of a power of two share their low bits, and so a home.
      let hash = dice.below(60) &* stride &+ (dice.below(4) == 0 ? 15 : 0)
      switch (table.place(of: hash), dice.below(3)) {
      case (let place?, 0):
        table.remove(at: place)
        model[hash] = nil
      case (let place?, _):
        #expect(table.hash(at: place) == hash && table[place] == model[hash])
        table[place] = step
        model[hash] = step
      case (nil, _):
        #expect(model[hash] == nil)
        table.insert(step, hash)
        model[hash] = step
      }
      #expect(table.count == model.count)
    }
    for (hash, value) in model { #expect(table.place(of: hash).map { table[$0] } == value) }
  }
}
