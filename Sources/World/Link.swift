import Node
import Primitives
import RPC

/// One directed link between two hosts: how it behaves now, and what is under way on it.
@usableFromInline struct Link: Sendable {
  @usableFromInline let from: NodeID
  @usableFromInline let to: NodeID
  @usableFromInline var profile: LinkProfile { didSet { isMeddledWith = profile.meddles } }
  /// Kept beside the profile, which is not to be read for every message.
  @usableFromInline private(set) var isMeddledWith: Bool
  /// Counts connections: what was sent over an earlier one never arrives.
  @usableFromInline var connection: UInt32 = 0
  /// What ended the last connection.
  @usableFromInline var ending = DropReason.reset
  /// The fault that ended it, where one did.
  @usableFromInline var endedBy: Int32 = -1
  /// Whether the sender has a connection, and would learn of its end.
  @usableFromInline var isOpen = false
  /// Whether a cut has ended that connection, of which the sender has not heard: the next send opens another.
  @usableFromInline var isStale = false
  /// How it comes by the next one.
  @usableFromInline var dialling = Dialling()
  /// How often it has dialled.
  @usableFromInline var dials: UInt32 = 0
  /// How many partitions cut the link now, hold what is sent over it, or change its behaviour.
  @usableFromInline var cuts: UInt32 = 0
  @usableFromInline var holds: UInt32 = 0
  @usableFromInline var changes: UInt32 = 0
  /// Of the changes, those that are about some kinds of messages only.
  @usableFromInline var filters: UInt32 = 0
  /// When transmission of everything sent so far ends.
  @usableFromInline var freeAt = Instant.zero
  /// The latest arrival so far; on a stream nothing arrives before it.
  @usableFromInline var lastArrival = Instant.zero
  /// Messages sent so far, by kind.
  @usableFromInline var ordinals = InlineArray<16, UInt32>(repeating: 0)
  @usableFromInline var resets: UInt32 = 0

  @inlinable
  init(from: NodeID, to: NodeID, profile: LinkProfile) {
    self.from = from
    self.to = to
    self.profile = profile
    isMeddledWith = profile.meddles
  }

  @inlinable
  mutating func nextOrdinal(_ kind: UInt8) -> UInt64 {
    let ordinal = ordinals[Int(kind)]
    ordinals[Int(kind)] = ordinal &+ 1
    return UInt64(ordinal)
  }

  /// Whether what is sent needs no connection first.
  @inlinable
  var isConnected: Bool { isOpen && !isStale }

  /// Whether a partition, a hold, a changed behaviour or somebody who takes messages away is to be asked about.
  @inlinable
  var isFaulty: Bool { cuts | holds | changes != 0 || isMeddledWith }

  /// When what leaves at `time` and would travel so long arrives: on a stream behind everything before it.
  @inlinable
  mutating func arrival(leaving time: Instant, after latency: Nanoseconds) -> Instant {
    guard profile.transport == .stream else { return time + latency }
    lastArrival = max(time + latency, lastArrival)
    return lastArrival
  }

  /// Ends the connection: what is under way on it is lost.
  @inlinable
  mutating func end(_ reason: DropReason, by fault: Int32 = -1) {
    connection &+= 1
    ending = reason
    endedBy = fault
    freeAt = .zero
    lastArrival = .zero
    dialling.hangUp()
  }
}

/// The links that were ever used, found by their two ends. Sparse: ten thousand hosts that talk to a few
/// others each have a few links each.
@usableFromInline struct LinkTable: Sendable {
  @usableFromInline var links: ContiguousArray<Link> = []
  /// Open addressing with linear probing: a link's index plus one, 0 where free. The size is a power of two
  /// and at most half is used.
  @usableFromInline var slots: ContiguousArray<UInt32>

  @inlinable
  init() { slots = ContiguousArray(repeating: 0, count: 64) }

  @inlinable
  func find(from: NodeID, to: NodeID) -> Int? {
    var slot = place(from, to)
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      if links[index].from == from, links[index].to == to { return index }
      slot = (slot &+ 1) & (slots.count &- 1)
    }
    return nil
  }

  /// - Precondition: the link is not in the table.
  @usableFromInline mutating func insert(_ link: Link) -> Int {
    if (links.count + 1) * 2 > slots.count {
      slots = ContiguousArray(repeating: 0, count: slots.count * 2)
      for index in links.indices { occupy(index, links[index]) }
    }
    links.append(link)
    occupy(links.count - 1, link)
    return links.count - 1
  }

  private mutating func occupy(_ index: Int, _ link: Link) {
    var slot = place(link.from, link.to)
    while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = UInt32(index + 1)
  }

  @inlinable
  func place(_ from: NodeID, _ to: NodeID) -> Int {
    let key = UInt64(from.rawValue) << 32 | UInt64(to.rawValue)
    return Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) &>> 32) & (slots.count &- 1)
  }
}
