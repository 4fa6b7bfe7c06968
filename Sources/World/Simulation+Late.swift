import Kernel
import Primitives

/// Events that a scheduler lets wait beyond their time. Where something is put back into a lane, as when a process
/// resumes, they must not overtake it.
extension Simulation {
  /// What is due by now in these lanes and has not gone, in order; none where everything goes at its time.
  func late(in isMeant: (Lane) -> Bool) -> [EventHandle] {
    guard plan.schedule != .earliest || plan.shufflesTies else { return [] }
    var late: [(time: Instant, sequence: UInt64, handle: EventHandle)] = []
    queue.forEachPending(notAfter: now) { handle, time, sequence, event in
      if let lane = event.lane, isMeant(lane) { late.append((time, sequence, handle)) }
    }
    return late.sorted { ($0.time, $0.sequence) < ($1.time, $1.sequence) }.map(\.handle)
  }

  /// They go behind everything that is there.
  mutating func putBehind(_ late: [EventHandle]) {
    for handle in late { queue.rearm(handle, at: now) }
  }
}
