import Node
import Primitives
import Telemetry

/// One line of a client history. Times are global and virtual.
package struct HistoryEvent: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case invoke
    case outcome(OutcomeKind)
  }

  /// The operation's number.
  package var operation: UInt64
  package var kind: Kind
  package var at: Instant
  /// The client process, as an index into the recording's processes.
  package var process: Int
  package var name: StaticText
  /// The arguments on invoke, the results on an outcome, in order.
  package var fields: [Field]

  package struct Field: Hashable, Sendable {
    package var name: StaticText
    package var value: HistoryValue

    package init(name: StaticText, value: HistoryValue) {
      self.name = name
      self.value = value
    }
  }

  package init(
    operation: UInt64, kind: Kind, at: Instant, process: Int, name: StaticText, fields: [Field]
  ) {
    self.operation = operation
    self.kind = kind
    self.at = at
    self.process = process
    self.name = name
    self.fields = fields
  }
}

/// Why a message did not arrive.
package enum DropReason: Int, Sendable, CaseIterable {
  case loss, cut, reset, queueFull, processDown, undecodable

  package var name: StaticText {
    switch self {
    case .loss: "loss"
    case .cut: "cut"
    case .reset: "reset"
    case .queueFull: "queue_full"
    case .processDown: "process_down"
    case .undecodable: "undecodable"
    }
  }
}

/// Counts of what the network did.
package struct MessageCounts: Hashable, Sendable {
  package var sent: UInt64 = 0
  package var delivered: UInt64 = 0
  package var duplicated: UInt64 = 0
  /// By `DropReason.rawValue`.
  package var dropped = [UInt64](repeating: 0, count: DropReason.allCases.count)
  /// Sent, by message kind.
  package var byKind = [UInt64](repeating: 0, count: StepLimits.kinds)

  package init() {}

  package var droppedInAll: UInt64 { dropped.reduce(0, +) }
}

/// What a fault did: counts by effect, each fault under its id. A fault without effects did not bite.
package struct FaultRecord: Hashable, Sendable {
  package enum Effect: Int, Sendable, CaseIterable {
    case processesCrashed, recordsLost, processesPaused, inputsDelayed, messagesCut, messagesHeld, messagesAffected

    package var name: StaticText {
      switch self {
      case .processesCrashed: "processes_crashed"
      case .recordsLost: "unsynced_records_lost"
      case .processesPaused: "processes_paused"
      case .inputsDelayed: "inputs_delayed"
      case .messagesCut: "messages_cut"
      case .messagesHeld: "messages_held"
      case .messagesAffected: "messages_affected"
      }
    }
  }

  package struct Occurrence: Hashable, Sendable {
    package var from: Instant
    /// nil while it lasts.
    package var until: Instant?
    /// The hosts it was about.
    package var hosts: [NodeID]
    /// Which branch of a repeating fault; 0 otherwise.
    package var branch: Int

    package init(from: Instant, until: Instant?, hosts: [NodeID], branch: Int) {
      self.from = from
      self.until = until
      self.hosts = hosts
      self.branch = branch
    }
  }

  package var id: UInt32
  package var name: String
  /// Whether it is a timed one, which must bite in every run.
  package var timed: Bool
  package var occurrences: [Occurrence] = []
  /// How often it began and found nobody to act on until its window ended.
  package var withoutTarget: UInt64 = 0
  /// By `Effect.rawValue`.
  package var effects = [UInt64](repeating: 0, count: Effect.allCases.count)

  package init(id: UInt32, name: String, timed: Bool) {
    self.id = id
    self.name = name
    self.timed = timed
  }

  package var bit: Bool { effects.contains { $0 > 0 } }
}

/// Everything that a run leaves behind for people and files.
package struct Recording: Hashable, Sendable {
  /// `n1`, `n2`, … `c1`, …: a name for each process, in the order of their indices.
  package var processes: [String]
  package var history: [HistoryEvent] = []
  package var spans: [Span] = []
  package var samples: [MetricSample] = []
  package var messages = MessageCounts()
  package var faults: [FaultRecord] = []

  package init(processes: [String]) {
    self.processes = processes
  }
}
