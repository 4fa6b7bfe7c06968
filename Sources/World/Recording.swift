import Node
import Primitives
import Telemetry

/// One line of a client history. Times are global and virtual.
@usableFromInline package struct HistoryEvent: Hashable, Sendable {
  @usableFromInline package enum Kind: Hashable, Sendable {
    case invoke
    case outcome(OutcomeKind)
  }

  /// The operation's number.
  @usableFromInline package var operation: UInt64
  @usableFromInline package var kind: Kind
  @usableFromInline package var at: Instant
  /// The client process, as an index into the recording's processes.
  @usableFromInline package var process: Int
  @usableFromInline package var name: StaticText
  /// The arguments on invoke, the results on an outcome, in order.
  @usableFromInline package var fields: [Field]

  @usableFromInline package struct Field: Hashable, Sendable {
    @usableFromInline package var name: StaticText
    @usableFromInline package var value: HistoryValue

    @usableFromInline package init(name: StaticText, value: HistoryValue) {
      self.name = name
      self.value = value
    }
  }

  @usableFromInline package init(
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
@usableFromInline package enum DropReason: Int, Sendable, CaseIterable {
  case loss, cut, reset, queueFull, processDown, undecodable, filtered, corrupted, unreachable

  @usableFromInline package var name: StaticText {
    switch self {
    case .loss: "loss"
    case .cut: "cut"
    case .reset: "reset"
    case .queueFull: "queue_full"
    case .processDown: "process_down"
    case .undecodable: "undecodable"
    case .filtered: "filtered"
    case .corrupted: "corrupted"
    case .unreachable: "unreachable"
    }
  }

  /// Whether a stream can end with it.
  var endsConnections: Bool {
    switch self {
    case .cut, .reset, .processDown: true
    case .loss, .queueFull, .undecodable, .filtered, .corrupted, .unreachable: false
    }
  }
}

/// Counts of what the network did.
@usableFromInline package struct MessageCounts: Hashable, Sendable {
  @usableFromInline package var sent: UInt64 = 0
  @usableFromInline package var delivered: UInt64 = 0
  @usableFromInline package var duplicated: UInt64 = 0
  /// By `DropReason.rawValue`.
  @usableFromInline package var dropped = [UInt64](repeating: 0, count: DropReason.allCases.count)
  @usableFromInline package var connections = ConnectionCounts()
  /// Sent, by message kind.
  @usableFromInline package var byKind = [UInt64](repeating: 0, count: StepLimits.kinds)

  @usableFromInline package init() {}

  @usableFromInline package var droppedInAll: UInt64 { dropped.reduce(0, +) }
}

/// Counts of what became of streams.
@usableFromInline package struct ConnectionCounts: Hashable, Sendable {
  @usableFromInline package var opened: UInt64 = 0
  /// Dialled in vain.
  @usableFromInline package var failed: UInt64 = 0
  /// By `DropReason.rawValue`, which tells what ended them.
  @usableFromInline package var closed = [UInt64](repeating: 0, count: DropReason.allCases.count)

  @usableFromInline package init() {}
}

/// Counts of what went wrong in processes and on disks, whether a fault or the plan itself was the cause.
@usableFromInline package struct IncidentCounts: Hashable, Sendable {
  /// Ends of processes, their own included.
  @usableFromInline package var crashes: UInt64 = 0
  /// Processes that ended themselves.
  @usableFromInline package var exits: UInt64 = 0
  @usableFromInline package var recordsTorn: UInt64 = 0
  /// Records that were damaged, or in the place of others, as a starting process read them.
  @usableFromInline package var damageFound: UInt64 = 0
  @usableFromInline package var syncsFailed: UInt64 = 0
  @usableFromInline package var syncsLost: UInt64 = 0
  @usableFromInline package var writesMisdirected: UInt64 = 0

  @usableFromInline package init() {}
}

/// What a fault did: counts by effect, each fault under its id. A fault without effects did not bite.
@usableFromInline package struct FaultRecord: Hashable, Sendable {
  @usableFromInline package enum Effect: Int, Sendable, CaseIterable {
    case processesCrashed, recordsLost, processesPaused, inputsDelayed, messagesCut, messagesHeld, messagesAffected,
      syncsAffected, recordsTorn, recordsSurvived, recordsDamaged, damageFound, disksWiped, syncsFailed, syncsLost,
      syncsStalled, writesMisdirected, messagesFiltered, messagesCorrupted,
      clocksChanged, processesSlowed, processesReconfigured, workDelayed, memoryLeaked,
      processesKilled, commandsGiven

    @usableFromInline package var name: StaticText {
      switch self {
      case .processesCrashed: "processes_crashed"
      case .recordsLost: "unsynced_records_lost"
      case .processesPaused: "processes_paused"
      case .inputsDelayed: "inputs_delayed"
      case .messagesCut: "messages_cut"
      case .messagesHeld: "messages_held"
      case .messagesAffected: "messages_affected"
      case .syncsAffected: "syncs_affected"
      case .recordsTorn: "unsynced_records_torn"
      case .recordsSurvived: "unsynced_records_survived"
      case .recordsDamaged: "records_damaged"
      case .damageFound: "damaged_records_found"
      case .disksWiped: "disks_wiped"
      case .syncsFailed: "syncs_failed"
      case .syncsLost: "syncs_lost"
      case .syncsStalled: "syncs_stalled"
      case .writesMisdirected: "writes_misdirected"
      case .processesSlowed: "processes_slowed"
      case .clocksChanged: "clocks_changed"
      case .processesReconfigured: "processes_reconfigured"
      case .commandsGiven: "commands_given"
      case .messagesFiltered: "messages_filtered"
      case .messagesCorrupted: "messages_corrupted"
      case .workDelayed: "work_delayed"
      case .memoryLeaked: "bytes_leaked"
      case .processesKilled: "processes_killed"
      }
    }
  }

  @usableFromInline package struct Occurrence: Hashable, Sendable {
    @usableFromInline package var from: Instant
    /// nil while it lasts.
    @usableFromInline package var until: Instant?
    /// The hosts it was about.
    @usableFromInline package var hosts: [NodeID]
    /// Which branch of a repeating fault; 0 otherwise.
    @usableFromInline package var branch: Int
    /// What it did, with every selector resolved; nil where nobody keeps it.
    @usableFromInline package var action: FaultAction?
    /// When it is to end, unless it was over at once.
    @usableFromInline package var due: Instant?
    /// Whose draws decided the rest: a fault's id, and how often that had begun before.
    @usableFromInline package var luck: PlannedFault.Luck?

    @usableFromInline package init(
      from: Instant, until: Instant?, hosts: [NodeID], branch: Int, action: FaultAction? = nil, due: Instant? = nil,
      luck: PlannedFault.Luck? = nil
    ) {
      self.from = from
      self.until = until
      self.hosts = hosts
      self.branch = branch
      self.action = action
      self.due = due
      self.luck = luck
    }
  }

  @usableFromInline package var id: UInt32
  @usableFromInline package var name: String
  /// Whether it is a timed one, which must bite in every run.
  @usableFromInline package var timed: Bool
  @usableFromInline package var occurrences: [Occurrence] = []
  /// How often it began and found nobody to act on until its window ended.
  @usableFromInline package var withoutTarget: UInt64 = 0
  /// By `Effect.rawValue`.
  @usableFromInline package var effects = [UInt64](repeating: 0, count: Effect.allCases.count)

  @usableFromInline package init(id: UInt32, name: String, timed: Bool) {
    self.id = id
    self.name = name
    self.timed = timed
  }

  /// Whether it did something that somebody noticed: damage that nobody reads is none, nor is a slow process that
  /// nobody waits for.
  @usableFromInline package var bit: Bool {
    effects.indices.contains {
      effects[$0] > 0 && $0 != Effect.recordsDamaged.rawValue && $0 != Effect.processesSlowed.rawValue
    }
  }
}

/// Everything that a run leaves behind for people and files.
@usableFromInline package struct Recording: Hashable, Sendable {
  /// `n1`, `n2`, … `c1`, …: a name for each process, in the order of their indices.
  @usableFromInline package var processes: [String]
  @usableFromInline package var history: [HistoryEvent] = []
  @usableFromInline package var spans: [Span] = []
  @usableFromInline package var samples: [MetricSample] = []
  @usableFromInline package var messages = MessageCounts()
  @usableFromInline package var incidents = IncidentCounts()
  @usableFromInline package var faults: [FaultRecord] = []
  /// What each process has drawn.
  @usableFromInline package var draws: [Draws] = []

  @usableFromInline package struct Draws: Hashable, Sendable {
    /// How often each of its program's lengths of time was drawn.
    package let lengths: [UInt64]
    /// Lives that have ended.
    package let lives: UInt64
    /// Syncs of its disk.
    package let syncs: UInt64
  }

  /// Messages of each kind over each link that had any, in the order in which the links were first used.
  @usableFromInline package var links: [LinkDraws] = []

  @usableFromInline package struct LinkDraws: Hashable, Sendable {
    package let from: NodeID
    package let to: NodeID
    /// By kind.
    package let messages: [UInt64]
  }

  /// By how many millionths each host's clocks run fast, as the run drew it.
  @usableFromInline package var clockDrifts: [Int64] = []
  /// Fixed choices that nobody asked for, by their place in the plan.
  @usableFromInline package var unmadeChoices: [Int] = []

  @usableFromInline package init(processes: [String]) {
    self.processes = processes
  }
}
