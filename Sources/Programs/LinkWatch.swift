import Primitives

/// Which of a node's links work, told by the hellos of those at their other ends: a link is down after so many silent
/// rounds in a row, and up again after as many with a sign of life.
///
/// One direction is enough to tell: whoever does not hear the other says so, and then the link counts as down for all.
struct LinkWatch: Hashable, Sendable {
  private struct Watch: Hashable, Sendable {
    var isUp = true
    var heard = false
    /// Rounds in a row that speak for a change.
    var streak: UInt8 = 0
  }

  private var watches: ContiguousArray<Watch>
  private let patience: UInt8

  /// - Parameter patience: rounds in a row that change what a link is taken for.
  init(links: Int, patience: UInt8) {
    watches = ContiguousArray(repeating: Watch(), count: links)
    self.patience = patience
  }

  mutating func hear(_ link: Int) { watches[link].heard = true }

  /// A round is over.
  ///
  /// - Parameter change: told each link that is down or up from now on.
  mutating func endRound(_ change: (_ link: Int, _ isUp: Bool) -> Void) {
    for link in watches.indices {
      watches[link].streak = watches[link].heard == watches[link].isUp ? 0 : watches[link].streak + 1
      watches[link].heard = false
      guard watches[link].streak >= patience else { continue }
      watches[link].streak = 0
      watches[link].isUp.toggle()
      change(link, watches[link].isUp)
    }
  }

  func fold(into digest: inout Digest) {
    for watch in watches {
      digest.fold((watch.isUp ? 1 : 0) | (watch.heard ? 2 : 0) | UInt64(watch.streak) << 2)
    }
  }
}
