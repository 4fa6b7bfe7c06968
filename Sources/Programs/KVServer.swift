import Node
import Primitives
import Raft
import Telemetry

/// One server: Raft, the store it replicates, and the clients that wait for it.
package struct KVServer: Sendable {
  static let electionTimer = TimerID(0)
  static let heartbeatTimer = TimerID(1)
  /// Fires once everything else of an instant has happened: what was asked in it travels together.
  static let replicationTimer = TimerID(2)

  let settings: RaftKVSettings
  package var raft: Raft
  var versions: WireVersions
  var store: KVStore
  /// The last entry that the store has seen.
  package var applied: LogIndex = 0
  /// What was made of a snapshot that is being stored.
  private var restored: (name: Snapshot.Name, store: KVStore)?
  private var pace = SnapshotPace()
  /// What it was told to see to as the leader, until that is begun or cannot be, in order.
  private var commands: [AdminCommand] = []
  var waiting = KVWaiting()
  var reads = KVReads()
  var trace: KVServerTrace
  /// Lease reads that came while it led and held no lease.
  var lapsedLeases: UInt64 = 0
  /// As last drawn.
  var electionTimeout = Nanoseconds.zero
  var replicationIsDue = false
  /// Files were made or replaced since the last sync, or may have been: their names must become durable.
  private var namesFiles = false
  /// Lent to Raft in each step; empty between steps.
  private var actions = Outbox<Action>()

  /// The store's content as one number, equal for equal content.
  package var fingerprint: UInt64 { store.fingerprint }

  init(id: NodeID, settings: RaftKVSettings) {
    self.settings = settings
    raft = Raft(id: id, members: settings.voters.contains(id) ? settings.voters : [], rules: settings.rules)
    store = KVStore(sessions: settings.sessions)
    trace = KVServerTrace(servers: settings.servers)
    versions = WireVersions(own: settings.wireVersion, members: settings.servers)
  }

  mutating func step(_ input: Input<RaftKV>, context: inout StepContext, effects: inout Effects<RaftKV>) {
    let now = context.monotonic
    switch input {
    case .started(let recovered):
      guard recover(recovered) else {
        // Another program's, or above a limit that was lowered: all is on the disk still, for whoever can read it.
        effects.append(.exit("its snapshot cannot be read"))
        return
      }
      raft.start(at: now, &actions)
      if recovered.restarts == 0, settings.standsAtOnce == raft.id { raft.stand(at: now, &actions) }
    case .message(.raft(let message, let header), let sender):
      guard versions.understands(header, from: sender.host) else {
        effects.send(.versionRefused(versions.refusal), to: sender)
        return
      }
      if context.telemetry { trace.received(message, from: sender.host, by: raft, context, &effects) }
      raft.receive(message, from: sender.host, at: now, &actions)
    case .message(.request(let request), let client): take(request, from: client, context, &effects)
    case .message(.openSession(let request), let client): open(request, for: client, context, &effects)
    case .message(.versionRefused(let header), let sender):
      // What was written in the same belief was refused with it.
      if versions.learns(header, from: sender.host) { raft.misread(by: sender.host, &actions) }
    case .undelivered(.raft, let peer): raft.connectionLost(to: peer.host)
    case .connectionClosed(let peer):
      versions.forget(peer.host)
      raft.connectionLost(to: peer.host)
    case .admin(let command): take(command)
    case .message(.response, _), .message(.sessionOpened, _), .request, .workDone, .resources, .undelivered: break
    case .timerFired(Self.electionTimer):
      let due = raft.quietSince + electionTimeout
      if due > now {
        effects.append(.setTimer(Self.electionTimer, after: due - now))
      } else {
        raft.electionTimerFired(at: now, &actions)
      }
    case .timerFired(Self.heartbeatTimer): raft.heartbeatTimerFired(at: now, &actions)
    case .timerFired:
      replicationIsDue = false
      raft.replicate(at: now, &actions)
    case .writeCompleted(let token):
      raft.writeCompleted(token.rawValue, at: now, &actions)
      trace.completed(token, &effects)
    case .writeFailed:
      // Nothing after this can be promised: the server ends, and comes back with what its disk really holds.
      effects.append(.exit("write failed"))
      return
    }
    if !commands.isEmpty { obey(at: now) }
    while let action = actions.popFirst() { carryOut(consume action, &context, &effects) }
    if raft.owesReplication, !replicationIsDue {
      replicationIsDue = true
      effects.append(.setTimer(Self.replicationTimer, after: .zero))
    }
    if context.telemetry { trace.endStep(raft, at: now, &effects) }
  }

  /// - Returns: false where the disk holds a whole snapshot of which no store can be made.
  private mutating func recover(_ disk: Recovered<KVRecord>) -> Bool {
    let found = RecoveredRaft(disk)
    if let snapshot = found.snapshot {
      guard let store = try? store(from: snapshot) else { return false }
      self.store = store
      applied = snapshot.lastIndex
      pace.taken(snapshot)
    }
    raft = Raft(
      id: raft.id, members: raft.configuration.voters, rules: raft.rules, state: found.state,
      lacksCopy: found.lacksCopy,
      snapshot: found.snapshot, from: found.first, entries: found.entries, remains: found.remains, lost: found.lost,
      lives: disk.restarts)
    return true
  }

  private func store(from snapshot: Snapshot) throws(KVSnapshotError) -> KVStore {
    try KVStore(snapshot.content, sessions: settings.sessions, limit: settings.rules.limits.snapshotBytes)
  }

  func fold(into digest: inout Digest, at now: Instant) {
    raft.fold(into: &digest, at: now)
    digest.fold(applied, store.fingerprint)
    digest.fold(UInt64(bitPattern: electionTimeout.count), (namesFiles ? 2 : 0) | (replicationIsDue ? 1 : 0))
    pace.fold(into: &digest)
    for command in commands { command.fold(into: &digest) }
    waiting.fold(into: &digest)
    reads.fold(into: &digest)
    versions.fold(into: &digest)
  }

  // MARK: Writes

  private mutating func take(
    _ request: KVRequest, from client: Endpoint, _ context: StepContext, _ effects: inout Effects<RaftKV>
  ) {
    if let mode = request.operation.read {
      read(request, mode, from: client, context, &effects)
      return
    }
    switch raft.propose(KVCommand.bytes(of: request), &actions) {
    case .accepted(let index):
      waiting.add(
        KVWaiting.Client(
          index: index, term: raft.term, client: client, request: request.request, attempt: request.attempt,
          since: context.monotonic))
      trace.proposed(index, term: raft.term, context, &effects)
    case .notLeader:
      answer(request.request, request.attempt, .refused(leader: raft.referral), to: client, &effects)
    case .overloaded:
      answer(request.request, request.attempt, .outcome(KVOutcome(.overloaded)), to: client, &effects)
    }
  }

  private mutating func open(
    _ request: SessionRequest, for client: Endpoint, _ context: StepContext, _ effects: inout Effects<RaftKV>
  ) {
    let command = KVCommand.bytes(openingFor: client, wish: request.wish)
    guard case .accepted(let index) = raft.propose(command, &actions) else {
      answer(request.wish, session: 0, to: client, &effects)
      return
    }
    waiting.add(
      KVWaiting.Client(
        index: index, term: raft.term, client: client, request: request.wish, attempt: nil,
        since: context.monotonic))
    trace.proposed(index, term: raft.term, context, &effects)
  }

  func answer(
    _ request: RequestID, _ attempt: UInt32, _ answer: KVResponse.Answer, to client: Endpoint,
    under span: SpanKey? = nil, _ effects: inout Effects<RaftKV>
  ) {
    effects.send(
      .response(KVResponse(request: request, attempt: attempt, answer: answer)), to: client, under: span)
  }

  private func answer(
    _ wish: RequestID, session: LogIndex, to client: Endpoint, under span: SpanKey? = nil,
    _ effects: inout Effects<RaftKV>
  ) {
    let leader = raft.referral == raft.id ? nil : raft.referral
    effects.send(
      .sessionOpened(SessionAnswer(wish: wish, session: session, leader: leader)), to: client, under: span)
  }

  /// Brings the store up to the commit index and answers those who waited for it.
  private mutating func apply(upTo last: LogIndex, _ context: StepContext, _ effects: inout Effects<RaftKV>) {
    while applied < last {
      applied += 1
      // Taken out: to lend it to the store, the whole log would be copied first.
      let entry = raft.log[applied]
      let outcome = store.apply(entry, at: applied)
      pace.applied(entry)
      while let client = waiting.next(at: applied) {
        // Another leader's entry may be committed in the place of the one this client waits for.
        let own = client.term == entry.term
        let span = SpanKey.proposal(applied, term: client.term)
        tell(client, own ? outcome : nil, under: span, &effects)
        trace.answered(span, own: own, after: context.monotonic - client.since, context, &effects)
      }
    }
    waiting.forgetAnswered()
    answerReads(&effects)
    // The log has brought what a snapshot would have.
    if let restored, restored.name.lastIndex <= applied { self.restored = nil }
    takeSnapshot()
  }

  // MARK: Commands

  /// Who does not lead has nothing to see to.
  private mutating func take(_ command: AdminCommand) {
    guard raft.role == .leader, commands.count < 64 else { return }
    switch command {
    case .membership(let adding, let learning, let removing, let turning):
      // By what is in force as it is told, whatever that will be when its turn comes.
      let leaving = turning.filter(raft.configuration.isVoter)
      commands.append(
        .membership(
          adding: adding + turning.filter { !leaving.contains($0) }, learning: learning,
          removing: removing + leaving,
          turning: []))
    // What it is about keeps all others waiting.
    case .abandon: commands.insert(command, at: 0)
    case .handover: commands.append(command)
    }
  }

  /// A leader does what it was told, as soon as it can.
  private mutating func obey(at now: Instant) {
    guard raft.role == .leader else { return commands.removeAll() }
    while let command = commands.first {
      do {
        switch command {
        case .membership(let adding, let learning, let removing, _):
          // Nobody else could be told of it.
          guard speaksOfMembers else { return }
          try raft.change(.become(adding: adding, learning: learning, removing: removing), &actions)
        case .abandon: try raft.change(.abandon, &actions)
        case .handover(let to): try raft.handOver(to: to.count == 1 ? to[0] : nil, at: now, &actions)
        }
      } catch let refusal as MembershipRefusal where refusal == .tooEarly || refusal == .underWay {
        // What is only too early can be begun later.
        return
      } catch {
        // What cannot be is done with.
      }
      commands.removeFirst()
    }
  }

  /// Whether a majority of the voters is known to understand a configuration.
  private var speaksOfMembers: Bool {
    let voters = raft.configuration.voters
    let speaking = voters.count { voter in
      (voter == raft.id ? versions.own : versions.header(to: voter).version).hasMembership
    }
    return speaking >= Quorum.majority(of: voters.count)
  }

  // MARK: Snapshots

  private mutating func takeSnapshot() {
    guard let settings = settings.snapshots, pace.isDue(applied: applied, settings), raft.mayCompact else { return }
    let snapshot = Snapshot(
      lastIndex: applied, lastTerm: raft.log.term(at: applied), configuration: raft.configuration(at: applied),
      content: store.snapshot(level: settings.level))
    // What could not be read back would be worse than a long log.
    let size = UInt64(snapshot.content.count) + KVSnapshot.bytesSaved(in: snapshot)
    guard size <= UInt64(self.settings.rules.limits.snapshotBytes) else { return pace.taken(snapshot) }
    if raft.compact(with: snapshot, &actions) { pace.taken(snapshot) }
  }

  /// The message as it can be told in this version. In place of a snapshot for a follower that is not known to take any: it hears
  /// that there is a leader, and its answer tells which version it speaks.
  private func told(_ message: Message, in version: WireVersion) -> Message? {
    if message.exists(in: version) { return message.written(in: version) }
    if case .timeoutNow = message { return nil }
    let log = raft.log
    return .appendEntries(
      AppendEntries(
        term: raft.term, previousIndex: log.base, previousTerm: log.term(at: log.base), commit: 0, entries: []))
  }

  private mutating func examine(_ snapshot: Snapshot) {
    guard let store = try? store(from: snapshot) else {
      raft.refuse(&actions)
      return
    }
    restored = (snapshot.name, store)
    raft.accept(snapshot, &actions)
  }

  private mutating func install(_ snapshot: Snapshot, _ effects: inout Effects<RaftKV>) {
    guard let restored, restored.name == snapshot.name else { return }
    store = restored.store
    self.restored = nil
    applied = snapshot.lastIndex
    pace.taken(snapshot)
    // What became of their requests the store may still know: they ask again.
    waiting.forget(upTo: applied)
    answerReads(&effects)
  }

  /// - Parameter outcome: nil where the client's entry is lost.
  private func tell(
    _ client: KVWaiting.Client, _ outcome: KVStore.Answer?, under span: SpanKey, _ effects: inout Effects<RaftKV>
  ) {
    guard let attempt = client.attempt else {
      var session: LogIndex = 0
      if case .opened(let index) = outcome { session = index }
      answer(client.request, session: session, to: client.client, under: span, &effects)
      return
    }
    let reply: KVResponse.Answer
    switch outcome {
    case .outcome(let outcome): reply = .outcome(outcome)
    case .expired: reply = .expired
    case nil: reply = .refused(leader: raft.leader)
    case .late, .opened, .some(.none): return
    }
    answer(client.request, attempt, reply, to: client.client, under: span, &effects)
  }
}

// MARK: - Raft's actions

extension KVServer {
  private mutating func carryOut(
    _ action: consuming Action, _ context: inout StepContext, _ effects: inout Effects<RaftKV>
  ) {
    switch action {
    case .send(let message, let peer, let after):
      // A configuration that was damaged on its way may name whom there is not.
      guard peer.index < settings.servers else { return }
      // Asked first: to lend the tracer a whole server is to copy it.
      let span = context.telemetry ? trace.sending(message, to: peer, by: raft, context, &effects) : nil
      let header = versions.header(to: peer, daring: message.isDaring)
      let (to, write) = (Endpoint(peer), after.map(WriteToken.init))
      if header.version == .newest {
        effects.send(.raft(message, header), to: to, after: write, under: span)
      } else if let told = told(message, in: header.version) {
        effects.send(.raft(told, header), to: to, after: write, under: span)
      }
    case .save(let state): save(state, &effects)
    case .append(let first, let count):
      // The file is new, or may be.
      if first == raft.log.base + 1 { namesFiles = true }
      for index in first..<(first + LogIndex(count)) {
        effects.append(.append(.entry(raft.log[index]), to: KVRecord.logFile))
      }
    case .truncate(let last): effects.append(.truncate(KVRecord.logFile, keeping: Int(last)))
    case .discard(let last): effects.append(.discard(KVRecord.logFile, before: Int(last)))
    case .saveSnapshot(let snapshot):
      effects.append(.replace(KVRecord.snapshotFile, with: .snapshot(snapshot)))
      namesFiles = true
    case .examine(let snapshot): examine(snapshot)
    case .install(let snapshot): install(snapshot, &effects)
    case .sync(let number): sync(WriteToken(number), &effects)
    case .setElectionTimer:
      electionTimeout = context.choose(.electionTimeout, slot: 0, from: raft.electionTimeout)
      effects.append(.setTimer(Self.electionTimer, after: electionTimeout))
    case .cancelElectionTimer: effects.append(.cancelTimer(Self.electionTimer))
    case .setHeartbeatTimer:
      effects.append(.setTimer(Self.heartbeatTimer, after: settings.rules.timing.heartbeat))
    case .cancelHeartbeatTimer: effects.append(.cancelTimer(Self.heartbeatTimer))
    case .commit(let last): apply(upTo: last, context, &effects)
    case .readable(let ticket, let index):
      reads.confirm(upTo: ticket, at: index)
      answerReads(&effects)
    case .unreadable(let ticket): refuseReads(upTo: ticket, &effects)
    case .becamePreCandidate: break
    case .becameCandidate: trace.campaigning(term: raft.term, context, &effects)
    case .becameLeader: trace.elected(by: raft, context, &effects)
    case .steppedDown(let role): trace.steppedDown(from: role, context, &effects)
    }
  }

  private mutating func save(_ state: HardState, _ effects: inout Effects<RaftKV>) {
    effects.append(.replace(KVRecord.hardStateFile, with: .hardState(state)))
    effects.append(.replace(KVRecord.hardStateCopyFile, with: .hardState(state)))
    namesFiles = true
  }

  private mutating func sync(_ token: WriteToken, _ effects: inout Effects<RaftKV>) {
    effects.append(.sync(token, directory: namesFiles))
    namesFiles = false
    trace.syncing(token)
  }
}
