import Node
import Primitives
import Programs
import Raft
import Telemetry

/// Watches a `raft-kv` cluster for everything that Raft promises; the invariants are in `RaftInvariant`.
///
/// It believes nothing that a server says of itself beyond role, term, vote and indices: logs are rebuilt
/// from what is written, and what is durable from which syncs were completed. A step that changes nothing
/// costs a look at the effects and one comparison; others what they touched.
///
/// It relies on two things: server number i is process i and has the number i in its group, and a host shows
/// a completed write before, or in the same step as, the messages that had waited for it arrive anywhere.
public struct RaftJudge: Judge {
  public typealias Watched = RaftKV

  public static var needsGlobalOrder: Bool { true }

  /// After so many violations nothing more is recorded: the first matters.
  package static let mostViolations = 100

  let servers: Int
  /// With whom the group began, and all configurations that were seen in a log.
  let initial: Configuration
  var configurations = ContiguousArray<SeenConfiguration>()
  var views: ContiguousArray<ServerView>
  var leaderships = Leaderships()
  var seen = SeenEntries()
  var committed = CommittedLog()
  public private(set) var violations: [Violation] = []
  /// Times a server removed entries that it had.
  package internal(set) var truncations: UInt64 = 0
  package internal(set) var snapshots = SnapshotCounts()
  /// Times a client was told that its session is over.
  package internal(set) var expirations: UInt64 = 0
  /// Times a server was written to in a version that it does not speak.
  package internal(set) var versionRefusals: UInt64 = 0

  /// Times a new membership was committed.
  package internal(set) var membershipChanges: UInt64 = 0

  /// - Parameters:
  ///   - servers: processes from 0 to this, exclusive, are servers; others are not watched.
  ///   - voters: with whom the group begins; all servers unless given.
  public init(servers: Int, voters: [NodeID]? = nil) {
    self.servers = servers
    initial = Configuration(voters: voters ?? (0..<UInt32(servers)).map { NodeID($0) })
    views = ContiguousArray(repeating: ServerView(), count: servers)
  }

  public mutating func observe(
    _ input: Input<RaftKV>, effects: borrowing Effects<RaftKV>, program: borrowing RaftKV, process: Int,
    at now: Instant
  ) {
    guard process < servers else { return }
    let standing = program.standing
    var step = Step(process: process, at: now)
    if views[process].former != nil { views[process].former = nil }
    let isForeign = judgeUnderstanding(of: input, effects, program, step)
    if !isForeign { follow(input, standing, &step) }
    switch input {
    case .started(let recovered): begin(recovered, program, step)
    case .writeCompleted(let token): complete(token, step)
    case .writeFailed(let token): views[process].disk.fail(token)
    case .message(.raft(.appendEntries(let request), _), _) where !isForeign:
      // Obeyed, where it is of the term that the server is in.
      if request.term == standing.term, standing.role == .follower { views[process].heardAt = now }
    case .message(.request(let request), let client): noteRead(request, from: client, step)
    default: break
    }
    let found = effects.items.isEmpty ? Findings() : survey(effects, standing, program.wireVersion, step)
    if found.wroteLog || !(standing == views[process].standing) { compare(standing, program, step) }
    if found.sentSnapshot { noteSnapshots(effects, step) }
    // Of what this step has committed too.
    if let snapshot = found.snapshot { judge(snapshot, step) }
    if found.promised {
      if case .message(.raft(.requestVote(let request), _), _) = input { step.isHandedOver = request.isHandedOver }
      judgePromises(effects, program, step)
    }
    if found.answered { judgeAnswer(step) }
    if found.responded { judgeReads(effects, step) }
    if !isForeign { judgeReply(to: input, effects, program, step) }
  }

  public mutating func observeCrash(process: Int, at now: Instant) {
    guard process < servers else { return }
    views[process].crash()
  }

  public mutating func observeForgetting(process: Int) {
    guard process < servers else { return }
    views[process].hasForgotten = true
  }

  mutating func record(_ invariant: StaticText, _ step: Step, _ detail: @autoclosure () -> String) {
    guard violations.count < Self.mostViolations else { return }
    violations.append(Violation(invariant: invariant, at: step.at, process: step.process, detail: detail()))
  }

  /// Which step is judged.
  struct Step {
    let process: Int
    let at: Instant
    /// The follower whose rejection a leader has got.
    var rejectedBy: Int?
    /// Whether it is asked for a vote in an election that its leader has asked for.
    var isHandedOver = false

    /// The server as people know it.
    var name: String { RaftJudge.name(process) }
  }

  static func name(_ process: Int) -> String { "n\(process + 1)" }
}

/// What the judge knows of one server.
struct ServerView: Sendable {
  var standing = RaftKV.Standing()
  var life = 0
  var log = LogChain()
  var disk = DiskView()
  var votes = VoteLedger()
  /// Its disk has lost what it had reported to be durable; the next start shows what is left.
  var hasForgotten = false
  /// What it must have before it votes, where its disk has lost something.
  var debt: Debt?
  /// With a debt: what was durable here before. Others may count on it until they hear of the loss.
  var lost = LogChain()
  /// When it last obeyed a leader in this life.
  var heardAt: Instant?
  /// As a leader: what it has heard from each server and told it; empty otherwise.
  var followers: ContiguousArray<Correspondence> = []
  var reads: ContiguousArray<OpenRead> = []
  /// Said once in a life.
  var storedLogIsWrong = false
  /// The configuration that was in force before this step, where another one is now.
  var former: Configuration?

  enum Debt: Sendable {
    /// A log that comes to `hash` at `index`: what was durable here, and was committed when the loss was found.
    case entries(LogIndex, hash: UInt64)
    /// It does not know what it has promised, and never will.
    case everything
  }

  /// Whether a log that comes to `hash` at `index` is certain to be on its disk, or was before that was damaged.
  func holds(_ hash: UInt64, at index: LogIndex) -> Bool {
    disk.durable.count >= index && log.comes(to: hash, at: index) || lost.comes(to: hash, at: index)
  }

  /// Only what is certain to be on the disk is left.
  mutating func crash() {
    standing = RaftKV.Standing()
    log.truncate(keeping: disk.durable.count)
    disk.crash()
    votes.crash()
    heardAt = nil
    followers.removeAll()
    reads.removeAll()
    storedLogIsWrong = false
  }
}
