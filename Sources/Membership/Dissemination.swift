import Primitives

/// Updates that are still to be told, on the back of whatever message is sent (section 4.1).
package struct Dissemination: Hashable, Sendable {
  package struct Item: Hashable, Sendable {
    package let update: Membership.Update
    /// Messages that have carried it.
    package fileprivate(set) var sends: UInt16
  }

  /// The most sent first; of those sent as often, the one that was first to be so. Who is sent next is then the
  /// first of the last class, and moves into the class before by being counted where it is: nothing is sorted.
  package private(set) var items: ContiguousArray<Item> = []

  package init() {}

  package var isEmpty: Bool { items.isEmpty }

  /// Replaces what was to be told about the same member.
  ///
  /// - Parameter first: whether it is told before all others that were never sent.
  package mutating func add(_ update: Membership.Update, first: Bool) {
    if let place = items.firstIndex(where: { $0.update.node == update.node }) { items.remove(at: place) }
    let place = first ? start(ofClass: 0, before: items.count) : items.count
    items.insert(Item(update: update, sends: 0), at: place)
  }

  /// Appends up to `room` updates, the least sent first, and counts them as sent once more; forgets those sent
  /// `limit` times.
  ///
  /// - Parameter told: a member whose status the message tells already. An update about it counts and takes its
  ///   room, and is not repeated.
  package mutating func take(
    _ room: Int, besides told: NodeID?, limit: UInt16, into updates: inout [Membership.Update]
  ) {
    var (room, end) = (room, items.count)
    while room > 0, end > 0 {
      let start = start(ofClass: items[end - 1].sends, before: end)
      let stop = min(end, start + room)
      for place in start..<stop {
        if items[place].update.node != told { updates.append(items[place].update) }
        items[place].sends += 1
      }
      room -= stop - start
      end = start
    }
    forget(limit)
  }

  private mutating func forget(_ limit: UInt16) {
    guard let first = items.first, first.sends >= limit else { return }
    let rest = items.firstIndex { $0.sends < limit }
    if let rest {
      items.removeSubrange(..<rest)
    } else {
      // Gives the memory back: thousands of members are quiet at once.
      items = []
    }
  }

  /// The first place before `end` whose update was sent at most `sends` times.
  private func start(ofClass sends: UInt16, before end: Int) -> Int {
    var (low, high) = (0, end)
    while low < high {
      let middle = (low + high) / 2
      if items[middle].sends > sends { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
