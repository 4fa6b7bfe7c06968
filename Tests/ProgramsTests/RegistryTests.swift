import Primitives
import Programs
import Testing

@Suite("The registry of a mesh")
struct RegistryTests {
  static func registry(_ decisions: [(UInt32, Registry.Standing)]) -> Registry {
    var registry = Registry()
    for (place, decision) in decisions.enumerated() {
      registry.apply(Registry.Decision(NodeID(decision.0), decision.1), version: UInt64(place) + 1)
    }
    return registry
  }

  static func owners(_ registry: Registry, nodes: Int, keys: Int = 20_000) -> [NodeID] {
    (0..<UInt64(keys)).map { registry.owner(of: $0, nodes: nodes) }
  }

  static func encoded(_ registry: Registry) -> [UInt8] {
    var writer = WireWriter()
    registry.encode(into: &writer)
    return writer.bytes
  }

  @Test("Whoever is out of service owns nothing, and its keys alone move", arguments: 3...9)
  func moves(nodes: Int) {
    let before = Self.owners(Registry(), nodes: nodes)
    var decisions: [(UInt32, Registry.Standing)] = []
    for out in 0..<UInt32((nodes - 1) / 2) {
      decisions.append((out * 2, out % 2 == 0 ? .drained : .quarantined))
      let registry = Self.registry(decisions)
      let after = Self.owners(registry, nodes: nodes)
      for (old, new) in zip(before, after) {
        #expect(registry[new] == .serving)
        if registry[old] == .serving { #expect(new == old) }
      }
    }
  }

  @Test("The keys of a node that is out of service go to the others evenly")
  func balance() {
    let registry = Self.registry([(2, .drained), (5, .quarantined)])
    var counts = Array(repeating: 0, count: 6)
    for (old, new) in zip(Self.owners(Registry(), nodes: 6), Self.owners(registry, nodes: 6)) where old != new {
      counts[new.index] += 1
    }
    // Of 20,000 keys a third moves, to four nodes.
    #expect(counts[2] == 0 && counts[5] == 0)
    #expect([0, 1, 3, 4].allSatisfy { (1_500...1_850).contains(counts[$0]) }, "\(counts)")
  }

  @Test("Keys come back to whoever serves again, and it does not matter in which order nodes left and came back")
  func back() {
    let one = Self.registry([(1, .drained), (3, .quarantined), (1, .quarantined), (1, .serving), (0, .drained)])
    let other = Self.registry([(0, .drained), (3, .quarantined)])
    #expect(one.deviations == other.deviations && one.version == 5 && one != other)
    #expect(Self.owners(one, nodes: 8) == Self.owners(other, nodes: 8))
    let none = Self.registry([(3, .drained), (3, .serving)])
    #expect(Self.owners(none, nodes: 8) == Self.owners(Registry(), nodes: 8))
  }

  @Test("Its words name nodes as people do")
  func words() {
    #expect(Registry().words == "version 0: all serve")
    let registry = Self.registry([(3, .quarantined), (0, .drained)])
    #expect(registry.words == "version 2: n1 drained, n4 quarantined")
  }

  @Test("Fewer than half of the nodes may be out of service", arguments: 1...9)
  func cap(nodes: Int) {
    var registry = Registry()
    var out = 0
    for node in 0..<UInt32(nodes) {
      let decision = Registry.Decision(NodeID(node), .drained)
      guard registry.admits(decision, nodes: nodes) else { continue }
      registry.apply(decision, version: UInt64(node) + 1)
      out += 1
    }
    #expect(out == (nodes - 1) / 2)
    // Another standing of who is out already, and a return, are always possible.
    for deviation in registry.deviations {
      #expect(registry.admits(Registry.Decision(deviation.node, .quarantined), nodes: nodes))
      #expect(registry.admits(Registry.Decision(deviation.node, .serving), nodes: nodes))
    }
  }

  @Test("What changes nothing is not admitted, nor is a node that is not there")
  func noChange() {
    let registry = Self.registry([(1, .drained)])
    #expect(!registry.admits(Registry.Decision(NodeID(1), .drained), nodes: 5))
    #expect(!registry.admits(Registry.Decision(NodeID(0), .serving), nodes: 5))
    #expect(!registry.admits(Registry.Decision(NodeID(5), .drained), nodes: 5))
    #expect(registry.admits(Registry.Decision(NodeID(4), .drained), nodes: 5))
  }

  // MARK: Wire form

  static let registries = [
    registry([]), registry([(7, .drained)]), registry([(0, .quarantined), (.max, .drained), (3, .quarantined)]),
    registry([(1, .drained), (1, .serving)]),
  ]

  @Test("It comes through its wire form whole, in as many bytes as it said", arguments: registries)
  func roundTrip(registry: Registry) throws {
    let bytes = Self.encoded(registry)
    #expect(bytes.count == registry.wireSize)
    var reader = WireReader(bytes)
    #expect(try Registry.decode(from: &reader) == registry && reader.remaining == 0)
    for length in 0..<bytes.count {
      var reader = WireReader(Array(bytes.prefix(length)))
      #expect(throws: WireError.self) { try Registry.decode(from: &reader) }
    }
  }

  @Test("Nodes that do not ascend, standings that there are not, and a count beyond the end are refused")
  func damaged() {
    func refused(_ change: (inout [UInt8]) -> Void) -> Bool {
      var bytes = Self.encoded(Self.registry([(1, .drained), (2, .quarantined)]))
      change(&bytes)
      var reader = WireReader(bytes)
      return (try? Registry.decode(from: &reader)) == nil
    }
    #expect(!refused { _ in })
    // The version, the count, and five bytes for each: the node, lowest byte first or last, and its standing.
    let nodes = [12..<16, 17..<21]
    #expect(refused { bytes in for byte in nodes[1] { bytes[byte] = bytes[byte - 5] } }, "the same twice")
    #expect(
      refused { bytes in for (one, other) in zip(nodes[0], nodes[1]) { bytes.swapAt(one, other) } }, "descending")
    for standing: UInt8 in [0, 3, 255] { #expect(refused { $0[16] = standing }) }
    #expect(!refused { $0[16] = 2 })
    for byte in 8..<12 { #expect(refused { $0[byte] = 0xFF }, "more than there are bytes") }
  }

  @Test("A decision is five bytes; none, other lengths and unknown standings are no decision")
  func decisions() {
    for standing in Registry.Standing.allCases {
      let decision = Registry.Decision(NodeID(.max), standing)
      #expect(decision.bytes.count == Registry.Decision.wireSize)
      #expect(Registry.Decision(decision.bytes) == decision)
      for length in 0..<5 { #expect(Registry.Decision(Array(decision.bytes.prefix(length))) == nil) }
      #expect(Registry.Decision(decision.bytes + [0]) == nil)
      #expect(Registry.Decision(decision.bytes.dropLast() + [3]) == nil)
    }
  }
}
