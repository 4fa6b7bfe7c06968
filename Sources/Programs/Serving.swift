import Node
import Primitives

/// The requests that a node has under way as the owner of their keys, in the order in which its host works on them, and
/// what it has seen of them.
package struct Serving: Sendable {
  package struct Job: Hashable, Sendable {
    package let request: RequestID
    /// Who asked; the node itself for what it was asked directly.
    package let source: NodeID
    package let since: Instant

    package init(request: RequestID, source: NodeID, since: Instant) {
      self.request = request
      self.source = source
      self.since = since
    }
  }

  package private(set) var jobs: ContiguousArray<Job> = []
  /// The name of the first job's work.
  private var first: UInt64 = 0
  /// How many it takes at once; fewer where it is throttled.
  package private(set) var limit: Int
  private let capacity: Int

  /// Since they were last taken: how many were served and in how much time, and how many of them too late to be of use.
  private(set) var served: UInt64 = 0
  private(set) var late: UInt64 = 0
  private(set) var refused: UInt64 = 0
  private(set) var time = Nanoseconds.zero

  package init(capacity: Int) {
    self.capacity = capacity
    limit = capacity
  }

  package var isThrottled: Bool { limit < capacity }

  /// A throttled node takes an eighth of what it may at first, and each time it is throttled again half of that.
  package mutating func throttle() { limit = max(1, isThrottled ? limit / 2 : capacity / 8) }

  package mutating func release() { limit = capacity }

  /// - Returns: the name of its work; nil where there is too much already.
  package mutating func admit(_ job: Job) -> WorkID? {
    guard jobs.count < limit else {
      refused += 1
      return nil
    }
    jobs.append(job)
    return WorkID(first + UInt64(jobs.count) - 1)
  }

  /// - Parameter patience: after which nobody waits any longer.
  package mutating func finish(_ work: WorkID, at now: Instant, patience: Nanoseconds) -> Job? {
    guard work.rawValue == first, !jobs.isEmpty else { return nil }
    let job = jobs.removeFirst()
    first += 1
    served += 1
    time = time + (now - job.since)
    if now - job.since >= patience { late += 1 }
    return job
  }

  /// What there was to see since the last time: the mean time of a request, and millionths of the requests that were
  /// served in time. nil where there were none.
  package mutating func takeFigures() -> (latency: Nanoseconds?, service: UInt64?) {
    defer { (served, late, refused, time) = (0, 0, 0, .zero) }
    let asked = served + refused
    return (
      served > 0 ? time / Int64(served) : nil, asked > 0 ? (served - late) * 1_000_000 / asked : nil
    )
  }

  func fold(into digest: inout Digest, at now: Instant) {
    digest.fold(UInt64(jobs.count), UInt64(limit))
    digest.fold(served << 32 | refused, UInt64(bitPattern: time.count) ^ late << 40)
    for job in jobs {
      digest.fold(job.request.rawValue, UInt64(job.source.rawValue))
      digest.fold(UInt64(bitPattern: (now - job.since).count))
    }
  }
}
