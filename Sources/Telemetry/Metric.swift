import Primitives

/// The one list of metrics: files, dashboards and documentation are made from it. Names are without the
/// `faultline_` prefix that goes before each, and a counter's is without the `_total` that follows.
public enum Metric: UInt8, CaseIterable, Hashable, Sendable {
  case raftTerm
  case raftLeaderChanges
  case raftElections
  case raftFollowers
  case raftCommitIndex
  case raftReplicationDuration
  case clientOperationDuration
  case clientOperations
  case clientAttempts
  case clientRetries
  case messagesSent
  case messagesDelivered
  case messagesDropped
  case messagesDuplicated
  case connectionsOpened
  case connectionsFailed
  case connectionsClosed
  case diskWrites
  case processRestarts
  case processUp

  public enum Kind: String, Sendable {
    case counter, gauge, histogram
  }

  public var kind: Kind {
    switch self {
    case .raftTerm, .raftFollowers, .raftCommitIndex, .processUp: .gauge
    case .raftReplicationDuration, .clientOperationDuration: .histogram
    default: .counter
    }
  }

  public var name: String {
    switch self {
    case .raftTerm: "raft_term"
    case .raftLeaderChanges: "raft_leader_changes"
    case .raftElections: "raft_elections"
    case .raftFollowers: "raft_followers_count"
    case .raftCommitIndex: "raft_commit_index"
    case .raftReplicationDuration: "raft_log_replication_duration_seconds"
    case .clientOperationDuration: "client_operation_duration_seconds"
    case .clientOperations: "client_operations"
    case .clientAttempts: "client_attempts"
    case .clientRetries: "client_retries"
    case .messagesSent: "messages_sent"
    case .messagesDelivered: "messages_delivered"
    case .messagesDropped: "messages_dropped"
    case .messagesDuplicated: "messages_duplicated"
    case .connectionsOpened: "connections_opened"
    case .connectionsFailed: "connections_failed"
    case .connectionsClosed: "connections_closed"
    case .diskWrites: "disk_writes"
    case .processRestarts: "process_restarts"
    case .processUp: "process_up"
    }
  }

  /// The unit as OpenMetrics wants it, which is also the last word of the name; empty where it has none.
  public var unit: String { kind == .histogram ? "seconds" : "" }

  public var help: String {
    switch self {
    case .raftTerm: "The current term."
    case .raftLeaderChanges: "Times this node became leader."
    case .raftElections: "Elections this node started."
    case .raftFollowers: "Followers that answered this leader since its last heartbeat."
    case .raftCommitIndex: "The highest log index known to be committed."
    case .raftReplicationDuration: "From proposal to commit, measured at the leader."
    case .clientOperationDuration: "From a client's invocation to its outcome, over successful operations."
    case .clientOperations: "Client operations by outcome."
    case .clientAttempts: "Tries of operations and of sessions, as they end, by result."
    case .clientRetries: "Tries after the first."
    case .messagesSent: "Messages handed to the network."
    case .messagesDelivered: "Messages handed to a process, copies included."
    case .messagesDropped: "Messages lost, by reason."
    case .messagesDuplicated: "Extra copies the network made."
    case .connectionsOpened: "Streams that were opened, again or for the first time; each direction is one."
    case .connectionsFailed: "Times that a host dialled another in vain."
    case .connectionsClosed: "Streams that ended, by reason."
    case .diskWrites: "Completed syncs."
    case .processRestarts: "Starts after the first."
    case .processUp: "1 while the process runs or is paused, else 0."
    }
  }

  /// Upper bounds of histogram buckets in nanoseconds, ascending; +Inf is implied.
  public static let bounds: [Int64] = [
    500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000, 250_000_000,
    500_000_000, 1_000_000_000, 2_500_000_000, 5_000_000_000, 10_000_000_000,
  ]
}

/// Counts of lengths of time in the buckets of `Metric.bounds`.
public struct Histogram: Hashable, Sendable {
  /// One for each bound, then the one above all; not cumulative.
  public private(set) var counts = [UInt64](repeating: 0, count: Metric.bounds.count + 1)
  public private(set) var sum = Nanoseconds.zero
  public private(set) var count: UInt64 = 0

  public init() {}

  public mutating func observe(_ value: Nanoseconds) {
    var bucket = 0
    while bucket < Metric.bounds.count, value.count > Metric.bounds[bucket] { bucket += 1 }
    counts[bucket] += 1
    sum = sum + value
    count += 1
  }
}

/// The value of one series at one moment.
public enum MetricValue: Hashable, Sendable {
  case counter(UInt64)
  case gauge(Int64)
  case histogram(Histogram)
}

/// One sample: a series is a metric, a process (nil for the whole world) and a label's value where the
/// metric has one (an outcome, a drop reason).
public struct MetricSample: Hashable, Sendable {
  public let metric: Metric
  public let process: Int?
  public let label: StaticText?
  public let at: Instant
  public let value: MetricValue

  public init(metric: Metric, process: Int?, label: StaticText?, at: Instant, value: MetricValue) {
    self.metric = metric
    self.process = process
    self.label = label
    self.at = at
    self.value = value
  }
}
