import Primitives
import Telemetry

/// What runs in a process: a value that is stepped. One input at a time comes in, effects go out into a
/// buffer that the host owns; no clock, no thread, no randomness and no global is within reach, so a step
/// is replayable, forkable, and the same in a simulation and on a real machine.
///
/// The rules that every host keeps: effects happen in order; a send marked `after` a write leaves once
/// that write is durable and delays only later sends to the same endpoint; a timer never fires early on
/// the node's monotonic clock; what was not durable at a crash may be gone.
public protocol Program: Sendable {
  associatedtype Message: WireMessage
  /// What the program stores, one unit of its log or a whole small file.
  associatedtype Record: StoredRecord
  /// Where client requests come from; programs that take none use `NoRequests`.
  associatedtype Requests: RequestSource
  typealias Request = Requests.Request
  typealias Response = Requests.Response

  /// The program's tags, each with its bit: what faults select by ("leader").
  static var tags: [Tag] { get }

  /// What of its disk the program can lose.
  static var layout: DiskLayout { get }

  /// The purposes of the lengths of time that a process draws, each at its slot, so that people can fix one by name.
  static var lengths: [Purpose] { get }

  /// Takes one input. Never fails and never waits: what cannot be done now is an effect.
  mutating func step(_ input: Input<Self>, context: inout StepContext, effects: inout Effects<Self>)

  /// What the process shows of itself after a step.
  var status: Status { get }

  /// The state that people ask for when they look at a process, in the order in which it is shown.
  var details: [(name: StaticText, value: Detail)] { get }

  /// Everything that decides how the program goes on, folded in an order that depends on nothing else;
  /// without counters that only observe. Moments count as they lie before or after `now`, on the process's
  /// monotonic clock.
  func fold(into digest: inout Digest, at now: Instant)
}

extension Program {
  public static var layout: DiskLayout { .fragile }
  public static var lengths: [Purpose] { [] }
  public var details: [(name: StaticText, value: Detail)] { [] }
}

/// A message between processes: a typed value with a computed size and a wire form.
public protocol WireMessage: Sendable {
  /// The kind, below `StepLimits.kinds`: ordinals are counted, filters written and figures kept by kind.
  var kind: UInt8 { get }
  /// The names of the kinds, by number.
  static var kinds: [StaticString] { get }
  /// Exactly the number of bytes that `encode` writes.
  var wireSize: Int { get }
  func encode(into writer: inout WireWriter)
  static func decode(from reader: inout WireReader) throws(WireError) -> Self
  func fold(into digest: inout Digest)
  /// What is in it, for people; its kind stands before. Empty where the kind says it all.
  var words: String { get }
}

extension WireMessage {
  public var words: String { "" }
}

/// A value that a program keeps on disk.
public protocol StoredRecord: Sendable {
  /// Bytes on disk.
  var storedSize: Int { get }
  func fold(into digest: inout Digest)
}

public enum StepLimits {
  /// Message kinds of one program.
  public static let kinds = 16
  /// Timers of one process, numbered from 0.
  public static let timers = 16
  /// Files of one process, numbered from 0.
  public static let files = 4
  /// Purposes of one process's own draws.
  public static let draws = 8
}

/// One thing a process may claim to be.
public struct Tag: Hashable, Sendable {
  public let name: StaticText
  public let bit: UInt8

  public init(_ name: StaticText, bit: UInt8) {
    self.name = name
    self.bit = bit
  }
}

/// A process's tags, and the epoch in which it believes them: of two that claim to be leader, the higher
/// epoch counts.
public struct Status: Hashable, Sendable {
  public var tags: UInt32
  public var epoch: UInt64

  @inlinable
  public init(tags: UInt32, epoch: UInt64) {
    self.tags = tags
    self.epoch = epoch
  }

  @inlinable
  public func has(_ bit: UInt8) -> Bool { tags >> UInt32(bit) & 1 == 1 }
}
