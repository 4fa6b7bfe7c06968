import Primitives

/// A term number; 0 is before the first election.
public typealias Term = UInt64
/// A position in the log, from 1; 0 is before the first entry.
public typealias LogIndex = UInt64

/// One entry of the replicated log. What a command means is the program's business.
///
/// An entry is made once, by the leader that took the command; logs, messages and disks share it from then on.
/// Eight bytes, therefore, wherever it lies.
public struct Entry: Hashable, @unchecked Sendable {
  @usableFromInline let storage: EntryStorage

  /// - Parameter command: opaque bytes; empty for the no-op that opens a leader's term.
  public init(term: Term, command: [UInt8]) { self.init(term: term, command: command, isConfiguration: false) }

  /// A configuration, which counts from when it is in a log (section 6).
  public init(term: Term, configuration: Configuration) {
    self.init(term: term, command: configuration.bytes, isConfiguration: true)
  }

  private init(term: Term, command: [UInt8], isConfiguration: Bool) {
    var digest = Digest()
    digest.fold(isConfiguration ? term | Self.configurationMark : term)
    digest.fold(bytes: command)
    let fingerprint = digest.words.high
    storage = command.withUnsafeBytes {
      EntryStorage.make(term: term, fingerprint: fingerprint, isConfiguration: isConfiguration, $0)
    }
  }

  /// No term is as high: in an entry's term it says that the command is a configuration.
  static let configurationMark: UInt64 = 1 << 63

  /// What a snapshot has kept of an entry, in its place: part of its command, and what its digest came to.
  ///
  /// - Parameter fingerprint: of the entry that it stands for.
  public init(standingFor fingerprint: UInt64, bytes: UnsafeRawBufferPointer) {
    storage = EntryStorage.make(term: 0, fingerprint: fingerprint, isConfiguration: false, bytes)
  }

  public static func noop(term: Term) -> Entry { Entry(term: term, command: []) }

  @inlinable
  public var term: Term { storage.head.pointee.term }

  /// A mix of term and command, made once, so that digests and judges need not read the bytes again.
  @inlinable
  public var fingerprint: UInt64 { storage.head.pointee.fingerprint }

  /// Bytes of the command.
  @inlinable
  public var count: Int { storage.head.pointee.count }

  @inlinable
  public var isNoop: Bool { count == 0 }

  @inlinable
  public var isConfiguration: Bool { storage.head.pointee.isConfiguration }

  /// nil where it is none.
  public var configuration: Configuration? { isConfiguration ? Configuration(bytes: command) : nil }

  /// A copy of the command's bytes.
  public var command: [UInt8] { withCommand { Array($0) } }

  /// Lends the command's bytes.
  @inlinable
  public func withCommand<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
    let start = storage.bytes
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafeRawBufferPointer(start: start, count: count))
  }

  /// Bytes of an entry in a message and on disk: term, length, command.
  @inlinable
  public var wireSize: Int { 12 + count }

  public static func == (left: Entry, right: Entry) -> Bool {
    if left.storage === right.storage { return true }
    guard left.fingerprint == right.fingerprint, left.term == right.term, left.count == right.count,
      left.isConfiguration == right.isConfiguration
    else {
      return false
    }
    return left.withCommand { mine in right.withCommand { mine.elementsEqual($0) } }
  }
  public func hash(into hasher: inout Hasher) { hasher.combine(fingerprint) }
}

/// An entry's fields with its command behind them, in one allocation: three million of them are a log. Written
/// while it is made and never again, which is why `Entry` may be shared between threads.
@usableFromInline
final class EntryStorage: ManagedBuffer<EntryStorage.Header, UInt8> {
  @usableFromInline
  struct Header {
    @usableFromInline let term: Term
    @usableFromInline let fingerprint: UInt64
    @usableFromInline let count: Int
    @usableFromInline let isConfiguration: Bool
  }

  static func make(
    term: Term, fingerprint: UInt64, isConfiguration: Bool, _ command: UnsafeRawBufferPointer
  ) -> EntryStorage {
    let buffer = create(minimumCapacity: command.count) { _ in
      Header(term: term, fingerprint: fingerprint, count: command.count, isConfiguration: isConfiguration)
    }
    buffer.withUnsafeMutablePointerToElements { bytes in
      UnsafeMutableRawBufferPointer(start: bytes, count: command.count).copyMemory(from: command)
    }
    return unsafeDowncast(buffer, to: EntryStorage.self)
  }

  // By pointer: the property would be checked for exclusive access each time, and nothing here is ever written.
  @inlinable
  var head: UnsafeMutablePointer<Header> { withUnsafeMutablePointerToHeader { $0 } }

  @inlinable
  var bytes: UnsafeMutablePointer<UInt8> { withUnsafeMutablePointerToElements { $0 } }
}
