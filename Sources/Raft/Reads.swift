import Primitives

/// Reads that wait to be confirmed, and the rounds of messages that confirm them.
struct Reads: Hashable, Sendable {
  /// Reads that one round confirms together.
  struct Waiting: Hashable, Sendable {
    var ticket: ReadTicket
    let round: UInt64
    /// The follower that asked, whose ticket it is; nil for this server's own.
    let origin: NodeID?
  }

  /// Ascending over all lives, so that no answer meant for an earlier life's read confirms a later one's.
  private(set) var issued: ReadTicket
  /// Own reads up to this one are settled: confirmed or given up.
  var settled: ReadTicket
  /// Own reads up to this one were forwarded to the leader.
  var forwarded: ReadTicket
  /// The last round begun. Never begun again, in another term either.
  private(set) var round: UInt64 = 0
  /// Whether a read waits for a round that is still to begin.
  private(set) var wantsRound = false
  /// In order of rounds.
  var waiting: ContiguousArray<Waiting> = []
  /// When the latest rounds began; the last is `round`.
  private(set) var begun: ContiguousArray<Instant> = []

  init(lives: UInt64) {
    precondition(lives < 1 << 32, "a server lives fewer than 2³² times")
    issued = lives << 32
    settled = issued
    forwarded = issued
  }

  /// Own reads that wait.
  var open: Int { Int(issued - settled) }

  /// A leadership begins, with nobody waiting for it.
  mutating func begin() {
    waiting.removeAll()
    begun.removeAll()
    wantsRound = false
  }

  mutating func beginRound(at now: Instant) {
    round += 1
    wantsRound = false
    // Rounds as old as that extend no lease.
    if begun.count == 128 { begun.removeFirst(64) }
    begun.append(now)
  }

  /// When a round began; nil where that is too long ago to matter.
  func beginning(of number: UInt64) -> Instant? {
    let place = begun.count - 1 - Int(round - number)
    return place >= 0 && place < begun.count ? begun[place] : nil
  }

  mutating func issue() -> ReadTicket {
    issued += 1
    return issued
  }

  /// A read that came after everything sent so far waits for the next round.
  mutating func wait(_ ticket: ReadTicket, origin: NodeID?) {
    wantsRound = true
    if let last = waiting.last, last.round == round + 1, last.origin == origin {
      waiting[waiting.count - 1].ticket = max(last.ticket, ticket)
    } else {
      waiting.append(Waiting(ticket: ticket, round: round + 1, origin: origin))
    }
  }
}
