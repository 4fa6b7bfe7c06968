import Primitives

/// A value in a history: what was written, read, or used as a key.
package enum HistoryDatum: Hashable, Sendable {
  case none
  case truth(Bool)
  case integer(Int64)
  case text(String)
  case list([HistoryDatum])

  /// As people write it.
  package var text: String {
    switch self {
    case .none: "nothing"
    case .truth(let truth): "\(truth)"
    case .integer(let integer): "\(integer)"
    case .text(let text): text
    case .list(let elements): "{" + elements.map(\.text).joined(separator: ", ") + "}"
    }
  }
}

/// What clients asked and were told, from one run or file: operations with values as numbers into a table.
package struct ClientHistory: Sendable {
  package enum Function: UInt8, Sendable, CaseIterable {
    case read, write, cas, delete, append, add

    package var name: String {
      switch self {
      case .read: "read"
      case .write: "write"
      case .cas: "cas"
      case .delete: "delete"
      case .append: "append"
      case .add: "add"
      }
    }
  }

  package enum Outcome: UInt8, Sendable {
    case ok
    /// A compare-and-set took place and found another value.
    case mismatch
    /// It certainly did not take place.
    case fail
    /// Nobody knows.
    case unknown
  }

  /// What a read was promised, where that is less than to be linearizable.
  package enum Promise: UInt8, Sendable {
    case linearizable, session, stale
  }

  package struct Operation: Sendable {
    package var process: Int32
    package var function: Function
    package var outcome = Outcome.unknown
    package var promise = Promise.linearizable
    package var key: Int32
    /// What is written or added; what a read returned.
    package var value: Int32
    /// What a compare-and-set expects.
    package var expected: Int32
    package var call: Int64
    /// `Int64.max` where it never ended.
    package var end: Int64
    /// How much of the log the answer tells of; 0 where that is not known.
    package var index: UInt64 = 0
    /// As the history numbers it, or the place of its invocation.
    package var number: UInt64
    /// Places of call and end among all events of the history: what tells one process's own events of one time apart.
    package private(set) var callPlace: Int = 0
    package private(set) var endPlace: Int = .max

    fileprivate mutating func called(at place: Int) { callPlace = place }
    fileprivate mutating func ended(at place: Int) { endPlace = place }

    /// Whether it was certainly over when `other` began: earlier in time, or before it among the events of the one
    /// process that both are of.
    package func precedes(_ other: Operation) -> Bool {
      end < other.call || (end == other.call && process == other.process && endPlace < other.callPlace)
    }

    /// Open, and with an unknown outcome.
    package init(
      process: Int32, function: Function, key: Int32, value: Int32 = 0, expected: Int32 = 0, call: Int64,
      end: Int64 = .max, number: UInt64
    ) {
      self.process = process
      self.function = function
      self.key = key
      self.value = value
      self.expected = expected
      self.call = call
      self.end = end
      self.number = number
    }
  }

  package private(set) var operations: ContiguousArray<Operation> = []
  private var events = 0
  /// By number; 0 is `none`.
  package private(set) var data: [HistoryDatum] = [.none]
  /// Names of processes, by number.
  package private(set) var processes: [String] = []
  // Looked up and never iterated.
  private var numbers: [HistoryDatum: Int32] = [.none: 0]
  private var processNumbers: [String: Int32] = [:]

  package init() {}

  package mutating func number(of datum: HistoryDatum) -> Int32 {
    if let number = numbers[datum] { return number }
    let number = Int32(data.count)
    data.append(datum)
    numbers[datum] = number
    return number
  }

  package mutating func process(named name: String) -> Int32 {
    if let number = processNumbers[name] { return number }
    let number = Int32(processes.count)
    processes.append(name)
    processNumbers[name] = number
    return number
  }

  /// Returns the operation's place.
  package mutating func invoke(_ operation: Operation) -> Int {
    operations.append(operation)
    operations[operations.count - 1].called(at: events)
    events += 1
    return operations.count - 1
  }

  /// - Parameter value: what a read returned; nil leaves what was invoked.
  package mutating func end(
    _ place: Int, _ outcome: Outcome, value: Int32?, index: UInt64, at time: Int64
  ) {
    operations[place].outcome = outcome
    operations[place].ended(at: events)
    events += 1
    if let value { operations[place].value = value }
    operations[place].index = index
    // What is unknown may still take effect at any later time.
    operations[place].end = outcome == .unknown ? .max : time
  }

  package func text(_ number: Int32) -> String { data[Int(number)].text }
}
