import Kernel
import Node
import Primitives

/// Clocks that change their ways, and the timers that go by them.
extension Simulation {
  /// A timer of a process whose clock stands still.
  @usableFromInline struct FrozenTimer: Hashable, Sendable {
    let process: Int
    let timer: TimerID
    /// On the monotonic clock.
    var remaining: Nanoseconds
  }

  /// The host's clocks run as the faults that act now have it: of several drifts and slews the last to begin.
  mutating func runClocks(of host: NodeID) {
    let index = host.index
    let (drift, slew, frozen) = faults.clock(of: host, drift: clocks[index].ownDrift)
    let clock = clocks[index]
    guard (drift, frozen) != (clock.drift, clock.isFrozen) else {
      clocks[index].run(drift: drift, frozen: frozen, slew: slew, at: now)
      return
    }
    var waiting = frozenTimers.filter { $0.process == index }
    frozenTimers.removeAll { $0.process == index }
    for timer in 0..<StepLimits.timers {
      let id = TimerID(UInt8(timer))
      guard let handle = timers[index * StepLimits.timers + timer], let due = queue.time(of: handle) else {
        continue
      }
      // A scheduler may have let it wait beyond its time.
      let remaining = max(.zero, clock.reading(at: due) - clock.reading(at: now))
      waiting.append(FrozenTimer(process: index, timer: id, remaining: remaining))
      cancelTimer(id, of: index)
    }
    clocks[index].run(drift: drift, frozen: frozen, slew: slew, at: now)
    for each in waiting { setTimer(each.timer, of: index, after: each.remaining) }
  }

  /// By its process's monotonic clock.
  @inlinable
  mutating func setTimer(_ timer: TimerID, of index: Int, after time: Nanoseconds) {
    if clocks[index].isFrozen {
      freeze(timer, of: index, time)
    } else {
      setTimer(timer, of: index, at: clocks[index].moment(after: time, from: now))
    }
  }

  @usableFromInline mutating func freeze(_ timer: TimerID, of index: Int, _ remaining: Nanoseconds) {
    cancelTimer(timer, of: index)
    frozenTimers.append(FrozenTimer(process: index, timer: timer, remaining: remaining))
  }

  @usableFromInline mutating func cancelFrozenTimer(_ timer: TimerID, of index: Int) {
    frozenTimers.removeAll { $0.process == index && $0.timer == timer }
  }

  static func clocks(_ plan: SimulationPlan<P>, _ choices: Choices) -> ContiguousArray<HostClock> {
    ContiguousArray(
      plan.clocks.enumerated().map { host, profile in
        func draw(_ purpose: Purpose, _ low: Int64, _ high: Int64) -> Int64 {
          // What is certain needs no draw.
          low == high
            ? low : low + Int64(choices.choose(purpose, Entities(UInt64(host)), 0, below: UInt64(high - low) + 1))
        }
        return HostClock(
          drift: draw(.clockDrift, profile.slowest, profile.fastest),
          offset: Nanoseconds(draw(.clockOffset, -profile.offset.count, profile.offset.count)))
      })
  }
}
