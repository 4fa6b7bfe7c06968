import Node
import Primitives
import Raft

/// Gets that need no entry in the log.
extension KVServer {
  mutating func read(
    _ request: KVRequest, _ mode: ReadMode, from client: Endpoint, _ context: StepContext,
    _ effects: inout Effects<RaftKV>
  ) {
    let read = KVReads.Read(
      client: client, request: request.request, attempt: request.attempt, key: request.operation.key)
    switch mode {
    case .stale: return answer(read, &effects)
    case .session:
      if applied >= request.seen { return answer(read, &effects) }
      guard reads.count < settings.rules.limits.reads else { return refuse(read, overloaded: true, &effects) }
      return reads.wait(read, for: request.seen)
    case .lease where raft.holdsLease(at: context.monotonic): return answer(read, &effects)
    case .lease, .readIndex, .log:
      if mode == .lease, raft.role == .leader { lapsedLeases += 1 }
      guard raft.role == .leader else { return refuse(read, overloaded: false, &effects) }
    case .follower: break
    }
    switch raft.read() {
    case .waiting(let ticket): reads.wait(read, ticket: ticket)
    case .notLeader: refuse(read, overloaded: false, &effects)
    case .overloaded: refuse(read, overloaded: true, &effects)
    }
  }

  mutating func answerReads(_ effects: inout Effects<RaftKV>) {
    while let read = reads.next(applied: applied) { answer(read, &effects) }
  }

  mutating func refuseReads(upTo ticket: ReadTicket, _ effects: inout Effects<RaftKV>) {
    for read in reads.giveUp(upTo: ticket) { refuse(read, overloaded: false, &effects) }
  }

  private func answer(_ read: KVReads.Read, _ effects: inout Effects<RaftKV>) {
    let outcome = KVOutcome(.value(store[read.key]), index: applied)
    answer(read.request, read.attempt, .outcome(outcome), to: read.client, &effects)
  }

  private func refuse(_ read: KVReads.Read, overloaded: Bool, _ effects: inout Effects<RaftKV>) {
    let reply: KVResponse.Answer = overloaded ? .outcome(KVOutcome(.overloaded)) : .refused(leader: raft.leader)
    answer(read.request, read.attempt, reply, to: read.client, &effects)
  }
}

/// Gets that wait to be confirmed, or for entries to be applied.
struct KVReads: Sendable {
  struct Read: Sendable {
    let client: Endpoint
    let request: RequestID
    let attempt: UInt32
    let key: KVKey
  }

  /// In order of their tickets.
  private var unconfirmed: ContiguousArray<(ticket: ReadTicket, read: Read)> = []
  /// In order of the index that has to be applied.
  private var confirmed: ContiguousArray<(index: LogIndex, read: Read)> = []

  var count: Int { unconfirmed.count + confirmed.count }

  mutating func wait(_ read: Read, ticket: ReadTicket) { unconfirmed.append((ticket, read)) }

  mutating func wait(_ read: Read, for index: LogIndex) {
    let place = confirmed.lastIndex { $0.index <= index }.map { $0 + 1 } ?? 0
    confirmed.insert((index, read), at: place)
  }

  mutating func confirm(upTo ticket: ReadTicket, at index: LogIndex) {
    let done = unconfirmed.prefix { $0.ticket <= ticket }.count
    for position in 0..<done { wait(unconfirmed[position].read, for: index) }
    unconfirmed.removeFirst(done)
  }

  /// The next read that a state with so many entries applied answers.
  mutating func next(applied: LogIndex) -> Read? {
    guard let first = confirmed.first, first.index <= applied else { return nil }
    return confirmed.removeFirst().read
  }

  mutating func giveUp(upTo ticket: ReadTicket) -> [Read] {
    let done = unconfirmed.prefix { $0.ticket <= ticket }.map(\.read)
    unconfirmed.removeFirst(done.count)
    return done
  }

  func fold(into digest: inout Digest) {
    digest.fold(UInt64(unconfirmed.count), UInt64(confirmed.count))
    for (_, read) in unconfirmed { read.fold(into: &digest) }
    for (index, read) in confirmed {
      digest.fold(index)
      read.fold(into: &digest)
    }
  }
}

extension KVReads.Read {
  fileprivate func fold(into digest: inout Digest) {
    digest.fold(client.word, request.rawValue)
    digest.fold(UInt64(attempt))
  }
}
