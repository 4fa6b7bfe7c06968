import Node
import Primitives
import Raft
import Telemetry

/// One server: Raft, the store it replicates, and the clients that wait for it.
package struct KVServer: Sendable {
  /// A client that waits for an entry of this server's log.
  struct Waiting: Hashable, Sendable {
    let index: LogIndex
    let term: Term
    let client: Endpoint
    let request: RequestID
    let attempt: UInt32
    let since: Instant
  }

  static let electionTimer = TimerID(0)
  static let heartbeatTimer = TimerID(1)

  let settings: RaftKVSettings
  package var raft: Raft
  var store = KVStore()
  /// The last entry that the store has seen.
  package var applied: LogIndex = 0
  /// In order of index. Of two at one index, at most one has the term of the entry that is committed there.
  var waiting: [Waiting] = []
  var trace = KVServerTrace()
  /// Lent to Raft in each step; empty between steps.
  private var actions: [Action] = []

  /// The store's content as one number, equal for equal content.
  package var fingerprint: UInt64 { store.fingerprint }

  init(id: NodeID, settings: RaftKVSettings) {
    self.settings = settings
    raft = Raft(id: id, members: settings.members, batch: settings.batch)
  }

  mutating func step(_ input: Input<RaftKV>, context: inout StepContext, effects: inout Effects<RaftKV>) {
    switch input {
    case .started(let recovered):
      raft = Self.recovered(raft, from: recovered)
      raft.start(&actions)
    case .message(.raft(let message), let sender):
      trace.received(message, from: sender.host, by: raft, context, &effects)
      raft.receive(message, from: sender.host, &actions)
    case .message(.request(let request), let client):
      propose(request, from: client, context, &effects)
    case .message(.response, _), .connectionClosed, .request:
      // What was under way to a peer is sent again with the heartbeats; nobody asks a server to ask.
      break
    case .timerFired(Self.electionTimer): raft.electionTimerFired(&actions)
    case .timerFired: raft.heartbeatTimerFired(&actions)
    case .writeCompleted(let token):
      raft.writeCompleted(token.rawValue, &actions)
      trace.completed(token, &effects)
    case .writeFailed:
      // Nothing after this can be promised: the server ends, and comes back with what its disk really holds.
      effects.append(.exit("write failed"))
      return
    }
    if !actions.isEmpty {
      carryOut(actions, &context, &effects)
      actions.removeAll(keepingCapacity: true)
    }
    if context.telemetry { trace.endStep(raft, &effects) }
  }

  private static func recovered(_ raft: Raft, from disk: Recovered<KVRecord>) -> Raft {
    var state = HardState()
    if case .hardState(let stored)? = disk[KVRecord.hardStateFile].last { state = stored }
    var entries = ContiguousArray<Entry>()
    for case .entry(let entry) in disk[KVRecord.logFile] { entries.append(entry) }
    return Raft(id: raft.id, members: raft.members, batch: raft.batch, state: state, entries: entries)
  }

  func fold(into digest: inout Digest) {
    raft.fold(into: &digest)
    digest.fold(applied, store.fingerprint)
    digest.fold(UInt64(waiting.count))
    for client in waiting {
      digest.fold(client.index, client.term)
      digest.fold(client.request.rawValue, client.client.word)
      digest.fold(UInt64(client.attempt))
    }
  }
}

// MARK: - Clients

extension KVServer {
  private mutating func propose(
    _ request: KVRequest, from client: Endpoint, _ context: StepContext, _ effects: inout Effects<RaftKV>
  ) {
    let command = KVCommand(client: client, request: request)
    guard let index = raft.propose(command.bytes, &actions) else {
      answer(request.request, attempt: request.attempt, .refused(leader: raft.leader), to: client, &effects)
      return
    }
    let place = waiting.firstIndex { $0.index > index } ?? waiting.count
    waiting.insert(
      Waiting(
        index: index, term: raft.term, client: client, request: request.request, attempt: request.attempt,
        since: context.monotonic),
      at: place)
    trace.proposed(index, term: raft.term, context, &effects)
  }

  private func answer(
    _ request: RequestID, attempt: UInt32, _ answer: KVResponse.Answer, to client: Endpoint,
    under span: SpanKey? = nil, _ effects: inout Effects<RaftKV>
  ) {
    effects.send(
      .response(KVResponse(request: request, attempt: attempt, answer: answer)), to: client, under: span)
  }

  /// Brings the store up to the commit index and answers those who waited for it.
  private mutating func apply(upTo last: LogIndex, _ context: StepContext, _ effects: inout Effects<RaftKV>) {
    while applied < last {
      applied += 1
      let entry = raft.log[applied]
      let outcome = KVCommand(entry.command).flatMap { store.apply($0) }
      while let client = waiting.first, client.index == applied {
        waiting.removeFirst()
        let own = client.term == entry.term
        // Another leader's entry is committed in the place of the one this client waits for.
        let reply = own ? outcome.map(KVResponse.Answer.outcome) : .refused(leader: raft.leader)
        let span = SpanKey.proposal(applied, term: client.term)
        if let reply {
          answer(client.request, attempt: client.attempt, reply, to: client.client, under: span, &effects)
        }
        trace.answered(span, own: own, after: context.monotonic - client.since, context, &effects)
      }
    }
  }
}

// MARK: - Raft's actions

extension KVServer {
  private mutating func carryOut(
    _ actions: [Action], _ context: inout StepContext, _ effects: inout Effects<RaftKV>
  ) {
    for position in actions.indices {
      switch actions[position] {
      case .send(let message, let peer, let after):
        let span = trace.sending(message, to: peer, by: raft, context, &effects)
        effects.send(.raft(message), to: Endpoint(peer), after: after.map(WriteToken.init), under: span)
      case .save(let state): effects.append(.replace(KVRecord.hardStateFile, with: .hardState(state)))
      case .append(let first, let count):
        for index in first..<(first + LogIndex(count)) {
          effects.append(.append(.entry(raft.log[index]), to: KVRecord.logFile))
        }
      case .truncate(let last): effects.append(.truncate(KVRecord.logFile, keeping: Int(last)))
      case .sync(let number):
        effects.append(.sync(WriteToken(number)))
        trace.syncing(WriteToken(number))
      case .setElectionTimer:
        let timeout = context.choose(.electionTimeout, slot: 0, from: settings.timing.electionTimeout)
        effects.append(.setTimer(Self.electionTimer, after: timeout))
      case .cancelElectionTimer: effects.append(.cancelTimer(Self.electionTimer))
      case .setHeartbeatTimer:
        effects.append(.setTimer(Self.heartbeatTimer, after: settings.timing.heartbeat))
      case .cancelHeartbeatTimer: effects.append(.cancelTimer(Self.heartbeatTimer))
      case .commit(let last): apply(upTo: last, context, &effects)
      case .becameCandidate: trace.campaigning(term: raft.term, context, &effects)
      case .becameLeader: trace.elected(by: raft, context, &effects)
      case .steppedDown(let role): trace.steppedDown(from: role, context, &effects)
      }
    }
  }
}
