import Primitives
import Scenarios
import Testing

/// Draws for mutations: the house's own door for randomness, one word after another.
private struct Draws {
  private static let purpose = Purpose(60_000, "test-mutation")
  let choices: Choices
  var count: UInt64 = 0

  init(seed: UInt64) { choices = Choices(seed: seed) }

  mutating func below(_ bound: Int) -> Int {
    count += 1
    return Int(choices.choose(Self.purpose, Entities(0), count, below: UInt64(max(1, bound))))
  }
}

@Suite struct MutationTests {
  private static let pieces = [
    "{", "}", "[", "]", ": ", "- ", "? ", "&a ", "*a", "*a: ", "<<: ", "!!binary ", "! ", "|\n", ">\n", "'", "\"",
    "\\",
    "#",
    "---\n", "...\n", "%TAG", "\n", "\r", "\t", "\0", "\u{FEFF}", "\u{10FFFD}", "\u{2028}", "e\u{301}", "\u{1F600}",
    "~", "null",
    ".inf", ".nan", "-1", "0", "1e999", "18446744073709551616", "99999999999999999999999999999999999999999",
    "9999999999d",
    "0.0000000000000000001s", "3652.5d", "0s", "100%", "0%", "1ns..2ns", "leader", "others", "clients", "gossip",
    "stream",
  ]

  /// One to four changes: bytes cut, doubled, replaced or swapped, pieces put in.
  private static func mutant(of text: [UInt8], seed: UInt64) -> [UInt8] {
    var draws = Draws(seed: seed)
    var bytes = text
    for _ in 0...draws.below(4) {
      let start = draws.below(bytes.count)
      let end = min(bytes.count, start + 1 + draws.below(1 << draws.below(8)))
      switch draws.below(10) {
      case 0: bytes.removeSubrange(start..<end)
      case 1: bytes.insert(contentsOf: bytes[start..<end], at: draws.below(bytes.count))
      case 2: bytes[start] = UInt8(draws.below(256))
      case 3: bytes.swapAt(start, draws.below(bytes.count))
      case 4:
        let other = pieces[draws.below(pieces.count)]
        bytes.replaceSubrange(start..<end, with: other.utf8)
      case 5:
        // A value in the place of another one.
        let stop = bytes[start...].firstIndex { [0x2C, 0x7D, 0x0A, 0x5D].contains($0) } ?? end
        bytes.replaceSubrange(start..<stop, with: pieces[draws.below(pieces.count)].utf8)
      case 6...8:
        // Another number where one stands.
        let digit = bytes[start...].firstIndex { (0x30...0x39).contains($0) } ?? start
        bytes[digit] = UInt8(0x30 + draws.below(10))
      default: bytes.insert(contentsOf: pieces[draws.below(pieces.count)].utf8, at: start)
      }
      if bytes.isEmpty { bytes = Array("a".utf8) }
    }
    return bytes
  }

  @Test(arguments: Texts.readable.indices, 0..<4)
  func `no mutant of a scenario traps, and one that still reads is written and read again`(
    _ index: Int, _ round: Int
  )
    throws
  {
    let text = Array(Texts.readable[index].utf8)
    var read = 0
    for seed in 0..<1_500 {
      let bytes = Self.mutant(of: text, seed: UInt64(round * 100_000 + seed))
      guard let mutant = String(validating: bytes, as: UTF8.self),
        let scenario = try? ScenarioReader.read(text: mutant, file: "a.yaml")
      else { continue }
      read += 1
      let written = ScenarioWriter.yaml(scenario)
      #expect(try ScenarioReader.read(text: written, file: "b.yaml") == scenario, "seed \(round * 100_000 + seed)")
    }
    #expect(read > 10)
  }

  @Test(arguments: [
    "seed", "duration", "heal_at", "cluster.nodes", "cluster.raft", "cluster.raft.heartbeat", "network",
    "network.latency",
    "network.loss", "network.bandwidth", "network.links.0.to", "workload.rate", "workload.mix", "workload.keys",
    "workload.keys.zipf",
    "workload.value_size", "faults", "faults.0", "faults.0.at", "faults.0.partition", "faults.1.every", "expect",
    "expect.2.at_most",
  ])
  func `no setting traps`(_ key: String) throws {
    for (index, first) in Self.pieces.enumerated() {
      // A fifth of all pairs, each piece in front and behind.
      for second in [""] + stride(from: index % 5, to: Self.pieces.count, by: 5).map({ Self.pieces[$0] }) {
        guard
          let scenario = try? ScenarioReader.read(
            text: Texts.design, file: "a.yaml", settings: [(key: key, value: first + second)])
        else { continue }
        #expect(try ScenarioReader.read(text: ScenarioWriter.yaml(scenario), file: "b.yaml") == scenario)
      }
    }
  }
}
