import Primitives

/// The bytes of a configuration, as an entry's command and in a snapshot's name: four lists of servers, each its length and the
/// numbers in ascending order.
extension Configuration {
  /// More servers than any group has.
  static let mostServers = 1_024

  public var wireSize: Int { 16 + 4 * (voters.count + outgoing.count + learners.count + next.count) }

  public func encode(into writer: inout WireWriter) {
    for list in [voters, outgoing, learners, next] {
      writer.write(UInt32(list.count))
      for node in list { writer.write(node.rawValue) }
    }
  }

  /// - Throws: for what no leader appends.
  public static func decode(from reader: inout WireReader) throws(WireError) -> Configuration {
    let position = reader.position
    var lists: [[NodeID]] = []
    for _ in 0..<4 {
      let count = try reader.word32()
      guard count <= mostServers else {
        throw WireError(position: position, expected: "a configuration of at most 1,024 servers")
      }
      var list: [NodeID] = []
      for _ in 0..<count { list.append(NodeID(try reader.word32())) }
      lists.append(list)
    }
    let isAscending = lists.allSatisfy { list in zip(list, list.dropFirst()).allSatisfy { $0 < $1 } }
    let voting = Set(lists[0] + lists[1])
    let known = voting.union(lists[2])
    guard isAscending, !lists[0].isEmpty, lists[1].isEmpty || lists[3].isEmpty,
      !lists[2].contains(where: voting.contains), lists[3].allSatisfy(known.contains)
    else { throw WireError(position: position, expected: "a configuration that a group may have") }
    return Configuration(voters: lists[0], outgoing: lists[1], learners: lists[2], next: lists[3])
  }

  var bytes: [UInt8] {
    var writer = WireWriter()
    encode(into: &writer)
    return writer.bytes
  }

  init?(bytes: [UInt8]) {
    var reader = WireReader(bytes)
    guard let found = try? Configuration.decode(from: &reader), (try? reader.end()) != nil else { return nil }
    self = found
  }

  func fold(into digest: inout Digest) {
    for list in [voters, outgoing, learners, next] {
      digest.fold(UInt64(list.count))
      for node in list { digest.fold(UInt64(node.rawValue)) }
    }
  }
}
