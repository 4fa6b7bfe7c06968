import Primitives
import Raft

/// A server with a disk whose writes finish when they are told to.
struct Server {
  var raft: Raft
  var actions: [Action] = []
  private(set) var durable: (state: HardState, entries: ContiguousArray<Entry>)
  private var volatile: (state: HardState, entries: ContiguousArray<Entry>)
  /// The index of the first entry that is kept.
  private var first: LogIndex = 1
  private(set) var writes: [(number: WriteNumber, content: (HardState, ContiguousArray<Entry>))] = []
  private var completed: WriteNumber = 0
  private var held: [(message: Message, to: NodeID, after: WriteNumber)] = []
  /// What has left the server.
  var outbox: [(message: Message, to: NodeID)] = []
  /// The server's monotonic clock.
  var now = Instant.zero
  private var lives: UInt64 = 0

  init(_ raft: Raft) {
    self.raft = raft
    durable = (raft.state, raft.log.entries)
    volatile = durable
    first = raft.log.base + 1
  }

  /// One event, its actions carried out in order.
  @discardableResult
  mutating func step(_ event: (inout Raft, inout Outbox<Action>) -> Void) -> [Action] {
    var made = Outbox<Action>()
    event(&raft, &made)
    let fresh = Array(made)
    for action in fresh {
      switch action {
      case .send(let message, let to, let after):
        if let after, after > completed { held.append((message, to, after)) } else { outbox.append((message, to)) }
      case .save(let state): volatile.state = state
      case .append(let first, let count):
        let next = self.first + LogIndex(volatile.entries.count)
        precondition(first == next, "an append leaves a hole or overlaps")
        volatile.entries += raft.log.slice(from: first, limit: count)
      case .truncate(let index):
        let end = first + LogIndex(volatile.entries.count) - 1
        volatile.entries.removeLast(min(volatile.entries.count, Int(end - min(end, index))))
        first = min(first, index + 1)
      case .discard(let index):
        volatile.entries.removeFirst(min(volatile.entries.count, Int(index + 1 - min(first, index + 1))))
        first = max(first, index + 1)
      case .sync(let number): writes.append((number, (volatile.state, volatile.entries)))
      default: break
      }
    }
    actions += fresh
    return fresh
  }

  /// The oldest write reaches the disk.
  @discardableResult
  mutating func completeWrite() -> [Action] {
    guard !writes.isEmpty else { return [] }
    let (number, content) = writes.removeFirst()
    durable = (content.0, content.1)
    completed = number
    outbox += held.filter { $0.after <= number }.map { ($0.message, $0.to) }
    held.removeAll { $0.after <= number }
    let now = now
    return step { $0.writeCompleted(number, at: now, &$1) }
  }

  mutating func completeWrites() { while !writes.isEmpty { completeWrite() } }

  @discardableResult
  mutating func receive(_ message: Message, from sender: Int) -> [Action] {
    let now = now
    return step { $0.receive(message, from: NodeID(UInt32(sender)), at: now, &$1) }
  }

  /// What was not durable is gone, and so is everything in memory.
  mutating func crashAndRestart() {
    lives += 1
    let (now, lives) = (now, lives)
    self = Server(
      Raft(
        id: raft.id, members: raft.members, rules: raft.rules, state: durable.state, entries: durable.entries,
        lives: lives))
    self.now = now
    self.lives = lives
    step { $0.start(at: now, &$1) }
  }
}

/// Servers and a network that is a list of messages.
struct Cluster {
  var servers: [Server]
  var network: [(from: Int, to: Int, message: Message)] = []
  /// Finish every write at once.
  var promptDisks = true

  init(_ count: Int, rules: Rules = .paper, batch: Int = 100, logs: [[Term]] = [], terms: [Term] = []) {
    let members = (0..<count).map { NodeID(UInt32($0)) }
    var rules = rules
    rules.limits.entriesPerMessage = batch
    let rulesOfAll = rules
    servers = members.map { id in
      let log = id.index < logs.count ? logs[id.index] : []
      let term = id.index < terms.count ? terms[id.index] : log.last ?? 0
      return Server(
        Raft(id: id, members: members, rules: rulesOfAll, state: HardState(term: term), entries: entries(log)))
    }
  }

  subscript(_ node: Int) -> Raft { servers[node].raft }

  var leaders: [Int] { servers.indices.filter { servers[$0].raft.role == .leader } }

  mutating func collect() {
    for node in servers.indices {
      if promptDisks { servers[node].completeWrites() }
      network += servers[node].outbox.map { (node, $0.to.index, $0.message) }
      servers[node].outbox = []
    }
  }

  mutating func fireElectionTimer(_ node: Int) {
    let now = servers[node].now
    servers[node].step { $0.electionTimerFired(at: now, &$1) }
    collect()
  }

  mutating func heartbeat(_ node: Int) {
    let now = servers[node].now
    servers[node].step { $0.heartbeatTimerFired(at: now, &$1) }
    collect()
  }

  @discardableResult
  mutating func propose(_ node: Int, _ command: [UInt8]) -> LogIndex? {
    var index: LogIndex?
    let now = servers[node].now
    servers[node].step {
      if case .accepted(let place) = $0.propose(command, &$1) { index = place }
      $0.replicate(at: now, &$1)
    }
    collect()
    return index
  }

  mutating func deliver(_ index: Int) {
    let (from, to, message) = network.remove(at: index)
    _ = servers[to].receive(message, from: from)
    collect()
  }

  /// Delivers until nothing is under way; what `isCut` says of sender and receiver is lost.
  mutating func settle(cut isCut: (Int, Int) -> Bool = { _, _ in false }) {
    collect()
    var steps = 0
    while !network.isEmpty {
      steps += 1
      precondition(steps < 100_000, "the servers never fall silent")
      if isCut(network[0].from, network[0].to) { network.removeFirst() } else { deliver(0) }
    }
  }

  mutating func elect(_ node: Int, cut isCut: (Int, Int) -> Bool = { _, _ in false }) {
    fireElectionTimer(node)
    settle(cut: isCut)
  }
}

func entry(_ term: Term, _ index: Int) -> Entry { Entry(term: term, command: [UInt8(term), UInt8(index)]) }

func entries(_ terms: [Term]) -> ContiguousArray<Entry> {
  ContiguousArray(terms.enumerated().map { entry($1, $0 + 1) })
}

/// A lone server of a group of `count`, number 0.
func lone(_ count: Int, term: Term = 0, log: [Term] = []) -> Server {
  Cluster(count, logs: [log], terms: [max(term, log.last ?? 0)]).servers[0]
}

func sent(_ actions: [Action]) -> [(message: Message, to: NodeID, after: WriteNumber?)] {
  actions.compactMap { if case .send(let message, let to, let after) = $0 { (message, to, after) } else { nil } }
}

func syncs(_ actions: [Action]) -> [WriteNumber] {
  actions.compactMap { if case .sync(let number) = $0 { number } else { nil } }
}

func append(_ term: Term, after previous: (LogIndex, Term) = (0, 0), commit: LogIndex = 0, _ entries: [Entry] = [])
  -> Message
{
  .appendEntries(
    AppendEntries(
      term: term, previousIndex: previous.0, previousTerm: previous.1, commit: commit,
      entries: ContiguousArray(entries)))
}

func voteRequest(_ term: Term, last: (LogIndex, Term) = (0, 0)) -> Message {
  .requestVote(RequestVote(term: term, lastIndex: last.0, lastTerm: last.1))
}

/// The entries' terms.
func terms(_ raft: Raft) -> [Term] { raft.log.entries.map(\.term) }
