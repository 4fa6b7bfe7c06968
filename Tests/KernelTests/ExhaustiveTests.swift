import Kernel
import Primitives
import Testing

@Suite("All small histories of the queue")
struct ExhaustiveTests {
  enum Operation: CaseIterable {
    case pushNow, pushSoon, pushFar
    case cancelFirst, cancelLast
    case rearmFirst, rearmLast
    case pop, popNow

    /// Within one lowest bucket, across one level and across several.
    static let soon: Int64 = 1
    static let far: Int64 = 70_000
  }

  private struct History {
    var queue = EventQueue<Int>()
    var model = NaiveQueue()
    var handles: [EventHandle] = []
    var now: Int64 = 0

    mutating func push(after delay: Int64) {
      handles.append(queue.push(handles.count, at: Instant(nanoseconds: now + delay)))
      model.push(handles.count - 1, at: now + delay)
    }

    mutating func cancel(_ payload: Int?) -> Bool {
      guard let payload, payload >= 0, payload < handles.count else { return true }
      return queue.cancel(handles[payload]) == model.cancel(payload)
    }

    mutating func rearm(_ payload: Int?, after delay: Int64) -> Bool {
      guard let payload, payload >= 0, payload < handles.count else { return true }
      let handle = queue.rearm(handles[payload], at: Instant(nanoseconds: now + delay))
      return (handle != nil) == model.rearm(payload, at: now + delay)
    }

    mutating func pop(notAfter limit: Int64) -> Bool {
      let popped = queue.popped(notAfter: limit)
      now = popped?.time ?? now
      return popped == model.popped(notAfter: limit)
    }

    /// False where the queue and the model differ.
    mutating func apply(_ operation: Operation) -> Bool {
      switch operation {
      case .pushNow: push(after: 0)
      case .pushSoon: push(after: Operation.soon)
      case .pushFar: push(after: Operation.far)
      case .cancelFirst: return cancel(0)
      case .cancelLast: return cancel(handles.count - 1)
      case .rearmFirst: return rearm(0, after: Operation.far)
      case .rearmLast: return rearm(handles.count - 1, after: Operation.soon)
      case .pop: return pop(notAfter: .max)
      case .popNow: return pop(notAfter: now)
      }
      return true
    }

    func agrees() -> Bool {
      queue.count == model.events.count && queue.nextTime?.nanoseconds == model.first?.time
    }
  }

  @Test("agree with the model: every sequence of up to six operations over three times")
  func everything() {
    var checked = 0
    var failures: [[Operation]] = []
    var path: [Operation] = []
    // Each step goes on from a fork, so this is a test of forks as well.
    func explore(_ history: History) {
      for operation in Operation.allCases {
        path.append(operation)
        var next = history
        checked += 1
        if next.apply(operation), next.agrees() {
          if path.count < 6 {
            explore(next)
          } else if next.queue.drained() != next.model.inOrder {
            failures.append(path)
          }
        } else {
          failures.append(path)
        }
        path.removeLast()
      }
    }
    explore(History())
    #expect(failures.isEmpty, "first: \(failures.first ?? [])")
    #expect(checked == 597_870)
  }
}
