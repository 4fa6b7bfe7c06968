import Primitives

/// What neighbours say to each other in each round.
public struct Hello: Hashable, Sendable {
  /// Which of the sender's rounds it is, in its present life.
  public var number: UInt32
  /// The last one that it has heard of the receiver, and how long ago; zero microseconds of number zero before the first.
  public var heard: UInt32
  public var ago: UInt32
  /// Of the receiver's last 64 hellos those that the sender has missed.
  public var missed: UInt8
  /// Of the registry that the sender goes by.
  public var registry: UInt64

  public init(number: UInt32, heard: UInt32, ago: UInt32, missed: UInt8, registry: UInt64) {
    self.number = number
    self.heard = heard
    self.ago = ago
    self.missed = missed
    self.registry = registry
  }
}

/// Which of a node's links work, and how well, told by the hellos of those at their other ends: a link is down after so many
/// silent rounds in a row, and up again after as many with a sign of life.
///
/// One direction is enough to tell: whoever does not hear the other says so, and then the link counts as down for all.
package struct LinkWatch: Sendable {
  private struct Watch: Hashable, Sendable {
    var isUp = true
    var heard = false
    /// Rounds in a row that speak for a change.
    var streak: UInt8 = 0
    /// The last hello's number, and when it came.
    var last: UInt32 = 0
    var lastAt = Instant.zero
    /// Of the last 64 hellos those that were heard, the last one lowest. Full before there were as many.
    var received = UInt64.max
    /// Of its own last 64 those that the other end missed.
    var missed: UInt8 = 0
    /// Round trips since they were last taken.
    var trips: UInt32 = 0
    var time = Nanoseconds.zero
  }

  private var watches: ContiguousArray<Watch>
  private let patience: UInt8
  /// Its own hellos, and when the last of them left.
  package private(set) var round: UInt32 = 0
  private var sentAt: InlineArray<8, Instant> = .init(repeating: .zero)

  /// - Parameter patience: rounds in a row that change what a link is taken for.
  package init(links: Int, patience: UInt8) {
    watches = ContiguousArray(repeating: Watch(), count: links)
    self.patience = patience
  }

  /// A sign of life.
  package mutating func hear(_ link: Int) { watches[link].heard = true }

  package mutating func hear(_ hello: Hello, over link: Int, at now: Instant) {
    watches[link].heard = true
    let last = watches[link].last
    let isOfAnotherLife = hello.number < last && last - hello.number > 8
    if last == 0 || isOfAnotherLife {
      watches[link].received = .max
    } else if watches[link].isUp {
      record(hello.number, after: last, over: link)
    }
    if hello.number > last || isOfAnotherLife {
      watches[link].last = hello.number
      watches[link].lastAt = now
    }
    watches[link].missed = min(64, hello.missed)
    guard hello.heard > 0, hello.heard <= round, round - hello.heard < 8 else { return }
    let trip = now - sentAt[Int(hello.heard % 8)] - .microseconds(Int64(hello.ago))
    watches[link].trips += 1
    watches[link].time = watches[link].time + max(.zero, trip)
  }

  /// What a link that is down lets through, or what it had lost when it was taken for that, tells nothing of how it works
  /// when it does: else a dead link would come back as a lossy one, and one that loses half would look whole by what it
  /// lets through while it is down.
  private mutating func record(_ number: UInt32, after last: UInt32, over link: Int) {
    if number > last {
      let distance = UInt64(number - last)
      watches[link].received = distance < 64 ? watches[link].received << distance | 1 : 1
    } else {
      // It was overtaken.
      watches[link].received |= 1 << UInt64(min(63, last - number))
    }
  }

  /// The next hello over a link.
  package func hello(over link: Int, registry: UInt64, at now: Instant) -> Hello {
    let ago = watches[link].last > 0 ? (now - watches[link].lastAt).count / 1_000 : 0
    return Hello(
      number: round, heard: watches[link].last, ago: UInt32(clamping: ago),
      missed: UInt8(64 - watches[link].received.nonzeroBitCount), registry: registry)
  }

  /// A round is over and the next begins.
  ///
  /// - Parameter change: told each link that is down or up from now on.
  package mutating func endRound(at now: Instant, _ change: (_ link: Int, _ isUp: Bool) -> Void) {
    round += 1
    sentAt[Int(round % 8)] = now
    for link in watches.indices {
      watches[link].streak = watches[link].heard == watches[link].isUp ? 0 : watches[link].streak + 1
      watches[link].heard = false
      guard watches[link].streak >= patience else { continue }
      watches[link].streak = 0
      watches[link].isUp.toggle()
      change(link, watches[link].isUp)
    }
  }

  package func isUp(_ link: Int) -> Bool { watches[link].isUp }

  /// What was lost of the last 64 hellos in the worse of the two directions, in millionths.
  package func loss(over link: Int) -> UInt64 {
    UInt64(max(64 - watches[link].received.nonzeroBitCount, Int(watches[link].missed))) * 1_000_000 / 64
  }

  /// The mean round trip since the last time; nil where there was none.
  package mutating func takeLatency(over link: Int) -> Nanoseconds? {
    defer { (watches[link].trips, watches[link].time) = (0, .zero) }
    return watches[link].trips > 0 ? watches[link].time / Int64(watches[link].trips) : nil
  }

  func fold(into digest: inout Digest, at now: Instant) {
    digest.fold(UInt64(round))
    for place in 0..<8 { digest.fold(UInt64(bitPattern: (now - sentAt[place]).count)) }
    for watch in watches {
      digest.fold(
        (watch.isUp ? 1 : 0) | (watch.heard ? 2 : 0) | UInt64(watch.streak) << 2 | UInt64(watch.missed) << 16,
        watch.received)
      digest.fold(UInt64(watch.last), UInt64(bitPattern: (now - watch.lastAt).count))
      digest.fold(UInt64(watch.trips), UInt64(bitPattern: watch.time.count))
    }
  }
}
