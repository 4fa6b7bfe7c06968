import Checkers
import Node
import World

extension ClientHistory {
  /// The history of a run of the key-value store.
  package init(_ recording: Recording) {
    self.init()
    // Looked up and never iterated.
    var open: [UInt64: Int] = [:]
    let processes = recording.processes.map { process(named: $0) }
    for event in recording.history {
      func field(_ name: String) -> HistoryDatum? {
        event.fields.first { $0.name.description == name }.map { HistoryDatum($0.value) }
      }
      switch event.kind {
      case .invoke:
        let function = Function(operation: event.name.description)
        var operation = Operation(
          process: processes[event.process], function: function, key: number(of: field("key") ?? .none),
          value: number(of: field("value") ?? .none), expected: number(of: field("expected") ?? .none),
          call: event.at.nanoseconds, number: event.operation)
        switch field("consistency") {
        case .text("session"): operation.promise = .session
        case .text("stale"): operation.promise = .stale
        default: break
        }
        open[event.operation] = invoke(operation)
      case .outcome(let kind):
        guard let place = open.removeValue(forKey: event.operation) else { continue }
        let isRead = operations[place].function == .read
        var index: UInt64 = 0
        if case .integer(let told)? = field("index") { index = UInt64(told) }
        end(
          place, Outcome(kind, isMismatch: field("result") == .text("mismatch")),
          value: kind == .ok && isRead ? number(of: field("value") ?? .none) : nil, index: index,
          at: event.at.nanoseconds)
      }
    }
  }
}

extension ClientHistory.Function {
  fileprivate init(operation: String) {
    switch operation {
    case "get": self = .read
    case "put": self = .write
    case "delete": self = .delete
    default: self = .cas
    }
  }
}

extension ClientHistory.Outcome {
  fileprivate init(_ kind: OutcomeKind, isMismatch: Bool) {
    switch kind {
    case .ok: self = isMismatch ? .mismatch : .ok
    case .fail: self = .fail
    case .info: self = .unknown
    }
  }
}

extension HistoryDatum {
  fileprivate init(_ value: HistoryValue) {
    switch value {
    case .text(let text): self = .text(text)
    case .integer(let integer): self = .integer(integer)
    case .none: self = .none
    }
  }
}
