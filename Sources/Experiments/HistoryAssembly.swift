import Checkers
import Primitives

/// One line or map of a history, before anybody asked what it means.
struct HistoryRecord {
  enum Kind { case invoke, ok, fail, info }

  var kind: Kind
  var process: String
  var function: String
  var key: HistoryDatum?
  var value: HistoryDatum?
  var expected: HistoryDatum?
  /// What an `ok` says besides: `mismatch`.
  var result: String?
  /// What a read was promised.
  var consistency: String?
  var time: Int64
  var number: UInt64?
  var index: UInt64 = 0
  /// Where it stands in the file.
  var place: Int
}

/// Puts a history together from its records: invocations meet their outcomes.
struct HistoryAssembly {
  let model: Linearizability.Model
  private(set) var history = ClientHistory()
  // Looked up; what is left at the end stays open.
  private var openByNumber: [UInt64: Int] = [:]
  private var openByProcess: [String: Int] = [:]
  /// Elements that were added to a set.
  private var added: Set<Int32> = []
  private var lastTime = Int64.min
  private var records: UInt64 = 0

  init(_ model: Linearizability.Model) { self.model = model }

  mutating func add(_ record: HistoryRecord, _ scanner: HistoryScanner) throws(HistoryError) {
    records += 1
    guard record.time >= 0 else {
      throw scanner.error("found the time \(record.time); expected one from 0", at: record.place)
    }
    guard record.time >= lastTime else {
      throw scanner.error(
        "time runs backwards, from \(lastTime) to \(record.time); expected lines in the order of their times",
        at: record.place)
    }
    lastTime = record.time
    if record.kind == .invoke { try invoke(record, scanner) } else { try end(record, scanner) }
  }

  private mutating func invoke(_ record: HistoryRecord, _ scanner: HistoryScanner) throws(HistoryError) {
    if record.number.map({ openByNumber[$0] != nil }) ?? (openByProcess[record.process] != nil) {
      let who = record.number.map { "operation \($0)" } ?? "process \(record.process)"
      throw scanner.error("\(who) invokes while it is open; expected its outcome first", at: record.place)
    }
    let function = try function(record, scanner)
    let (key, value, expected) = try arguments(record, function, scanner)
    var operation = ClientHistory.Operation(
      process: history.process(named: record.process), function: function, key: history.number(of: key),
      value: history.number(of: value), expected: history.number(of: expected), call: record.time, end: .max,
      number: record.number ?? records - 1)
    guard function != .add || added.insert(operation.value).inserted else {
      throw scanner.error("\(value.text) is added a second time; expected each element once", at: record.place)
    }
    operation.promise =
      switch record.consistency {
      case "session": .session
      case "stale": .stale
      default: .linearizable
      }
    let place = history.invoke(operation)
    if let number = record.number { openByNumber[number] = place } else { openByProcess[record.process] = place }
  }

  private mutating func end(_ record: HistoryRecord, _ scanner: HistoryScanner) throws(HistoryError) {
    let found =
      record.number.map { openByNumber.removeValue(forKey: $0) }
      ?? openByProcess.removeValue(forKey: record.process)
    guard let place = found else {
      let who = record.number.map { "operation \($0)" } ?? "process \(record.process)"
      throw scanner.error("\(who) ends and has not begun; expected its invocation first", at: record.place)
    }
    var value: Int32?
    if record.kind == .ok, history.operations[place].function == .read {
      value = history.number(of: try result(record, key: history.operations[place].key, scanner))
    }
    let outcome: ClientHistory.Outcome =
      switch record.kind {
      case .fail: .fail
      case .info, .invoke: .unknown
      case .ok: record.result == "mismatch" ? .mismatch : .ok
      }
    history.end(place, outcome, value: value, index: record.index, at: record.time)
  }

  // MARK: Meaning

  private func function(
    _ record: HistoryRecord, _ scanner: HistoryScanner
  ) throws(HistoryError) -> ClientHistory.Function {
    let function: ClientHistory.Function? =
      switch record.function {
      case "read", "get": .read
      case "write", "put": .write
      case "cas": .cas
      case "delete": .delete
      case "append": .append
      case "add": .add
      default: nil
      }
    guard let function, model.functions.contains(function) else {
      let names = model.functions.map(\.name).joined(separator: ", ")
      throw scanner.error(
        "found the operation '\(record.function)'; expected one of \(names) for the model \(model.rawValue)",
        at: record.place)
    }
    return function
  }

  /// The key, the value and what is expected, from fields of their own or from Jepsen's one value.
  private func arguments(
    _ record: HistoryRecord, _ function: ClientHistory.Function, _ scanner: HistoryScanner
  ) throws(HistoryError) -> (HistoryDatum, HistoryDatum, HistoryDatum) {
    if record.key != nil || record.expected != nil {
      return (record.key ?? .none, function == .read ? .none : record.value ?? .none, record.expected ?? .none)
    }
    var (key, value) = split(record.value ?? .none, function)
    if model == .kv, key == .none {
      if function == .delete, value != .none {
        (key, value) = (value, .none)
      } else {
        throw scanner.error("this operation names no key; expected a pair of key and value", at: record.place)
      }
    }
    guard function == .cas else { return (key, function == .read ? .none : value, .none) }
    guard case .list(let pair) = value, pair.count == 2 else {
      throw scanner.error(
        "found the value \(value.text); expected a pair of the old and the new one", at: record.place)
    }
    return (key, pair[1], pair[0])
  }

  /// A pair of key and value, where there is one.
  private func split(_ value: HistoryDatum, _ function: ClientHistory.Function) -> (HistoryDatum, HistoryDatum) {
    guard model != .set, case .list(let pair) = value, pair.count == 2 else { return (.none, value) }
    if function == .cas {
      guard case .list(let inner) = pair[1], inner.count == 2 else { return (.none, value) }
    }
    return (pair[0], pair[1])
  }

  private func result(
    _ record: HistoryRecord, key: Int32, _ scanner: HistoryScanner
  ) throws(HistoryError) -> HistoryDatum {
    let value = record.value ?? .none
    if model == .set {
      guard case .list(let elements) = value else {
        throw scanner.error("found the value \(value.text); expected the elements of a set", at: record.place)
      }
      return .list(elements)
    }
    guard key != 0, case .list(let pair) = value, pair.count == 2, pair[0] == history.data[Int(key)] else {
      return value
    }
    return pair[1]
  }
}
