import Primitives

/// The configurations that may still count for a log: that of its beginning, and those of its entries, the last of which is in
/// force. It is from when it is appended, and until it is cut off again (section 6).
struct Configurations: Hashable, Sendable {
  struct Placed: Hashable, Sendable {
    let index: LogIndex
    let configuration: Configuration
  }

  /// With which the group began.
  let initial: Configuration
  /// In order of their entries. The first may be one that a snapshot has told of.
  private(set) var placed: ContiguousArray<Placed> = []

  init(initial: Configuration) { self.initial = initial }

  var latest: Configuration { placed.last?.configuration ?? initial }
  /// Its entry; 0 where it has none.
  var latestIndex: LogIndex { placed.last?.index ?? 0 }

  /// As of an entry that is no older than the last snapshot; nil where that is the one with which the group began.
  func configuration(at index: LogIndex) -> Configuration? { placed.last { $0.index <= index }?.configuration }

  /// Whether a server votes, or is to vote, in the one that was in force at `commit`, or in a later one.
  func isVoter(_ node: NodeID, sinceCommit commit: LogIndex) -> Bool {
    for each in placed.reversed() {
      if each.configuration.isVoter(node) || each.configuration.next.contains(node) { return true }
      if each.index <= commit { return false }
    }
    return initial.isVoter(node)
  }

  mutating func append(_ configuration: Configuration, at index: LogIndex) {
    placed.append(Placed(index: index, configuration: configuration))
  }

  /// Returns whether another one is in force now.
  mutating func truncate(after index: LogIndex) -> Bool {
    let before = placed.count
    while let last = placed.last, last.index > index { placed.removeLast() }
    return placed.count < before
  }

  /// What was in force before `index` matters to nobody any more.
  mutating func forget(before index: LogIndex) {
    guard let first = placed.lastIndex(where: { $0.index <= index }), first > 0 else { return }
    placed.removeFirst(first)
  }

  /// The log begins anew behind a snapshot.
  mutating func reset(to index: LogIndex, _ configuration: Configuration?) {
    placed = configuration.map { [Placed(index: index, configuration: $0)] } ?? []
  }

  func fold(into digest: inout Digest) {
    for each in placed {
      digest.fold(each.index)
      each.configuration.fold(into: &digest)
    }
  }
}
