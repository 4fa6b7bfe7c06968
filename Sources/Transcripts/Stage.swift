import Primitives
import Raft

/// Servers, and what is under way between them, as a script commands; tells in words what happens.
struct Stage: Sendable {
  /// What a line of the account is about, so that the less interesting can be left out.
  enum Subject: Sendable { case outcome, traffic, disk, timer }

  var servers: [ScriptedServer] = []
  var network: [Envelope] = []
  private var sent: UInt64 = 0
  /// From whom to whom nothing gets through.
  var cuts: Set<[Int]> = []
  var promptDisks = true
  var batching = false
  /// Whether only outcomes are told.
  var isTerse = false
  private(set) var account: [String] = []

  mutating func tell(_ text: String, _ subject: Subject = .outcome) {
    if !isTerse || subject == .outcome { account.append(text) }
  }

  mutating func takeAccount() -> [String] {
    defer { account = [] }
    return account
  }

  // MARK: Steps

  /// One event of a server and all that follows from it without time or network.
  mutating func step(_ node: Int, _ event: (inout Raft, Instant, inout Outbox<Action>) -> Void) {
    perform(node, event)
    while servers[node].isUp {
      if promptDisks, !servers[node].writes.isEmpty {
        completeWrite(node)
      } else if servers[node].raft.owesReplication, !batching {
        perform(node) { $0.replicate(at: $1, &$2) }
      } else {
        return
      }
    }
  }

  private mutating func perform(_ node: Int, _ event: (inout Raft, Instant, inout Outbox<Action>) -> Void) {
    var actions = Outbox<Action>()
    let now = servers[node].time
    let before = servers[node].raft.leader
    let formerTerm = servers[node].raft.term
    let configuration = servers[node].raft.configuration
    event(&servers[node].raft, now, &actions)
    let after = servers[node].raft.leader
    if let after, after != before, after != servers[node].raft.id {
      tell("\(Words.node(node)) follows \(Words.node(after)) in term \(servers[node].raft.term)")
    }
    if servers[node].raft.configuration != configuration {
      tell("\(Words.node(node)) has \(Words.configuration(servers[node].raft.configuration))")
    }
    for action in actions {
      if action == .becamePreCandidate {
        // A lone server has gone on to that term by now.
        tell("\(Words.node(node)) asks whether it could win term \(formerTerm + 1)")
      }
      carryOut(action, of: node)
    }
  }

  /// The oldest write of a server reaches the disk.
  mutating func completeWrite(_ node: Int) {
    let (number, released) = servers[node].completeWrite()
    tell("\(Words.node(node)) has write \(number) on disk", .disk)
    for message in released { send(message.message, from: node, to: message.to) }
    perform(node) { $0.writeCompleted(number, at: $1, &$2) }
  }

  private mutating func carryOut(_ action: Action, of node: Int) {
    let name = Words.node(node)
    let term = servers[node].raft.term
    switch action {
    case .send(let message, let to, let after):
      if servers[node].hold(message, to: to.index, after: after) {
        // Where writes are prompt, it leaves in the next line.
        let reason = after.map { "write \($0)" } ?? "its turn"
        if !promptDisks {
          tell("\(name) keeps for \(Words.node(to)) until \(reason): \(Words.message(message))", .traffic)
        }
      } else {
        send(message, from: node, to: to.index)
      }
    case .readable(let ticket, let index):
      tell("\(name) answers reads up to \(Words.ticket(ticket)) at index \(index)")
    case .unreadable(let ticket): tell("\(name) gives up reads up to \(Words.ticket(ticket))")
    case .becamePreCandidate: break
    case .becameCandidate: tell("\(name) is a candidate in term \(term)")
    case .becameLeader: tell("\(name) leads term \(term)")
    case .steppedDown(let role): tell("\(name), \(Words.role(role)), becomes a follower in term \(term)")
    case .commit(let index):
      servers[node].apply(upTo: index)
      tell("\(name) commits up to \(Words.place(index, servers[node].raft.log.term(at: index)))")
    case .setElectionTimer:
      servers[node].electionTimerRuns = true
      tell("\(name) sets its election timer", .timer)
    case .cancelElectionTimer: servers[node].electionTimerRuns = false
    case .setHeartbeatTimer:
      servers[node].heartbeatDue = servers[node].time + servers[node].raft.rules.timing.heartbeat
    case .cancelHeartbeatTimer: servers[node].heartbeatDue = nil
    case .save, .append, .truncate, .saveSnapshot, .discard, .sync: store(action, of: node)
    case .examine(let snapshot): examine(snapshot, of: node)
    case .install(let snapshot):
      servers[node].install(snapshot)
      let state = servers[node].applied.texts.map { "\"\($0)\"" }.joined(separator: " ")
      tell("\(name) goes on from the snapshot up to \(Words.snapshot(snapshot.name)): \(state)")
    }
  }

  private mutating func examine(_ snapshot: Snapshot, of node: Int) {
    let isGood = servers[node].examine(snapshot)
    perform(node) { raft, _, actions in
      if isGood { raft.accept(snapshot, &actions) } else { raft.refuse(&actions) }
    }
  }

  private mutating func store(_ action: Action, of node: Int) {
    let name = Words.node(node)
    switch action {
    case .save(let state):
      servers[node].save(state)
      tell("\(name) saves term \(state.term), vote \(Words.node(state.vote))", .disk)
    case .append(let first, let count):
      servers[node].append(first: first, count: count)
      let entries = servers[node].raft.log.slice(from: first, limit: count)
      tell("\(name) appends \(Words.entries(entries, from: first))", .disk)
    case .truncate(let index):
      servers[node].truncate(after: index)
      tell("\(name) truncates its log after \(index)")
    case .saveSnapshot(let snapshot):
      servers[node].save(snapshot)
      tell("\(name) saves a snapshot up to \(Words.snapshot(snapshot.name))", .disk)
    case .discard(let index):
      servers[node].discard(upTo: index)
      tell("\(name) forgets its log up to \(index)")
    case .sync(let number):
      servers[node].sync(number)
      if !promptDisks { tell("\(name) begins write \(number)", .disk) }
    default: break
    }
  }

  // MARK: Network

  private mutating func send(_ message: Message, from: Int, to: Int) {
    let line = "\(Words.node(from)) -> \(Words.node(to))"
    if cuts.contains([from, to]) {
      tell("\(line) lost: \(Words.message(message))", .traffic)
      return
    }
    sent += 1
    network.append(Envelope(number: sent, from: from, to: to, message: message))
    tell("\(line) m\(sent): \(Words.message(message))", .traffic)
  }

  /// Copies of messages come right behind them.
  mutating func duplicate(at place: Int) {
    let original = network[place]
    sent += 1
    network.insert(
      Envelope(
        number: sent, from: original.from, to: original.to, message: original.message, isHeld: original.isHeld),
      at: place + 1)
    tell("m\(sent) is a copy of m\(original.number)")
  }

  /// A piece of a snapshot loses a bit on its way; nothing else can be damaged and still be read.
  mutating func corrupt(at place: Int) {
    guard case .installSnapshot(var message) = network[place].message, !message.piece.isEmpty else { return }
    message.piece[0] ^= 1
    network[place].message = .installSnapshot(message)
    tell("m\(network[place].number) is damaged")
  }

  mutating func deliver(at place: Int) {
    let envelope = network.remove(at: place)
    let (from, to) = (envelope.from, envelope.to)
    let name = "m\(envelope.number) (\(Words.kind(envelope.message)) from \(Words.node(from)))"
    guard servers[to].isUp, !cuts.contains([from, to]) else {
      tell("\(name) is lost: \(Words.node(to)) is \(servers[to].isUp ? "cut off from it" : "down")", .traffic)
      return
    }
    tell("\(Words.node(to)) receives \(name)", .traffic)
    let sender = servers[from].raft.id
    step(to) { $0.receive(envelope.message, from: sender, at: $1, &$2) }
  }

  // MARK: Lives

  mutating func start(_ node: Int) { step(node) { $0.start(at: $1, &$2) } }
}
