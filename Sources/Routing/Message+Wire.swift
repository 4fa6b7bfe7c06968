import Primitives

/// The wire form of each message: fixed-width fields in the order of their declaration. The kind travels outside,
/// with the program's own.
extension Message {
  public static let kinds: [StaticString] = ["Adverts", "Summary"]

  public var kind: UInt8 {
    switch self {
    case .adverts: 0
    case .summary: 1
    }
  }

  /// Exactly the number of bytes that `encode` writes.
  public var wireSize: Int {
    switch self {
    case .adverts(let adverts): adverts.reduce(4) { $0 + 16 + $1.links.count * 9 }
    case .summary: 13
    }
  }

  public func encode(into writer: inout WireWriter) {
    switch self {
    case .adverts(let adverts):
      writer.write(UInt32(adverts.count))
      for advert in adverts {
        writer.write(advert.origin.rawValue)
        writer.write(advert.sequence)
        writer.write(UInt32(advert.links.count))
        for link in advert.links {
          writer.write(link.neighbour.rawValue)
          writer.write(link.cost)
          writer.write(UInt8(link.isDown ? 1 : 0))
        }
      }
    case .summary(let summary):
      writer.write(summary.count)
      writer.write(summary.sum)
      writer.write(UInt8(summary.isAnswer ? 1 : 0))
    }
  }

  public static func decode(kind: UInt8, from reader: inout WireReader) throws(WireError) -> Message {
    switch kind {
    case 0:
      // Whatever is claimed, the bytes run out before the memory does.
      let count = try reader.word32()
      var adverts: ContiguousArray<Advert> = []
      for _ in 0..<count { adverts.append(try advert(from: &reader)) }
      return .adverts(adverts)
    case 1:
      return .summary(
        Summary(count: try reader.word32(), sum: try reader.word64(), isAnswer: try flag(from: &reader)))
    default:
      throw WireError(position: reader.position, expected: "a kind of routing message")
    }
  }

  private static func advert(from reader: inout WireReader) throws(WireError) -> Advert {
    let origin = NodeID(try reader.word32())
    let position = reader.position
    let sequence = try reader.word64()
    guard sequence > 0, sequence < Advert.sequenceBound else {
      throw WireError(position: position, expected: "a sequence number from 1, below 2⁶²")
    }
    let count = try reader.word32()
    var links: ContiguousArray<LinkReport> = []
    for _ in 0..<count {
      let position = reader.position
      let neighbour = NodeID(try reader.word32())
      guard links.last.map({ $0.neighbour < neighbour }) ?? true else {
        throw WireError(position: position, expected: "neighbours in ascending order")
      }
      let costPosition = reader.position
      let cost = try reader.word32()
      guard (1...Topology.highestCost).contains(cost) else {
        throw WireError(position: costPosition, expected: "a cost from 1 to 65,535")
      }
      links.append(LinkReport(neighbour: neighbour, cost: cost, isDown: try flag(from: &reader)))
    }
    return Advert(origin: origin, sequence: sequence, links: links)
  }

  private static func flag(from reader: inout WireReader) throws(WireError) -> Bool {
    let position = reader.position
    let flag = try reader.byte()
    guard flag <= 1 else { throw WireError(position: position, expected: "0 or 1") }
    return flag == 1
  }

  public func fold(into digest: inout Digest) {
    switch self {
    case .adverts(let adverts):
      digest.fold(0, UInt64(adverts.count))
      for advert in adverts { advert.fold(into: &digest) }
    case .summary(let summary):
      digest.fold(summary.isAnswer ? 2 : 1, UInt64(summary.count))
      digest.fold(summary.sum)
    }
  }
}

extension Advert {
  func fold(into digest: inout Digest) { digest.fold(fingerprint, sequence) }
}
