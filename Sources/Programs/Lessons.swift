import CRDT
import ControlLoop
import Primitives

/// What the nodes of a mesh teach each other of what goes wrong and what helps: the state that they share, and in its
/// deltas a lesson.
package struct Lessons: Sendable {
  /// By cause, remedy and what is counted.
  private var counts = AscendingMap<UInt64, GCounter>()
  /// Incidents that somebody works on, by node and number.
  package private(set) var open = ORSet<UInt64>()
  /// Incidents that were begun less those that are over.
  package private(set) var balance = PNCounter()
  /// Millionths of their defaults, by metric.
  package private(set) var thresholds = LWWMap<UInt64, UInt64>()
  /// The incident that was begun last.
  package private(set) var latest = LWWRegister<UInt64>()
  /// Every lesson has a number; whoever merges a delta is taken to have those of its node before it.
  package private(set) var known = VersionVector()

  package init() {}

  /// What is counted of a remedy against a cause.
  private enum Count: UInt64, CaseIterable {
    case tries, successes, milliseconds
  }

  private static func key(_ cause: Cause, _ remedy: Remedy, _ count: Count) -> UInt64 {
    UInt64(cause.rawValue) << 16 | UInt64(remedy.rawValue) << 8 | count.rawValue
  }

  /// The last moment that is named in it.
  package var lastMoment: HybridTimestamp? {
    [latest.written?.at, thresholds.latest].lazy.compactMap(\.self).max()
  }

  /// All of it that planners and analysts go by.
  package var experience: Experience {
    var experience = Experience()
    for entry in counts.entries {
      guard let cause = Cause(rawValue: UInt8(truncatingIfNeeded: entry.key >> 16)),
        let remedy = Remedy(rawValue: UInt8(truncatingIfNeeded: entry.key >> 8)),
        let count = Count(rawValue: entry.key & 0xFF)
      else { continue }
      let value = Int64(clamping: entry.value.value)
      switch count {
      case .tries: experience[cause, remedy].tries = value
      case .successes: experience[cause, remedy].successes = value
      case .milliseconds: experience[cause, remedy].milliseconds = value
      }
    }
    for metric in thresholds.keys {
      guard let known = Metric(rawValue: UInt8(truncatingIfNeeded: metric)), let value = thresholds[metric] else {
        continue
      }
      experience.thresholds[known] = Int64(clamping: value)
    }
    return experience
  }

  // MARK: Learning

  /// - Parameter moment: for what needs one.
  /// - Returns: the delta; nil where the report is none that others can learn from.
  package mutating func learn(
    _ report: Report, as replica: ReplicaID, at moment: () -> HybridTimestamp
  ) -> Lessons? {
    var delta = Lessons()
    switch report {
    case .diagnosed(let id, _, _):
      let incident = Self.name(id, of: replica)
      delta.open = open.add(incident, by: replica)
      delta.balance = balance.add(1, by: replica)
      delta.latest = latest.write(incident, at: moment())
    case .closed(let id, _, _, _), .withdrawn(let id, _, _):
      let incident = Self.name(id, of: replica)
      guard open.contains(incident) else { return nil }
      delta.open = open.remove(incident)
      delta.balance = balance.add(-1, by: replica)
    case .judged(let cause, let remedy, let success, let time):
      add(1, to: Self.key(cause, remedy, .tries), as: replica, &delta)
      if success {
        add(1, to: Self.key(cause, remedy, .successes), as: replica, &delta)
        add(
          UInt64(clamping: time.count / 1_000_000), to: Self.key(cause, remedy, .milliseconds), as: replica, &delta)
      }
    case .threshold(let metric, let share):
      delta.thresholds = thresholds.write(UInt64(clamping: share), under: UInt64(metric.rawValue), at: moment())
    case .observed, .contained, .began, .ended, .escalated, .exhausted, .changedMode: return nil
    }
    delta.known[replica] = known.next(replica).number
    return delta
  }

  /// What earlier lives of the node had begun, nobody works on any longer.
  ///
  /// - Returns: the delta; nil where there is nothing of them.
  package mutating func abandon(as replica: ReplicaID) -> Lessons? {
    let own = replica.rawValue << 16 & 0xFFFF_FFFF_FFFF_0000
    let orphans = open.elements.filter { $0 >> 48 == own >> 48 && $0 & ~0xFFFF != own }
    guard !orphans.isEmpty else { return nil }
    var delta = Lessons()
    for incident in orphans {
      delta.open.merge(open.remove(incident))
      delta.balance = balance.add(-1, by: replica)
    }
    delta.known[replica] = known.next(replica).number
    return delta
  }

  /// The lower half of a node's number, its life, and a number of its own.
  private static func name(_ id: Incident.ID, of replica: ReplicaID) -> UInt64 {
    replica.rawValue << 16 & 0xFFFF_FFFF_FFFF_0000 | UInt64(id.rawValue & 0xFFFF)
  }

  private mutating func add(_ amount: UInt64, to key: UInt64, as replica: ReplicaID, _ delta: inout Lessons) {
    var counter = counts[key] ?? GCounter()
    delta.counts[key] = counter.add(amount, by: replica)
    counts[key] = counter
  }
}

extension Lessons: CRDT {
  @discardableResult
  package mutating func merge(_ other: Lessons) -> Bool {
    let changes = [
      counts.join(other.counts) { _, mine, theirs in
        guard let mine, let theirs else { return mine ?? theirs }
        return mine.merged(with: theirs)
      },
      open.merge(other.open), balance.merge(other.balance), thresholds.merge(other.thresholds),
      latest.merge(other.latest), known.merge(other.known),
    ]
    return changes.contains(true)
  }

  package var wireSize: Int {
    counts.wireSize + open.wireSize + balance.wireSize + thresholds.wireSize + latest.wireSize + known.wireSize
  }

  package func encode(into writer: inout WireWriter) {
    counts.encode(into: &writer)
    open.encode(into: &writer)
    balance.encode(into: &writer)
    thresholds.encode(into: &writer)
    latest.encode(into: &writer)
    known.encode(into: &writer)
  }

  package static func decode(from reader: inout WireReader) throws(WireError) -> Lessons {
    var lessons = Lessons()
    lessons.counts = try AscendingMap.decode(from: &reader)
    lessons.open = try ORSet.decode(from: &reader)
    lessons.balance = try PNCounter.decode(from: &reader)
    lessons.thresholds = try LWWMap.decode(from: &reader)
    lessons.latest = try LWWRegister.decode(from: &reader)
    lessons.known = try VersionVector.decode(from: &reader)
    return lessons
  }

  package func fold(into digest: inout Digest) {
    counts.fold(into: &digest)
    open.fold(into: &digest)
    balance.fold(into: &digest)
    thresholds.fold(into: &digest)
    latest.fold(into: &digest)
    known.fold(into: &digest)
  }
}

/// A node's share in what all of them know: its memory of it, and what it has still to tell its neighbours.
package struct Learning: Sendable {
  package private(set) var lessons = Lessons()
  /// What the lessons come to for the loop.
  package private(set) var experience = Experience()
  private var clock = HybridClock()
  private var sync: DeltaSync<Lessons>
  private let id: NodeID

  /// Lessons that are kept for neighbours that lack only these.
  private static let kept = 64

  /// - Parameter life: another one has forgotten everything.
  package init(id: NodeID, life: UInt32) {
    self.id = id
    sync = DeltaSync(life: life, capacity: Self.kept)
  }

  package var replica: ReplicaID { ReplicaID(id, life: sync.life) }

  package mutating func learn(_ report: Report, at wall: Instant) {
    var clock = self.clock
    let replica = self.replica
    guard let delta = lessons.learn(report, as: replica, at: { clock.tick(wall, replica) }) else { return }
    self.clock = clock
    sync.record(delta)
    experience = lessons.experience
  }

  /// - Returns: what to say to the neighbour; nil where it has everything.
  package func parcel(for neighbour: NodeID) -> LessonsParcel? {
    sync.owes(neighbour) ? LessonsParcel(sync.parcel(for: neighbour, of: lessons)) : nil
  }

  /// - Returns: the number to acknowledge, and this node's life; nil for a parcel that does not fit.
  package mutating func take(
    _ parcel: DeltaSync<Lessons>.Parcel, from neighbour: NodeID
  ) -> (number: UInt64, life: UInt32)? {
    sync.hear(of: neighbour, in: parcel.life)
    guard sync.fits(parcel) else { return nil }
    if lessons.merge(parcel.state) {
      if let last = parcel.state.lastMoment { clock.hear(last) }
      sync.record(parcel.state, from: ReplicaID(neighbour, life: parcel.life))
      if let delta = lessons.abandon(as: replica) { sync.record(delta) }
      experience = lessons.experience
    }
    return (parcel.number, sync.life)
  }

  package mutating func acknowledge(_ number: UInt64, of ours: UInt32, by neighbour: NodeID, in theirs: UInt32) {
    sync.hear(of: neighbour, in: theirs)
    sync.acknowledge(number, of: ours, by: neighbour, in: theirs)
  }

  func fold(into digest: inout Digest) {
    lessons.fold(into: &digest)
    clock.fold(into: &digest)
    sync.fold(into: &digest)
  }
}

/// Lessons for a neighbour.
public struct LessonsParcel: Hashable, Sendable {
  package let content: DeltaSync<Lessons>.Parcel

  package init(_ content: DeltaSync<Lessons>.Parcel) { self.content = content }
}
