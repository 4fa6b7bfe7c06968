import Checkers
import Primitives

/// What it costs to judge a history: eight clients, 64 keys alike, one operation in a hundred of unknown outcome.
struct LinearizabilityBenchmark: BenchmarkGroup {
  let name = "linearizability"
  let rows = ["linearizability/100k", "linearizability/1m"]

  func measure(_ row: String, options: Options) throws -> Benchmark {
    let count = row == "linearizability/100k" ? 100_000 : 1_000_000
    let history = Self.history(count)
    var costs: [Double] = []
    for _ in 0..<(count > 100_000 ? min(3, options.runs) : options.runs) {
      var verdict: Linearizability.Verdict?
      costs.append(ProcessClock.nanoseconds { verdict = Linearizability(.kv).judge(history) } / 1e9)
      guard case .linearizable? = verdict else {
        throw ReferenceError(message: "\(row): the history, which has a legal order, was not found to have one")
      }
    }
    complain("\(row): \(ProcessClock.peakMemory >> 20) MiB at most")
    return Benchmark(name: row, value: median(costs), unit: "CPU s")
  }

  /// Clients that ask one thing after another of a true store, whose answers take a while: each operation takes
  /// effect at a moment between its call and its end, or, where its outcome is unknown, in half of the cases.
  static func history(_ count: Int) -> ClientHistory {
    let choices = Choices(seed: 7)
    let purpose = Purpose(250, "history")
    func draw(_ number: Int, _ what: UInt64, below bound: UInt64) -> UInt64 {
      choices.choose(purpose, Entities(UInt64(number)), what, below: bound)
    }
    struct Pending {
      let place: Int
      let process: Int
      let effect: Int64
      let end: Int64
      var value: Int32 = 0
      var outcome = ClientHistory.Outcome.ok
    }
    var history = ClientHistory()
    let processes = (1...8).map { history.process(named: "c\($0)") }
    let keys = (0..<64).map { history.number(of: .text("k\($0)")) }
    var store = [Int32](repeating: 0, count: keys.count)
    var pending: [Pending] = []
    var free = [Int64](repeating: 0, count: processes.count)
    var names = processes
    for number in 0..<count {
      let process = free.indices.min { (free[$0], $0) < (free[$1], $1) }!
      let now = free[process]
      // What takes effect before now does so in its order.
      for next in pending.indices.filter({ pending[$0].effect <= now }).sorted(by: {
        pending[$0].effect < pending[$1].effect
      }) {
        apply(&pending[next])
      }
      pending.removeAll { $0.effect <= now }
      let key = Int(draw(number, 0, below: 64))
      let kind = draw(number, 1, below: 10)
      let isUnknown = draw(number, 2, below: 100) == 0
      let value = history.number(of: .integer(Int64(number)))
      let function: ClientHistory.Function = kind < 5 ? .read : kind < 9 ? .write : .cas
      let place = history.invoke(
        ClientHistory.Operation(
          process: names[process], function: function, key: keys[key], value: function == .read ? 0 : value,
          expected: function == .cas ? store[key] : 0, call: now, number: UInt64(number)))
      let effect = now + 1 + Int64(draw(number, 3, below: 1_000_000))
      let end = effect + 1 + Int64(draw(number, 4, below: 1_000_000))
      free[process] = end + 1
      if !isUnknown {
        pending.append(Pending(place: place, process: process, effect: effect, end: end))
      } else {
        if draw(number, 5, below: 2) == 0 {
          pending.append(Pending(place: place, process: process, effect: effect, end: .max, outcome: .unknown))
        }
        // Who does not know is another client from then on.
        names[process] = history.process(named: "c\(process + 1)-\(number)")
      }
    }
    for next in pending.indices.sorted(by: { pending[$0].effect < pending[$1].effect }) { apply(&pending[next]) }
    return history

    func apply(_ each: inout Pending) {
      let operation = history.operations[each.place]
      let key = keys.firstIndex(of: operation.key)!
      var value: Int32?
      switch operation.function {
      case .read: value = store[key]
      case .cas:
        if store[key] == operation.expected {
          store[key] = operation.value
        } else if each.outcome == .ok {
          each.outcome = .mismatch
        }
      default: store[key] = operation.value
      }
      history.end(each.place, each.outcome, value: value, index: 0, at: each.end)
    }
  }
}
