import Primitives

/// Moments at which a scheduler does something else than usual, drawn from the seed: each a moment of the run and a
/// number of events to let pass after it, so that the middle of a burst is as likely as its beginning.
@usableFromInline struct SchedulePoints: Hashable, Sendable {
  @usableFromInline struct Point: Hashable, Sendable {
    /// From 0: which of the draws it was.
    @usableFromInline let number: UInt64
    @usableFromInline let moment: Instant
    @usableFromInline var skip: UInt64
  }

  /// At most as many events are let pass, less one.
  static var burst: UInt64 { 32 }

  private let count: Int
  private let duration: Nanoseconds
  private let purpose: Purpose
  /// The next one last.
  @usableFromInline private(set) var left: ContiguousArray<Point> = []

  /// - Precondition: `duration > 0` where there is to be a point.
  init(_ count: Int, over duration: Nanoseconds, _ purpose: Purpose, _ choices: Choices) {
    self.count = count
    self.duration = duration
    self.purpose = purpose
    left = drawn(from: choices)
  }

  private func drawn(from choices: Choices) -> ContiguousArray<Point> {
    let points = (0..<UInt64(count)).map { number in
      let moment = choices.choose(purpose, Entities(number), 0, below: UInt64(duration.count))
      return Point(
        number: number, moment: Instant(nanoseconds: Int64(moment)),
        skip: choices.choose(purpose, Entities(number), 1, below: Self.burst))
    }
    return ContiguousArray(points.sorted { ($0.moment, $0.number) > ($1.moment, $1.number) })
  }

  /// What is still to come is drawn anew.
  mutating func draw(from choices: Choices, after now: Instant) {
    left = drawn(from: choices)
    left.removeAll { $0.moment <= now }
  }

  /// The point that an event at `time` meets, which is used up; asked once for each event that would go.
  @usableFromInline mutating func take(at time: Instant) -> Point? {
    guard let next = left.last, next.moment <= time else { return nil }
    guard next.skip == 0 else {
      left[left.count - 1].skip -= 1
      return nil
    }
    return left.removeLast()
  }

  func fold(into digest: inout Digest, at now: Instant) {
    for point in left {
      digest.fold(UInt64(bitPattern: (point.moment - now).count), point.number << 32 | point.skip)
    }
  }
}
