import Node
import Primitives
import Programs
import Raft

/// A snapshot of a store of a million keys, from one server's memory into another's: taken, compressed, cut into pieces, written
/// and read as messages, put together, decompressed and made a store of.
struct SnapshotBenchmark: BenchmarkGroup {
  let name = "snapshots"
  let rows = ["snapshots/million-keys", "snapshots/size"]

  private static let keys = 1_000_000

  func measure(_ row: String, options: Options) throws -> Benchmark {
    let store = Self.filled()
    var costs: [Double] = []
    var share = 0.0
    for _ in 0..<options.runs {
      var failure: String?
      let cost = ProcessClock.nanoseconds {
        switch Self.ship(store) {
        case .success(let size): share = Double(size) / Double(Self.keys)
        case .failure(let error): failure = error.message
        }
      }
      if let failure { throw ReferenceError(message: "\(row): \(failure)") }
      costs.append(cost / 1e9)
    }
    return row == rows[0]
      ? Benchmark(name: row, value: median(costs), unit: "CPU s")
      : Benchmark(name: row, value: share, unit: "bytes a key of 32")
  }

  /// Keys and values of sixteen bytes that look like chance.
  private static func filled() -> KVStore {
    var store = KVStore(sessions: 8)
    let opening = KVCommand.bytes(openingFor: Endpoint(NodeID(9)), wish: RequestID(0))
    _ = store.apply(Entry(term: 1, command: opening), at: 1)
    func bytes(_ number: UInt64) -> [UInt8] {
      var writer = WireWriter(capacity: 16)
      writer.write(avalanche(number))
      writer.write(avalanche(number &+ 0x9E37_79B9_7F4A_7C15))
      return writer.bytes
    }
    for number in 0..<UInt64(keys) {
      let request = KVRequest(
        request: RequestID(number + 1), attempt: 1, session: 1, oldestOpen: RequestID(number + 1),
        operation: .put(KVKey(bytes(number)), bytes(number << 32)))
      _ = store.apply(Entry(term: 1, command: KVCommand.bytes(of: request)), at: number + 2)
    }
    return store
  }

  /// Returns the snapshot's bytes.
  private static func ship(_ store: KVStore) -> Result<Int, ReferenceError> {
    let last = LogIndex(keys) + 1
    let snapshot = Snapshot(lastIndex: last, lastTerm: 1, content: store.snapshot(level: 1))
    var actions = Outbox<Action>()
    var (leader, follower) = (Self.leader(snapshot, &actions), Self.member(1))
    var under: [(message: Message, isForFollower: Bool)] = []
    var installed: KVStore?
    var restored: KVStore?
    func collect(_ isLeader: Bool) throws(KVSnapshotError) {
      while let action = actions.popFirst() {
        switch action {
        case .send(let message, let to, _) where to == NodeID(isLeader ? 1 : 0): under.append((message, isLeader))
        case .examine(let arrived):
          restored = try KVStore(arrived.content, sessions: 8, limit: .max)
          follower.accept(arrived, &actions)
        case .sync(let number) where !isLeader: follower.writeCompleted(number, at: .zero, &actions)
        case .install: installed = restored
        default: break
        }
      }
    }
    do {
      try collect(true)
      var next = 0
      while next < under.count, installed == nil {
        let (message, isForFollower) = under[next]
        under[next].message = .readIndex(ReadIndex(term: 0, ticket: 0))
        next += 1
        var writer = WireWriter(capacity: message.wireSize())
        message.encode(into: &writer)
        var reader = WireReader(writer.bytes)
        let read = try Message.decode(kind: message.kind, from: &reader)
        if isForFollower {
          follower.receive(read, from: NodeID(0), at: .zero, &actions)
        } else {
          leader.receive(read, from: NodeID(1), at: .zero, &actions)
        }
        try collect(!isForFollower)
      }
    } catch {
      return .failure(ReferenceError(message: "\(error)"))
    }
    guard installed?.fingerprint == store.fingerprint else {
      return .failure(ReferenceError(message: "another store arrived than was sent"))
    }
    return .success(snapshot.content.count)
  }

  private static func member(_ id: UInt32, _ snapshot: Snapshot? = nil) -> Raft {
    Raft(
      id: NodeID(id), members: (0..<3).map { NodeID($0) }, rules: .paper, state: HardState(term: 1),
      snapshot: snapshot, from: (snapshot?.lastIndex ?? 0) + 1)
  }

  /// Elected by the third member, with nothing in its log but the snapshot.
  private static func leader(_ snapshot: Snapshot, _ actions: inout Outbox<Action>) -> Raft {
    var leader = member(0, snapshot)
    leader.start(at: .zero, &actions)
    leader.electionTimerFired(at: .zero, &actions)
    leader.writeCompleted(1, at: .zero, &actions)
    leader.receive(.voteReply(VoteReply(term: 2, granted: true)), from: NodeID(2), at: .zero, &actions)
    // The follower has nothing: its first answer says so, and what was sent to it before is of no use.
    while actions.popFirst() != nil {}
    let reply = AppendReply(
      term: 2, round: 1, result: .rejected(previous: snapshot.lastIndex, conflictTerm: 0, conflictIndex: 1))
    leader.receive(.appendReply(reply), from: NodeID(1), at: .zero, &actions)
    return leader
  }
}
