import Primitives

/// A term number; 0 is before the first election.
public typealias Term = UInt64
/// A position in the log, from 1; 0 is before the first entry.
public typealias LogIndex = UInt64

/// One entry of the replicated log. What a command means is the program's business.
public struct Entry: Hashable, Sendable {
  public let term: Term
  /// Opaque bytes; empty for the no-op that opens a leader's term.
  public let command: [UInt8]
  /// A mix of term and command, made once, so that digests and judges need not read the bytes again.
  public let fingerprint: UInt64

  public init(term: Term, command: [UInt8]) {
    self.term = term
    self.command = command
    var digest = Digest()
    digest.fold(term)
    digest.fold(bytes: command)
    fingerprint = digest.words.high
  }

  public static func noop(term: Term) -> Entry { Entry(term: term, command: []) }

  @inlinable
  public var isNoop: Bool { command.isEmpty }

  /// Bytes of an entry in a message and on disk: term, length, command.
  public var wireSize: Int { 12 + command.count }

  public static func == (left: Entry, right: Entry) -> Bool {
    left.fingerprint == right.fingerprint && left.term == right.term && left.command == right.command
  }
  public func hash(into hasher: inout Hasher) { hasher.combine(fingerprint) }
}
