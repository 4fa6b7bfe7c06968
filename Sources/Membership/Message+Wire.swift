import Primitives

/// The wire form: fixed-width fields in the order of their declaration, the number of updates in a byte, and nine
/// bytes for each. The kind travels outside, with the program's own.
extension Membership.Message {
  public static let kinds: [StaticString] = ["Ping", "Ack", "PingRequest"]

  public var kind: UInt8 { form.rawValue }

  /// Exactly the number of bytes that `encode` writes.
  public var wireSize: Int { 13 + 9 * updates.count }

  /// - Precondition: at most 255 updates.
  public func encode(into writer: inout WireWriter) {
    writer.write(sequence)
    writer.write(initiator.rawValue)
    writer.write(target.rawValue)
    writer.write(UInt8(updates.count))
    for update in updates {
      writer.write(update.node.rawValue)
      writer.write(update.incarnation)
      writer.write(update.status.rawValue)
    }
  }

  public static func decode(
    kind: UInt8, from reader: inout WireReader
  ) throws(WireError) -> Membership.Message {
    guard let form = Form(rawValue: kind) else {
      throw WireError(position: reader.position, expected: "a kind of membership message")
    }
    let sequence = try reader.word32()
    let initiator = NodeID(try reader.word32())
    let target = NodeID(try reader.word32())
    var updates: [Membership.Update] = []
    for _ in 0..<(try reader.byte()) {
      let node = NodeID(try reader.word32())
      let incarnation = try reader.word32()
      let position = reader.position
      guard let status = Membership.Status(rawValue: try reader.byte()) else {
        throw WireError(position: position, expected: "alive, suspect or dead")
      }
      updates.append(Membership.Update(node, status, incarnation: incarnation))
    }
    return Membership.Message(form, sequence: sequence, initiator: initiator, target: target, updates: updates)
  }

  public func fold(into digest: inout Digest) {
    digest.fold(UInt64(sequence) << 8 | UInt64(kind), UInt64(initiator.rawValue) << 32 | UInt64(target.rawValue))
    digest.fold(UInt64(updates.count))
    for update in updates { update.fold(into: &digest) }
  }

  /// What is in it, for people; its kind stands before.
  public var words: String {
    let probe = "\(sequence) of \(initiator.words) for \(target.words)"
    return updates.isEmpty ? probe : probe + ": " + updates.map(\.words).joined(separator: ", ")
  }
}

extension Membership.Update {
  public func fold(into digest: inout Digest) {
    digest.fold(UInt64(node.rawValue), UInt64(incarnation) << 8 | UInt64(status.rawValue))
  }

  /// `n3 suspect in 4`: the member, its status and its incarnation.
  public var words: String { "\(node.words) \(status) in \(incarnation)" }
}

extension NodeID {
  fileprivate var words: String { "n\(UInt64(rawValue) + 1)" }
}
