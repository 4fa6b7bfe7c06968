import Checkers
import Node
import Primitives
import Programs
import Raft
import Telemetry

/// Real servers that a test leads by the hand, step by step, before a judge. Between a server and the judge a
/// test may change what the judge sees.
struct Stage {
  var judge: RaftJudge
  var servers: [RaftKV]
  private var tokens: [WriteToken?]
  private var draws = DrawCounters()
  private var now = Instant.zero
  private let settings: [RaftKVSettings]

  init(servers count: Int = 3) { self.init(versions: Array(repeating: .newest, count: count)) }

  /// - Parameter versions: what each server speaks at most.
  init(versions: [WireVersion]) {
    let count = versions.count
    settings = versions.map { RaftKVSettings(servers: count, rules: .paper, wireVersion: $0) }
    judge = RaftJudge(servers: count)
    servers = settings.enumerated().map { RaftKV(server: NodeID(UInt32($0)), settings: $1) }
    tokens = Array(repeating: nil, count: count)
    for process in 0..<count { step(process, .started(Recovered(files: [], restarts: 0))) }
  }

  /// The names of the broken invariants, in order.
  var allFired: [String] { judge.violations.map { "\($0.invariant)" } }

  /// The same without what forged votes break, by which most of these scenes have their leaders.
  var fired: [String] { allFired.filter { $0 != "elected-by-majority" } }

  /// - Parameters:
  ///   - shown: what the judge sees in place of the server.
  ///   - change: what the judge sees in place of the effects.
  @discardableResult
  mutating func step(
    _ process: Int, _ input: Input<RaftKV>, showing shown: RaftKV? = nil,
    changing change: (inout ContiguousArray<Effect<RaftKV>>) -> Void = { _ in }
  ) -> [Effect<RaftKV>] {
    now = now + .milliseconds(1)
    var context = StepContext(
      monotonic: now, wall: now, telemetry: false, choices: Choices(seed: 1), process: Entities(UInt64(process)),
      draws: draws)
    var effects = Effects<RaftKV>()
    servers[process].step(input, context: &context, effects: &effects)
    draws = context.draws
    var items = ContiguousArray(effects.items)
    change(&items)
    effects.items = Outbox(items)
    for case .sync(let token, _) in effects.items { tokens[process] = token }
    judge.observe(input, effects: effects, program: shown ?? servers[process], process: process, at: now)
    return Array(effects.items)
  }

  /// The last write of the server is done, and with it all before it.
  mutating func complete(_ process: Int) {
    guard let token = tokens[process] else { return }
    tokens[process] = nil
    step(process, .writeCompleted(token))
  }

  mutating func hear(
    _ process: Int, _ message: Message, from sender: Int,
    changing change: (inout ContiguousArray<Effect<RaftKV>>) -> Void = { _ in }
  ) {
    step(process, .message(.raft(message), from: Endpoint(NodeID(UInt32(sender)))), changing: change)
  }

  // MARK: Scenes

  /// A whole election time-out has passed.
  mutating func timeOut(
    _ process: Int, changing change: (inout ContiguousArray<Effect<RaftKV>>) -> Void = { _ in }
  ) {
    now = now + .milliseconds(300)
    step(process, .timerFired(TimerID(0)), changing: change)
  }

  mutating func campaign(_ process: Int) {
    timeOut(process)
    complete(process)
  }

  /// A campaign with one vote of which its voter knows nothing.
  mutating func elect(
    _ process: Int, changing change: (inout ContiguousArray<Effect<RaftKV>>) -> Void = { _ in }
  ) {
    campaign(process)
    let voter = process == 0 ? 1 : 0
    let term = servers[process].standing.term
    hear(process, .voteReply(VoteReply(term: term, granted: true)), from: voter, changing: change)
  }

  mutating func askVote(
    of process: Int, for candidate: Int, term: Term, lastIndex: LogIndex = 0, lastTerm: Term = 0,
    changing change: (inout ContiguousArray<Effect<RaftKV>>) -> Void = { _ in }
  ) {
    let request = RequestVote(term: term, lastIndex: lastIndex, lastTerm: lastTerm)
    hear(process, .requestVote(request), from: candidate, changing: change)
  }

  mutating func append(
    _ entries: [Entry], to process: Int, from leader: Int, term: Term, behind previous: (LogIndex, Term) = (0, 0),
    commit: LogIndex = 0, changing change: (inout ContiguousArray<Effect<RaftKV>>) -> Void = { _ in }
  ) {
    let message = AppendEntries(
      term: term, previousIndex: previous.0, previousTerm: previous.1, commit: commit,
      entries: ContiguousArray(entries))
    hear(process, .appendEntries(message), from: leader, changing: change)
  }

  mutating func acknowledge(_ index: LogIndex, to leader: Int, from process: Int, term: Term) {
    hear(leader, .appendReply(AppendReply(term: term, result: .matched(index))), from: process)
  }

  mutating func crash(_ process: Int) {
    judge.observeCrash(process: process, at: now)
    tokens[process] = nil
    servers[process] = RaftKV(server: NodeID(UInt32(process)), settings: settings[process])
  }

  mutating func restart(
    _ process: Int, finding state: HardState?, _ entries: [Entry] = [], damaged: Int? = nil,
    showing shown: RaftKV? = nil
  ) {
    let stored = StoredFile<KVRecord>(ContiguousArray(state.map { [.hardState($0)] } ?? []))
    let scars = damaged.map { [StoredFile<KVRecord>.Scar(position: $0, kind: .damaged)] } ?? []
    let log = StoredFile<KVRecord>(ContiguousArray(entries.map { .entry($0) }), scars: scars)
    let files = [stored, log, stored]
    step(process, .started(Recovered(files: files, restarts: 1)), showing: shown)
  }
}

/// Entries of a term that cannot be confused: the first is the no-op, others open sessions, which the store keeps.
func entry(_ term: Term, opening number: Int? = nil) -> Entry {
  guard let number else { return .noop(term: term) }
  var writer = WireWriter()
  writer.write(UInt8(0))
  writer.write(UInt64(9 + number) << 16)
  writer.write(UInt64(1))
  return Entry(term: term, command: writer.bytes)
}

/// Lets every message leave at once.
func withoutWaiting(_ effects: inout ContiguousArray<Effect<RaftKV>>) {
  effects = ContiguousArray(
    effects.map { effect in
      guard case .send(let message, let peer, _, let span) = effect else { return effect }
      return .send(message, to: peer, after: nil, under: span)
    })
}

/// Sends nothing.
func silenced(_ effects: inout ContiguousArray<Effect<RaftKV>>) {
  effects.removeAll { if case .send = $0 { true } else { false } }
}
