import Primitives

/// The wire form of each message: fixed-width fields in the order of their declaration. The kind travels
/// outside, with the program's own. `hints` is whether rejections tell where the logs may agree: there are
/// servers that do not say so, and leaders that would not understand it.
extension Message {
  /// Names of the kinds from 0, and of those from 13: programs have numbered messages of their own between the two.
  public static let kinds: [StaticString] = [
    "RequestVote", "VoteReply", "AppendEntries", "AppendReply", "PreVote", "PreVoteReply", "ReadIndex",
    "ReadIndexReply",
  ]
  /// In the last term of a RequestVote, no term being as high: its leader has asked for the election.
  private static var handedOverMark: UInt64 { 1 << 63 }

  public static let laterKinds: [StaticString] = ["InstallSnapshot", "SnapshotReply", "TimeoutNow"]

  @inlinable
  public var kind: UInt8 {
    switch self {
    case .requestVote(let message): message.isPreVote ? 4 : 0
    case .voteReply(let message): message.isPreVote ? 5 : 1
    case .appendEntries: 2
    case .appendReply: 3
    case .readIndex: 6
    case .readIndexReply: 7
    case .installSnapshot: 13
    case .snapshotReply: 14
    case .timeoutNow: 15
    }
  }

  /// Exactly the number of bytes that `encode` writes.
  public func wireSize(hints: Bool = true) -> Int {
    switch self {
    case .requestVote: 24
    case .voteReply: 9
    case .appendEntries(let message): message.entries.reduce(44) { $0 + $1.wireSize }
    case .appendReply: hints ? 41 : 25
    case .readIndex: 16
    case .readIndexReply: 24
    case .installSnapshot(let message):
      60 + message.piece.count + (message.name.configuration.map { $0.wireSize } ?? 0)
    case .snapshotReply: 33
    case .timeoutNow: 8
    }
  }

  public func encode(into writer: inout WireWriter, hints: Bool = true) {
    writer.write(term)
    switch self {
    case .requestVote(let message):
      writer.write(message.lastIndex)
      writer.write(message.isHandedOver ? message.lastTerm | Self.handedOverMark : message.lastTerm)
    case .voteReply(let message):
      writer.write(UInt8(message.granted ? 1 : 0))
    case .appendEntries(let message):
      writer.write(message.previousIndex)
      writer.write(message.previousTerm)
      writer.write(message.commit)
      writer.write(message.stamp.rawValue)
      writer.write(UInt32(message.entries.count))
      for entry in message.entries {
        writer.write(entry.isConfiguration ? entry.term | Entry.configurationMark : entry.term)
        writer.write(entry.command)
      }
    case .appendReply(let message):
      let (tag, words) = message.result.wireWords
      writer.write(message.stamp.rawValue)
      writer.write(tag)
      writer.write(words.0)
      guard hints else { return }
      writer.write(words.1)
      writer.write(words.2)
    case .readIndex(let message): writer.write(message.ticket)
    case .readIndexReply(let message):
      writer.write(message.ticket)
      // No log is as long.
      writer.write(message.index ?? .max)
    case .installSnapshot(let message):
      writer.write(message.stamp.rawValue)
      writer.write(message.name.lastIndex)
      // Where the group has another configuration than it began with, that stands behind.
      let configuration = message.name.configuration
      writer.write(configuration == nil ? message.name.lastTerm : message.name.lastTerm | Entry.configurationMark)
      configuration?.encode(into: &writer)
      writer.write(message.name.size)
      writer.write(message.name.fingerprint)
      writer.write(message.offset)
      writer.write(message.piece)
    case .snapshotReply(let message):
      let (tag, offset) = message.result.wireWords
      writer.write(message.stamp.rawValue)
      writer.write(message.lastIndex)
      writer.write(tag)
      writer.write(offset)
    case .timeoutNow: break
    }
  }

  public static func decode(
    kind: UInt8, from reader: inout WireReader, hints: Bool = true
  ) throws(WireError) -> Message {
    let start = reader.position
    let term = try reader.word64()
    // A damaged term near the end of the range would leave no term to campaign in.
    guard term < 1 << 63 else { throw WireError(position: start, expected: "a term below 2⁶³") }
    switch kind {
    case 0, 4: return .requestVote(try requestVote(term, isPreVote: kind == 4, from: &reader))
    case 1, 5:
      let position = reader.position
      let flag = try reader.byte()
      guard flag <= 1 else { throw WireError(position: position, expected: "0 or 1") }
      return .voteReply(VoteReply(term: term, granted: flag == 1, isPreVote: kind == 5))
    case 2: return .appendEntries(try appendEntries(term, from: &reader))
    case 3: return .appendReply(try appendReply(term, from: &reader, hints: hints))
    case 6: return .readIndex(ReadIndex(term: term, ticket: try reader.word64()))
    case 7:
      let ticket = try reader.word64()
      let index = try reader.word64()
      return .readIndexReply(ReadIndexReply(term: term, ticket: ticket, index: index == .max ? nil : index))
    case 13: return .installSnapshot(try installSnapshot(term, from: &reader))
    case 15: return .timeoutNow(TimeoutNow(term: term))
    case 14: return .snapshotReply(try snapshotReply(term, from: &reader))
    default:
      throw WireError(position: reader.position, expected: "a kind of Raft message")
    }
  }

  private static func requestVote(
    _ term: Term, isPreVote: Bool, from reader: inout WireReader
  ) throws(WireError) -> RequestVote {
    let lastIndex = try reader.word64()
    let position = reader.position
    let word = try reader.word64()
    let isHandedOver = word & handedOverMark != 0
    guard !isPreVote || !isHandedOver else {
      throw WireError(position: position, expected: "a term below 2⁶³")
    }
    return RequestVote(
      term: term, lastIndex: lastIndex, lastTerm: word & ~handedOverMark, isPreVote: isPreVote,
      isHandedOver: isHandedOver)
  }

  private static func stamp(from reader: inout WireReader) throws(WireError) -> Stamp {
    let position = reader.position
    guard let stamp = Stamp(rawValue: try reader.word64()) else {
      throw WireError(position: position, expected: "a round, with what a server's disk has kept")
    }
    return stamp
  }

  private static func appendReply(
    _ term: Term, from reader: inout WireReader, hints: Bool
  ) throws(WireError) -> AppendReply {
    let stamp = try stamp(from: &reader)
    let position = reader.position
    let tag = try reader.byte()
    let index = try reader.word64()
    let hint = hints ? (try reader.word64(), try reader.word64()) : (0, 0)
    guard let result = AppendReply.Result(wireTag: tag, words: (index, hint.0, hint.1)) else {
      throw WireError(position: position, expected: "the result of an AppendEntries")
    }
    return AppendReply(term: term, stamp: stamp, result: hints ? result : result.withoutHint)
  }

  private static func appendEntries(
    _ term: Term, from reader: inout WireReader
  ) throws(WireError) -> AppendEntries {
    var message = AppendEntries(
      term: term, previousIndex: try reader.word64(), previousTerm: try reader.word64(),
      commit: try reader.word64(), stamp: try stamp(from: &reader), entries: [])
    let count = try reader.word32()
    for _ in 0..<count {
      message.entries.append(try entry(from: &reader))
    }
    return message
  }

  private static func entry(from reader: inout WireReader) throws(WireError) -> Entry {
    let position = reader.position
    let mark = try reader.word64()
    let (term, command) = (mark & ~Entry.configurationMark, try reader.string())
    guard mark != term else { return Entry(term: term, command: command) }
    guard let configuration = Configuration(bytes: command) else {
      throw WireError(position: position, expected: "a configuration that a group may have")
    }
    return Entry(term: term, configuration: configuration)
  }

  private static func installSnapshot(
    _ term: Term, from reader: inout WireReader
  ) throws(WireError) -> InstallSnapshot {
    let stamp = try stamp(from: &reader)
    let (lastIndex, mark) = (try reader.word64(), try reader.word64())
    let lastTerm = mark & ~Entry.configurationMark
    let configuration = mark == lastTerm ? nil : try Configuration.decode(from: &reader)
    let name = Snapshot.Name(
      lastIndex: lastIndex, lastTerm: lastTerm, configuration: configuration, size: try reader.word64(),
      fingerprint: try reader.word64())
    let position = reader.position
    // No log is as long, and no entry of a leader's is of a later term than its own.
    guard name.lastIndex > 0, name.lastIndex < 1 << 62, name.lastTerm > 0, name.lastTerm <= term else {
      throw WireError(position: position, expected: "a snapshot of entries that its leader may have")
    }
    let offset = try reader.word64()
    let piece = try reader.string()
    guard offset <= name.size, UInt64(piece.count) <= name.size - offset else {
      throw WireError(position: position, expected: "a piece that lies within the snapshot")
    }
    return InstallSnapshot(term: term, stamp: stamp, name: name, offset: offset, piece: piece)
  }

  private static func snapshotReply(_ term: Term, from reader: inout WireReader) throws(WireError) -> SnapshotReply
  {
    let stamp = try stamp(from: &reader)
    let index = try reader.word64()
    let position = reader.position
    let tag = try reader.byte()
    guard let result = SnapshotReply.Result(wireTag: tag, offset: try reader.word64()) else {
      throw WireError(position: position, expected: "the result of an InstallSnapshot")
    }
    return SnapshotReply(term: term, stamp: stamp, lastIndex: index, result: result)
  }

  public func fold(into digest: inout Digest) {
    switch self {
    case .requestVote(let message):
      digest.fold(message.term, message.lastIndex)
      digest.fold(message.lastTerm, (message.isPreVote ? 1 : 0) | (message.isHandedOver ? 2 : 0))
    case .voteReply(let message):
      digest.fold(message.term, (message.granted ? 1 : 0) | (message.isPreVote ? 2 : 0))
    case .appendEntries(let message):
      digest.fold(message.term, message.previousIndex)
      digest.fold(message.previousTerm, message.commit)
      digest.fold(UInt64(message.entries.count), message.stamp.rawValue)
      for entry in message.entries { digest.fold(entry.fingerprint) }
    case .appendReply(let message):
      let (tag, words) = message.result.wireWords
      digest.fold(message.term, message.stamp.rawValue)
      digest.fold(words.0, words.1)
      digest.fold(words.2, UInt64(tag))
    case .readIndex(let message): digest.fold(message.term, message.ticket)
    case .readIndexReply(let message):
      digest.fold(message.term, message.ticket)
      digest.fold(message.index ?? .max)
    case .installSnapshot(let message):
      digest.fold(message.term, message.stamp.rawValue)
      message.name.fold(into: &digest)
      digest.fold(message.offset)
      digest.fold(bytes: message.piece)
    case .snapshotReply(let message):
      let (tag, offset) = message.result.wireWords
      digest.fold(message.term, message.stamp.rawValue)
      digest.fold(message.lastIndex, offset << 8 | UInt64(tag))
    case .timeoutNow(let message): digest.fold(message.term)
    }
  }
}

extension SnapshotReply.Result {
  fileprivate var wireWords: (tag: UInt8, offset: UInt64) {
    switch self {
    case .holds(let offset): (0, offset)
    case .refused: (1, 0)
    case .stale: (2, 0)
    }
  }

  fileprivate init?(wireTag: UInt8, offset: UInt64) {
    switch wireTag {
    case 0: self = .holds(offset)
    case 1: self = .refused
    case 2: self = .stale
    default: return nil
    }
  }
}

extension AppendReply.Result {
  fileprivate var wireWords: (tag: UInt8, words: (UInt64, UInt64, UInt64)) {
    switch self {
    case .matched(let index): (0, (index, 0, 0))
    case .rejected(let previous, let term, let index): (1, (previous, term, index))
    case .stale: (2, (0, 0, 0))
    }
  }

  fileprivate init?(wireTag: UInt8, words: (UInt64, UInt64, UInt64)) {
    switch wireTag {
    case 0: self = .matched(words.0)
    case 1: self = .rejected(previous: words.0, conflictTerm: words.1, conflictIndex: words.2)
    case 2: self = .stale
    default: return nil
    }
  }
}
