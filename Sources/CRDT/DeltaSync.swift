import Primitives

/// What a replica tells its peers, so that each gets what it lacks and little more: the deltas since the last one that the
/// peer has acknowledged, or the whole state where these are not kept any more (Almeida et al., section 5.1, algorithm 2).
///
/// A peer never gets a delta without those before it, so that what it knows has no gaps. Deltas that came from a peer are
/// not sent back to it, as long as it is in the same life.
@usableFromInline package struct DeltaSync<State: CRDT>: Hashable, Sendable {
  /// A message for one peer.
  @usableFromInline package struct Parcel: Hashable, Sendable {
    /// The sender's life; numbers of another life mean nothing.
    @usableFromInline package let life: UInt32
    /// The sender's last delta that is in it.
    @usableFromInline package let number: UInt64
    /// The receiver's life that has what comes before; in another there would be a gap. nil where it is all that the
    /// sender has.
    @usableFromInline package let receiver: UInt32?
    @usableFromInline package let state: State

    @inlinable
    package init(life: UInt32, number: UInt64, receiver: UInt32?, state: State) {
      self.life = life
      self.number = number
      self.receiver = receiver
      self.state = state
    }
  }

  @usableFromInline struct Entry: Hashable, Sendable {
    @usableFromInline let delta: State
    /// Who told of it, in which of its lives; nil for what was done here. A later life may have lost it.
    @usableFromInline let from: ReplicaID?

    @inlinable
    init(delta: State, from: ReplicaID?) {
      self.delta = delta
      self.from = from
    }
  }

  @usableFromInline struct Peer: Hashable, Sendable {
    @usableFromInline var life: UInt32
    /// nil where it may lack anything.
    @usableFromInline var acknowledged: UInt64?

    @inlinable
    init(life: UInt32, acknowledged: UInt64?) {
      self.life = life
      self.acknowledged = acknowledged
    }
  }

  @usableFromInline package let life: UInt32
  @usableFromInline let capacity: Int
  @usableFromInline var entries: ContiguousArray<Entry> = []
  /// Deltas so far, kept or not.
  @usableFromInline var count: UInt64 = 0
  @usableFromInline var peers = AscendingMap<NodeID, Peer>()

  /// - Parameter capacity: deltas that are kept.
  /// - Precondition: `capacity >= 0`.
  @inlinable
  package init(life: UInt32, capacity: Int) {
    precondition(capacity >= 0, "a number of deltas")
    self.life = life
    self.capacity = capacity
  }

  /// Something has changed here.
  ///
  /// - Parameter teller: the peer that told of it, in the life in which it did.
  @inlinable
  package mutating func record(_ delta: State, from teller: ReplicaID? = nil) {
    count += 1
    entries.append(Entry(delta: delta, from: teller))
    if entries.count > capacity { entries.removeFirst(entries.count - capacity) }
  }

  /// - Parameter state: all that there is here.
  @inlinable
  package func parcel(for peer: NodeID, of state: State) -> Parcel {
    guard let known = peers[peer], let acknowledged = known.acknowledged,
      acknowledged + UInt64(entries.count) >= count
    else { return Parcel(life: life, number: count, receiver: nil, state: state) }
    var delta = State()
    let receiver = ReplicaID(peer, life: known.life)
    for entry in entries.suffix(Int(count - acknowledged)) where entry.from != receiver { delta.merge(entry.delta) }
    return Parcel(life: life, number: count, receiver: known.life, state: delta)
  }

  /// Whether the peer may lack something, or has not been heard of.
  @inlinable
  package func owes(_ peer: NodeID) -> Bool { peers[peer]?.acknowledged != count }

  /// Whether nothing is missing here that the parcel takes for granted.
  @inlinable
  package func fits(_ parcel: Parcel) -> Bool { parcel.receiver.map { $0 == life } ?? true }

  /// A peer has for good what it got up to that number.
  ///
  /// - Parameters:
  ///   - theirs: the life of the peer that says so. What an earlier one had may be lost.
  ///   - ours: the life whose number it is.
  @inlinable
  package mutating func acknowledge(_ number: UInt64, of ours: UInt32, by peer: NodeID, in theirs: UInt32) {
    guard ours == life, number <= count else { return }
    hear(of: peer, in: theirs)
    guard let known = peers[peer], known.life == theirs, known.acknowledged.map({ $0 < number }) ?? true else {
      return
    }
    peers[peer]?.acknowledged = number
  }

  /// A peer has begun another life: where it has lost its memory, it lacks everything.
  @inlinable
  package mutating func hear(of peer: NodeID, in theirs: UInt32) {
    if peers[peer].map({ $0.life < theirs }) ?? true { peers[peer] = Peer(life: theirs, acknowledged: nil) }
  }

  @inlinable
  package func fold(into digest: inout Digest) {
    digest.fold(UInt64(life), count)
    digest.fold(UInt64(entries.count), UInt64(peers.count))
    for entry in entries {
      entry.delta.fold(into: &digest)
      digest.fold(entry.from.map { $0.rawValue &+ 1 } ?? 0)
    }
    for peer in peers.entries {
      digest.fold(
        UInt64(peer.key.rawValue) << 32 | UInt64(peer.value.life), peer.value.acknowledged.map { $0 + 1 } ?? 0)
    }
  }
}
