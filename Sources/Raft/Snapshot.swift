import Primitives

/// The state at the end of a prefix of the log, which stands for that prefix (section 7).
public struct Snapshot: Hashable, Sendable {
  // One word: what holds it is moved for every message.
  private let storage: Storage

  private final class Storage: Sendable {
    let name: Name
    let content: [UInt8]

    init(_ name: Name, _ content: [UInt8]) {
      self.name = name
      self.content = content
    }
  }

  /// - Parameter configuration: the one in force at `lastIndex`; nil where that is the one with which the group began.
  public init(lastIndex: LogIndex, lastTerm: Term, configuration: Configuration? = nil, content: [UInt8]) {
    var digest = Digest()
    // Of what it stands for too: a damaged index must not pass for a good snapshot.
    digest.fold(lastIndex, lastTerm)
    configuration?.fold(into: &digest)
    digest.fold(bytes: content)
    let name = Name(
      lastIndex: lastIndex, lastTerm: lastTerm, configuration: configuration, size: UInt64(content.count),
      fingerprint: digest.words.high)
    storage = Storage(name, content)
  }

  public var name: Name { storage.name }
  public var lastIndex: LogIndex { storage.name.lastIndex }
  public var lastTerm: Term { storage.name.lastTerm }
  public var configuration: Configuration? { storage.name.configuration }
  /// What the program made of its state. Shared by all copies.
  public var content: [UInt8] { storage.content }
  /// A mix of the content.
  public var fingerprint: UInt64 { storage.name.fingerprint }

  /// What tells one snapshot from another while its content is under way. Servers that have applied the same make the same
  /// one, so that a transfer that one leader began can be ended by the next.
  public struct Name: Hashable, Sendable {
    public let lastIndex: LogIndex
    public let lastTerm: Term
    /// nil where it is the one with which the group began.
    public let configuration: Configuration?
    /// Bytes of the content.
    public let size: UInt64
    public let fingerprint: UInt64

    public init(
      lastIndex: LogIndex, lastTerm: Term, configuration: Configuration? = nil, size: UInt64, fingerprint: UInt64
    ) {
      self.lastIndex = lastIndex
      self.lastTerm = lastTerm
      self.configuration = configuration
      self.size = size
      self.fingerprint = fingerprint
    }

    func fold(into digest: inout Digest) {
      digest.fold(lastIndex, lastTerm)
      digest.fold(size, fingerprint)
      configuration?.fold(into: &digest)
    }
  }

  public static func == (left: Snapshot, right: Snapshot) -> Bool {
    left.name == right.name && left.content == right.content
  }
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// A snapshot that arrives piece by piece.
struct IncomingSnapshot: Hashable, Sendable {
  let name: Snapshot.Name
  /// The last piece, once the program is to examine the whole.
  var examined: InstallSnapshot?
  /// From the beginning, without a gap.
  private(set) var content: [UInt8] = []

  init(_ name: Snapshot.Name) { self.name = name }

  /// Takes the piece where it continues what is here; one that was here before, or that leaves a gap, changes nothing.
  mutating func take(_ piece: InstallSnapshot) {
    guard piece.offset == UInt64(content.count), UInt64(piece.piece.count) <= name.size - piece.offset else {
      return
    }
    content += piece.piece
  }

  var isComplete: Bool { UInt64(content.count) == name.size }

  /// nil where the content is not the one that was named: a piece was damaged on its way.
  func snapshot() -> Snapshot? {
    let snapshot = Snapshot(
      lastIndex: name.lastIndex, lastTerm: name.lastTerm, configuration: name.configuration, content: content)
    return snapshot.name == name ? snapshot : nil
  }
}

/// A snapshot under way to a follower.
struct Transfer: Hashable, Sendable {
  /// The follower's place among the members.
  var peer: Int
  let snapshot: Snapshot
  /// Up to where pieces were sent, and up to where the follower has them.
  private(set) var sent: UInt64 = 0
  private(set) var held: UInt64 = 0
  /// Whole rounds that an answer is waited for.
  private static let patience: UInt8 = 2
  /// Heartbeat rounds since something was lost or answered, and since the follower last had more of it.
  private var silentRounds: UInt8 = 0
  private var idleRounds: UInt8 = 0
  /// The follower would not take it: nothing is sent before some rounds have passed.
  private var isRefused = false
  /// The connection was lost: nothing is sent before the follower answers or the next round begins.
  private var isCut = false

  init(_ snapshot: Snapshot, to peer: Int) {
    self.peer = peer
    self.snapshot = snapshot
  }

  private var size: UInt64 { UInt64(snapshot.content.count) }

  /// The next piece, where one may be sent.
  mutating func piece(_ limits: Limits) -> Range<Int>? {
    guard !isRefused, !isCut, sent < size, sent - held < UInt64(limits.snapshotBytesInFlight) else { return nil }
    let start = Int(sent)
    let end = min(start + limits.snapshotPiece, snapshot.content.count)
    sent = UInt64(end)
    return start..<end
  }

  /// Whether it comes forward, or is being stored, so that the log is kept for what is to follow it.
  var isMoving: Bool { idleRounds < 10 || held == size }

  /// What is not answered for some whole rounds is taken for lost.
  mutating func beginRound() {
    idleRounds = min(idleRounds + 1, 10)
    isCut = false
    guard sent > held || isRefused else { return }
    silentRounds += 1
    guard silentRounds > Self.patience else { return }
    forgetUnderWay()
  }

  /// The follower has lost what it had of it.
  mutating func beginAgain() {
    held = 0
    forgetUnderWay()
  }

  mutating func learn(_ result: SnapshotReply.Result) {
    switch result {
    case .holds(let offset): acknowledge(upTo: offset)
    case .refused: refuse()
    case .stale: break
    }
  }

  /// The connection is lost with what was under way on it, which is sent again with the next round.
  mutating func lose() {
    forgetUnderWay()
    isCut = true
  }

  mutating func forgetUnderWay() {
    sent = held
    silentRounds = 0
    isRefused = false
    isCut = false
  }

  /// The follower has the content up to there.
  private mutating func acknowledge(upTo offset: UInt64) {
    guard offset <= size else { return }
    isCut = false
    if offset != held { (silentRounds, idleRounds) = (0, 0) }
    // With less than before it has begun anew.
    sent = offset < held ? offset : max(sent, offset)
    held = offset
  }

  private mutating func refuse() {
    (sent, held) = (0, 0)
    silentRounds = 0
    isRefused = true
  }

  func fold(into digest: inout Digest) {
    snapshot.name.fold(into: &digest)
    digest.fold(UInt64(peer))
    digest.fold(sent, held)
    digest.fold(UInt64(silentRounds) << 2 | (isCut ? 2 : 0) | (isRefused ? 1 : 0), UInt64(idleRounds))
  }
}
