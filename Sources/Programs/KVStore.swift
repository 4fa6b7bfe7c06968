import Node
import Primitives
import Raft

/// The replicated state machine: values by key, and what each session's recent requests came to, so that a
/// request that entered the log twice is applied once (Raft paper, section 8; dissertation, 6.3).
///
/// Sessions are part of the state: opened by an entry, whose index is their name, and closed by the entry that
/// opens one too many, which closes the one that was used longest ago. No clock has a say in it.
package struct KVStore: Sendable {
  package enum Answer {
    case outcome(KVOutcome)
    case opened(LogIndex)
    /// The request's session is over.
    case expired
    /// The request is over for its client: a copy that comes late.
    case late
    /// The entry is none of the store's.
    case none
  }

  /// A value as it lies in the entry that wrote it.
  struct Value: Sendable {
    let entry: Entry
    let key: KVCommand.Span
    let value: KVCommand.Span

    func holds(key other: UnsafeRawBufferPointer) -> Bool {
      entry.withCommand { bytes in Self.equal(bytes[key], other[...]) }
    }

    func holds(value other: Slice<UnsafeRawBufferPointer>) -> Bool {
      entry.withCommand { bytes in Self.equal(bytes[value], other) }
    }

    /// Eight bytes at a time.
    private static func equal(
      _ left: Slice<UnsafeRawBufferPointer>, _ right: Slice<UnsafeRawBufferPointer>
    ) -> Bool {
      guard left.count == right.count else { return false }
      let (left, right) = (UnsafeRawBufferPointer(rebasing: left), UnsafeRawBufferPointer(rebasing: right))
      var place = 0
      while place + 8 <= left.count {
        let word = left.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        guard word == right.loadUnaligned(fromByteOffset: place, as: UInt64.self) else { return false }
        place += 8
      }
      while place < left.count {
        guard left[place] == right[place] else { return false }
        place += 1
      }
      return true
    }

    var bytes: [UInt8] { entry.withCommand { Array($0[value]) } }
  }

  /// At most so many sessions are open.
  private let limit: Int
  // By the key's hash.
  private(set) var values = HashTable<Value>()
  // Values of keys whose hash belongs to another.
  private(set) var others: [[UInt8]: Value] = [:]
  private(set) var sessions = KVSessions()
  /// A sum over everything the store holds, whatever the order it came in: equal for equal content.
  package private(set) var fingerprint: UInt64 = 0
  /// Requests that came again and were not applied; no part of the content.
  private(set) var duplicates: UInt64 = 0

  /// - Precondition: `limit >= 1`.
  package init(sessions limit: Int) { self.limit = limit }

  subscript(key: KVKey) -> [UInt8]? {
    key.bytes.withUnsafeBytes { bytes in value(at: find(bytes, hash: Self.hash(bytes)))?.bytes }
  }

  /// Applies the entry at `index`.
  package mutating func apply(_ entry: Entry, at index: LogIndex) -> Answer {
    // Who takes part is the group's own business.
    guard !entry.isConfiguration else { return .none }
    return entry.withCommand { bytes in
      switch KVCommand(bytes) {
      case nil: .none
      case .openSession(let client, _): open(index, client)
      case .operation(let head, let body): apply(head, body, entry, bytes, at: index)
      }
    }
  }

  // MARK: Sessions

  private mutating func open(_ index: LogIndex, _ client: UInt64) -> Answer {
    if sessions.count == limit { fingerprint &-= sessions.closeOldest() }
    fingerprint &+= sessions.open(index, client)
    return .opened(index)
  }

  private mutating func apply(
    _ head: KVCommandHead, _ body: KVCommandBody, _ entry: Entry, _ bytes: UnsafeRawBufferPointer,
    at index: LogIndex
  ) -> Answer {
    // Whose client keeps none is applied as often as it comes.
    guard head.session != 0 else { return .outcome(KVOutcome(perform(body, entry, bytes), index: index)) }
    guard let session = sessions.find(head.session) else { return .expired }
    fingerprint &+= sessions.use(session, at: index, oldestOpen: head.oldestOpen)
    guard !sessions.isOver(head.request, in: session) else {
      duplicates += 1
      return .late
    }
    if let known = sessions.outcome(of: head.request, in: session) {
      duplicates += 1
      return .outcome(known)
    }
    let outcome = KVOutcome(perform(body, entry, bytes), index: index)
    fingerprint &+= sessions.record(outcome, of: head.request, in: session, mark: entry.fingerprint)
    return .outcome(outcome)
  }

  // MARK: Snapshots

  /// Takes over a session, and what it comes to.
  mutating func restore(_ session: KVSessions.Restored) throws(WireError) {
    fingerprint &+= try sessions.restore(session)
  }

  mutating func restore(_ value: Value) {
    value.entry.withCommand { bytes in
      let key = UnsafeRawBufferPointer(rebasing: bytes[value.key])
      set(value, find(key, hash: Self.hash(key)), key)
    }
  }

  // MARK: Values

  private mutating func perform(
    _ body: KVCommandBody, _ entry: Entry, _ bytes: UnsafeRawBufferPointer
  ) -> KVOutcome.Result {
    let key = UnsafeRawBufferPointer(rebasing: bytes[body.key])
    let place = find(key, hash: Self.hash(key))
    switch body.kind {
    case .get: return .value(value(at: place)?.bytes)
    case .put: break
    case .delete:
      remove(place, key)
      return .done
    case .cas:
      let old = value(at: place)
      let matches =
        if let expected = body.expected { old?.holds(value: bytes[expected]) ?? false } else { old == nil }
      guard matches else { return .mismatch }
    }
    set(Value(entry: entry, key: body.key, value: body.value), place, key)
    return .done
  }

  /// Where a key's value is, or would be.
  private enum Place {
    /// In the table, where the key's value is already.
    case own(Int)
    /// Nowhere; the table is free for it.
    case free(hash: UInt64)
    /// Among those whose hash belongs to another's, or did when it was written.
    case other(hash: UInt64, Value?)
  }

  private func find(_ key: UnsafeRawBufferPointer, hash: UInt64) -> Place {
    let place = values.place(of: hash)
    if let place, values[place].holds(key: key) { return .own(place) }
    let other = others.isEmpty ? nil : others[Array(key)]
    return place == nil && other == nil ? .free(hash: hash) : .other(hash: hash, other)
  }

  private func value(at place: Place) -> Value? {
    switch place {
    case .own(let place): values[place]
    case .free: nil
    case .other(_, let value): value
    }
  }

  private mutating func set(_ value: Value, _ place: Place, _ key: UnsafeRawBufferPointer) {
    switch place {
    case .own(let place):
      let hash = values.hash(at: place)
      fingerprint &+= Self.weight(hash, value) &- Self.weight(hash, values[place])
      values[place] = value
    case .free(let hash):
      fingerprint &+= Self.weight(hash, value)
      values.insert(value, hash)
    case .other(let hash, let old):
      fingerprint &+= Self.weight(hash, value) &- (old.map { Self.weight(hash, $0) } ?? 0)
      others[Array(key)] = value
    }
  }

  private mutating func remove(_ place: Place, _ key: UnsafeRawBufferPointer) {
    switch place {
    case .own(let place):
      fingerprint &-= Self.weight(values.hash(at: place), values[place])
      values.remove(at: place)
    case .free: break
    case .other(let hash, let old):
      if let old { fingerprint &-= Self.weight(hash, old) }
      others[Array(key)] = nil
    }
  }

  // A value is known by the entry that wrote it.
  private static func weight(_ hash: UInt64, _ value: Value) -> UInt64 {
    avalanche(foldedProduct(hash ^ MixingConstant.a, value.entry.fingerprint ^ MixingConstant.b))
  }

  private static func hash(_ key: UnsafeRawBufferPointer) -> UInt64 {
    var hash = MixingConstant.c ^ UInt64(key.count)
    var position = 0
    while position + 8 <= key.count {
      let word = UInt64(littleEndian: key.loadUnaligned(fromByteOffset: position, as: UInt64.self))
      hash = foldedProduct(hash ^ word, MixingConstant.d)
      position += 8
    }
    var rest: UInt64 = 0
    while position < key.count {
      rest = rest << 8 | UInt64(key[position])
      position += 1
    }
    return foldedProduct(hash ^ rest, MixingConstant.e)
  }
}
