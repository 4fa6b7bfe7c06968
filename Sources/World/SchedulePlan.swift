import Kernel
import Primitives

/// The order in which events go, within what the model of network, disks and processes allows: messages and
/// processes may be late, and nothing is early.
@usableFromInline package enum SchedulePlan: Hashable, Sendable {
  /// Each at its time.
  case earliest
  /// By random priorities, within a window of the oldest pending event; `depth` − 1 times in a run the one that
  /// would go falls below all others.
  case priorities(depth: Int, window: Nanoseconds, of: PriorityHolder)
  /// Each at its time, but for so many delays.
  case delays(bound: Int, by: Nanoseconds)

  /// What has a priority.
  @usableFromInline package enum PriorityHolder: String, Sendable, CaseIterable {
    /// Each link and each process by itself.
    case links
    /// Each process, with all that comes to it.
    case processes
  }

  func scheduler(shufflesTies: Bool, over duration: Nanoseconds, _ choices: Choices) -> Scheduler {
    switch self {
    case .earliest: shufflesTies ? .seededTies(choices) : .earliest
    case .priorities(let depth, let window, let holder):
      .priorities(
        PriorityScheduling(
          depth: depth, window: window, byProcess: holder == .processes, over: duration, choices))
    case .delays(let bound, let time):
      .delays(DelayScheduling(bound: bound, by: time, shufflesTies: shufflesTies, over: duration, choices))
    }
  }
}
