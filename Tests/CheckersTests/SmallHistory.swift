import Checkers
import Primitives

/// A history of a handful of operations, and the plainest judge of it: every order is tried.
struct SmallHistory {
  struct Operation {
    var process: Int
    var function: ClientHistory.Function
    var value: Int64
    var expected: Int64 = 0
    var outcome = ClientHistory.Outcome.ok
    /// What a set was read as.
    var elements: [Int64] = []
    var call: Int64
    var end: Int64
  }

  let model: Linearizability.Model
  var operations: [Operation]

  /// - Parameter order: in which the operations are told; by their calls, for a process in its own order.
  func history(naming name: (Int) -> String = { "c\($0)" }) -> ClientHistory {
    var history = ClientHistory()
    for (number, each) in operations.enumerated() {
      let place = history.invoke(
        ClientHistory.Operation(
          process: history.process(named: name(each.process)), function: each.function,
          key: model == .kv ? history.number(of: .text("k")) : 0, value: history.number(of: datum(each)),
          expected: history.number(of: datum(each.expected)), call: each.call, number: UInt64(number)))
      history.end(place, each.outcome, value: nil, index: 0, at: each.end)
    }
    return history
  }

  private func datum(_ operation: Operation) -> HistoryDatum {
    if model == .set, operation.function == .read { return .list(operation.elements.map { .integer($0) }) }
    return datum(operation.value)
  }

  private func datum(_ value: Int64) -> HistoryDatum {
    if value == 0 { return .none }
    return model == .kv ? .text(String(repeating: "x", count: Int(value))) : .integer(value)
  }

  // MARK: Every order

  /// Values and, for kv, lengths of texts of one letter.
  private struct State {
    var value: Int64 = 0
    var elements: Set<Int64> = []
  }

  var isLinearizable: Bool {
    let counted = operations.indices.filter {
      operations[$0].outcome != .fail && !(operations[$0].outcome == .unknown && operations[$0].function == .read)
    }
    return search(State(), left: counted)
  }

  private func search(_ state: State, left: [Int]) -> Bool {
    if left.allSatisfy({ operations[$0].outcome == .unknown }) { return true }
    for next in left {
      // Nothing that is left may have ended before it began.
      guard left.allSatisfy({ $0 == next || !precedes($0, next) }) else { continue }
      guard let after = apply(operations[next], to: state) else { continue }
      if search(after, left: left.filter { $0 != next }) { return true }
    }
    return false
  }

  private func precedes(_ first: Int, _ second: Int) -> Bool {
    let (a, b) = (operations[first], operations[second])
    guard a.outcome != .unknown else { return false }
    return a.end < b.call || (a.end == b.call && a.process == b.process && first < second)
  }

  private func apply(_ operation: Operation, to state: State) -> State? {
    var next = state
    switch operation.function {
    case .read:
      if model == .set { return Set(operation.elements) == state.elements ? state : nil }
      return operation.value == state.value ? state : nil
    case .write: next.value = operation.value
    case .delete: next.value = 0
    case .append: next.value += operation.value
    case .add: next.elements.insert(operation.value)
    case .cas:
      let matches = state.value == operation.expected
      switch operation.outcome {
      case .ok where !matches, .mismatch where matches: return nil
      case .mismatch: return state
      default: if matches { next.value = operation.value }
      }
    }
    return next
  }

  // MARK: Chance

  /// Operations of a few processes on an object that exists, with answers that are sometimes wrong.
  static func random(_ model: Linearizability.Model, _ dice: inout Dice) -> SmallHistory {
    var small = SmallHistory(model: model, operations: [])
    let processes = 2 + Int(dice.below(3))
    var free = [Int64](repeating: 0, count: processes)
    var state = State()
    // A few values only in half of the histories: equal writes are the hard case.
    let values = dice.below(2) == 0 ? 3 : UInt64(100)
    let mostOperations = 3 + dice.below(6)
    for number in 0..<mostOperations {
      let process = Int(dice.below(UInt64(processes)))
      let functions = model.functions
      var each = Operation(
        process: process, function: functions[Int(dice.below(UInt64(functions.count)))],
        value: 1 + Int64(dice.below(values)), call: free[process] + Int64(dice.below(3)), end: 0)
      each.end = each.call + Int64(dice.below(6))
      if model == .kv { each.value = 1 + each.value % 4 }
      if each.function == .add { each.value = Int64(number) + 1 }
      if each.function == .delete { each.value = 0 }
      each.expected = dice.below(3) == 0 ? 0 : state.value
      if each.function == .read {
        each.value = dice.below(4) == 0 ? Int64(dice.below(3)) : state.value
        each.elements = state.elements.filter { _ in dice.below(8) != 0 }.sorted()
      }
      if each.function == .cas, each.expected != state.value { each.outcome = .mismatch }
      if dice.below(5) == 0 { each.outcome = .unknown }
      if dice.below(12) == 0 { each.outcome = .fail }
      if each.outcome != .fail, each.outcome != .unknown || dice.below(2) == 0 {
        if let after = small.apply(each, to: state) { state = after }
      }
      free[process] = each.end + Int64(dice.below(2))
      // A process that does not know asks no more.
      if each.outcome == .unknown { free[process] = each.call + 1_000 * Int64(number + 1) }
      small.operations.append(each)
    }
    return small
  }
}
