import Primitives

/// Which nodes of a mesh own keys, as its council has decided: all but those that are taken out of service. A value that
/// is equal wherever it has the same version.
public struct Registry: Hashable, Sendable {
  /// What the council holds of a node.
  public enum Standing: UInt8, Hashable, Sendable, CaseIterable {
    case serving
    /// Others own its keys.
    case drained
    /// Others own its keys, and no way leads through it where there is another.
    case quarantined
  }

  public struct Deviation: Hashable, Sendable {
    public let node: NodeID
    public let standing: Standing
  }

  /// What a council decides on.
  public struct Decision: Hashable, Sendable {
    public let node: NodeID
    public let standing: Standing

    public init(_ node: NodeID, _ standing: Standing) {
      self.node = node
      self.standing = standing
    }
  }

  /// The decision that it comes from; 0 at the beginning.
  public private(set) var version: UInt64 = 0
  /// All that are out of service, ascending.
  public private(set) var deviations: ContiguousArray<Deviation> = []

  public init() {}

  public subscript(node: NodeID) -> Standing {
    let place = place(of: node)
    return holds(node, at: place) ? deviations[place].standing : .serving
  }

  /// Whether the decision would change anything, and may: more than half of the nodes must go on serving, or those that
  /// are left would drown.
  package func admits(_ decision: Decision, nodes: Int) -> Bool {
    let standing = self[decision.node]
    guard decision.node.index < nodes, standing != decision.standing else { return false }
    return standing != .serving || (deviations.count + 1) * 2 < nodes
  }

  /// - Precondition: it is admitted.
  package mutating func apply(_ decision: Decision, version: UInt64) {
    let place = place(of: decision.node)
    let isListed = holds(decision.node, at: place)
    let deviation = Deviation(node: decision.node, standing: decision.standing)
    if decision.standing == .serving {
      deviations.remove(at: place)
    } else if isListed {
      deviations[place] = deviation
    } else {
      deviations.insert(deviation, at: place)
    }
    self.version = version
  }

  // MARK: Keys

  /// Whose key it is: keys are dealt out evenly, and those of a node that is out of service evenly among the rest.
  ///
  /// - Parameter nodes: in all; at least one of them serves.
  public func owner(of key: UInt64, nodes: Int) -> NodeID {
    let home = Self.deal(avalanche(key), nodes)
    guard !deviations.isEmpty, self[home] != .serving else { return home }
    var hash = avalanche(key)
    for _ in 0..<64 {
      hash = avalanche(hash &+ 0x9E37_79B9_7F4A_7C15)
      let other = Self.deal(hash, nodes)
      if self[other] == .serving { return other }
    }
    // With half of the nodes in service, one in 2⁶⁴ keys comes here.
    return (0..<nodes).lazy.map { NodeID(UInt32($0)) }.first { self[$0] == .serving } ?? home
  }

  private static func deal(_ hash: UInt64, _ nodes: Int) -> NodeID {
    NodeID(UInt32(hash.multipliedFullWidth(by: UInt64(nodes)).high))
  }

  private func place(of node: NodeID) -> Int { deviations.firstIndex { $0.node >= node } ?? deviations.count }

  private func holds(_ node: NodeID, at place: Int) -> Bool {
    place < deviations.count && deviations[place].node == node
  }
}

/// What nodes tell each other of it.
extension Registry {
  package var wireSize: Int { 12 + 5 * deviations.count }

  package func encode(into writer: inout WireWriter) {
    writer.write(version)
    writer.write(UInt32(deviations.count))
    for deviation in deviations {
      writer.write(deviation.node.rawValue)
      writer.write(deviation.standing.rawValue)
    }
  }

  package static func decode(from reader: inout WireReader) throws(WireError) -> Registry {
    var registry = Registry()
    registry.version = try reader.word64()
    let count = try reader.word32()
    var last: NodeID?
    for _ in 0..<count {
      let position = reader.position
      let node = NodeID(try reader.word32())
      guard last.map({ $0 < node }) ?? true else {
        throw WireError(position: position, expected: "ascending nodes")
      }
      last = node
      guard let standing = Standing(rawValue: try reader.byte()), standing != .serving else {
        throw WireError(position: position + 4, expected: "1 or 2")
      }
      registry.deviations.append(Deviation(node: node, standing: standing))
    }
    return registry
  }

  func fold(into digest: inout Digest) {
    digest.fold(version, UInt64(deviations.count))
    for deviation in deviations {
      digest.fold(UInt64(deviation.node.rawValue), UInt64(deviation.standing.rawValue))
    }
  }

  package var words: String {
    let names = deviations.map {
      "n\(UInt64($0.node.rawValue) + 1) \($0.standing == .drained ? "drained" : "quarantined")"
    }
    return "version \(version): " + (names.isEmpty ? "all serve" : names.joined(separator: ", "))
  }
}

extension Registry.Decision {
  package static let wireSize = 5

  package func encode(into writer: inout WireWriter) {
    writer.write(node.rawValue)
    writer.write(standing.rawValue)
  }

  package static func decode(from reader: inout WireReader) throws(WireError) -> Registry.Decision {
    let node = NodeID(try reader.word32())
    let position = reader.position
    guard let standing = Registry.Standing(rawValue: try reader.byte()) else {
      throw WireError(position: position, expected: "0, 1 or 2")
    }
    return Registry.Decision(node, standing)
  }

  package var bytes: [UInt8] {
    var writer = WireWriter(capacity: Self.wireSize)
    encode(into: &writer)
    return writer.bytes
  }

  /// nil for a no-op, and for what was damaged.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.wireSize else { return nil }
    var reader = WireReader(bytes)
    guard let decision = try? Registry.Decision.decode(from: &reader) else { return nil }
    self = decision
  }
}
