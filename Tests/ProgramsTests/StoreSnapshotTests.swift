import Node
import Primitives
import Programs
import Raft
import Testing

@Suite("Snapshots of the key-value store")
struct StoreSnapshotTests {
  static func key(_ number: Int) -> KVKey { KVKey(number: number) }

  /// A server that takes a snapshot after each entry, of those that are the last word.
  static func server(entries: Int = 1, level: Int = 1) -> Bench<RaftKV> {
    var rules = Rules.standard
    rules.limits.trailing = 0
    let settings = RaftKVSettings(
      servers: 1, rules: rules, sessions: 16, snapshots: SnapshotSettings(entries: entries, level: level))
    return Bench(RaftKV(server: NodeID(0), settings: settings))
  }

  /// What a server's disk is told to hold, as effects tell.
  struct DiskImage {
    var state: HardState?
    var first = 0
    var log: ContiguousArray<KVRecord> = []
    var snapshot: Snapshot?

    mutating func take(_ effects: [Effect<RaftKV>]) {
      for effect in effects {
        switch effect {
        case .append(let record, let file) where file == KVRecord.logFile: log.append(record)
        case .truncate(let file, let keeping) where file == KVRecord.logFile:
          log.removeLast(max(0, first + log.count - keeping))
        case .discard(let file, let position) where file == KVRecord.logFile:
          log.removeFirst(min(log.count, position - first))
          first = position
        case .replace(_, .hardState(let found)): state = found
        case .replace(_, .snapshot(let found)): snapshot = found
        default: break
        }
      }
    }

    var recovered: Recovered<KVRecord> { recovered(damaged: false) }

    /// - Parameter damaged: whether its snapshot has gone bad.
    func recovered(damaged: Bool) -> Recovered<KVRecord> {
      let state = ContiguousArray(state.map { [KVRecord.hardState($0)] } ?? [])
      return Recovered(
        files: [
          StoredFile(state), StoredFile(log, from: first), StoredFile(state),
          StoredFile(
            ContiguousArray(snapshot.map { [KVRecord.snapshot($0)] } ?? []),
            scars: damaged ? [.init(position: 0, kind: .damaged)] : []),
        ], restarts: 1)
    }
  }

  /// A lone server that was asked for these, and its disk.
  static func asked(
    _ operations: [KVOperation], entries: Int = 3, level: Int = 1
  ) -> (server: Bench<RaftKV>, disk: DiskImage) {
    var bench = server(entries: entries, level: level)
    var disk = DiskImage()
    var written: UInt64 = 0
    func complete(_ effects: [Effect<RaftKV>]) -> [Effect<RaftKV>] {
      var all = effects
      var pending = effects
      while pending.contains(where: { if case .sync = $0 { true } else { false } }) {
        written += 1
        pending = bench.step(.writeCompleted(WriteToken(written)))
        all += pending
      }
      return all
    }
    func act(_ input: Input<RaftKV>, after time: Nanoseconds = .zero) -> [Effect<RaftKV>] {
      let effects = complete(bench.step(input, after: time))
      disk.take(effects)
      return effects
    }
    _ = act(.started(Recovered(files: [ContiguousArray<KVRecord>](), restarts: 0)))
    _ = act(.timerFired(TimerID(0)), after: .milliseconds(400))
    _ = act(.message(.openSession(SessionRequest(wish: RequestID(0))), from: Endpoint(NodeID(5))))
    let opened = act(.timerFired(TimerID(2)))
    var session: LogIndex = 0
    for case .send(.sessionOpened(let answer), _, _, _) in opened { session = answer.session }
    for (number, operation) in operations.enumerated() {
      let request = KVRequest(
        request: RequestID(UInt64(number) + 1), attempt: 1, session: session, oldestOpen: RequestID(1),
        operation: operation)
      _ = act(.message(.request(request), from: Endpoint(NodeID(5))))
      _ = act(.timerFired(TimerID(2)))
    }
    return (bench, disk)
  }

  static let operations: [KVOperation] =
    (0..<40).map { .put(key($0 % 11), Array(repeating: UInt8($0), count: Int($0) % 5)) }
    + [
      .delete(key(3)), .compareAndSet(key(4), expected: nil, new: [1]), .put(KVKey([]), []), .delete(key(99)),
      .compareAndSet(key(5), expected: [38, 38, 38], new: [7]), .get(key(4), .log),
    ]

  @Test(
    "A server goes on from its disk with the store it had, whatever a snapshot holds of it",
    arguments: [1, 3, 7, 1_000])
  func restarted(entries: Int) {
    let (before, disk) = Self.asked(Self.operations, entries: entries)
    #expect((disk.snapshot != nil) == (entries < 1_000))
    #expect((disk.first > 0) == (disk.snapshot != nil), "the log is cut")
    var after = Self.server(entries: 1_000)
    after.step(.started(disk.recovered))
    // What a snapshot stands for is applied at once, the rest when it is committed again.
    after.step(.timerFired(TimerID(0)), after: .milliseconds(400))
    for token in 1...4 { after.step(.writeCompleted(WriteToken(UInt64(token)))) }
    #expect(after.program.fingerprint == before.program.fingerprint)
    #expect(after.program.standing.applied == before.program.standing.applied + 1)
  }

  @Test("Equal stores give equal bytes, though they came to be equal in other ways")
  func canonical() throws {
    let (_, one) = Self.asked((0..<24).map { .put(Self.key($0), [1]) }, entries: 26)
    let (_, other) = Self.asked((0..<24).map { .put(Self.key($0), [1]) }, entries: 5)
    let first = try #require(one.snapshot)
    #expect(first.lastIndex == 26)
    // The same entries, with snapshots between.
    var last: Snapshot?
    for entries in [5, 13, 26] {
      let (_, disk) = Self.asked((0..<24).map { .put(Self.key($0), [1]) }, entries: entries)
      if disk.snapshot?.lastIndex == 26 { last = disk.snapshot }
      if let last { #expect(last == first) }
    }
    #expect(other.snapshot != nil)
  }

  @Test("A snapshot that is damaged on disk is a log that has lost its beginning")
  func damaged() throws {
    var (_, disk) = Self.asked(Self.operations, entries: 3)
    var after = Self.server()
    after.step(.started(disk.recovered(damaged: true)))
    #expect(after.program.standing.isImpaired && after.program.standing.applied == 0)
    // Though the log be whole: what the snapshot stood for beyond it may have been acknowledged.
    disk.first = 0
    disk.log = [.entry(.noop(term: 1))]
    var other = Self.server()
    other.step(.started(disk.recovered(damaged: true)))
    #expect(other.program.standing.isImpaired && other.program.standing.lastIndex == 1)
  }

  @Test("A whole snapshot that this program cannot read is no loss: the server ends, and its disk stays as it is")
  func foreign() throws {
    var (_, disk) = Self.asked(Self.operations, entries: 3)
    let snapshot = try #require(disk.snapshot)
    var content = snapshot.content
    // The version of its frame.
    content[4] ^= 4
    disk.snapshot = Snapshot(lastIndex: snapshot.lastIndex, lastTerm: snapshot.lastTerm, content: content)
    var after = Self.server()
    let effects = after.step(.started(disk.recovered))
    guard effects.count == 1, case .exit = effects[0] else {
      Issue.record("expected nothing but an end, found \(effects)")
      return
    }
  }

  @Test("The bytes of format 1 are these, for as long as it is read")
  func golden() throws {
    let (_, disk) = Self.asked([.put(KVKey([0x6B]), [0x76])], entries: 3, level: 0)
    let snapshot = try #require(disk.snapshot)
    let content = snapshot.content
    #expect(content.starts(with: Array("FLKV".utf8) + [1, 0, 0, 0]) && snapshot.lastIndex == 3)
    let text = content.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    let frame =
      "464c4b56" + "01000000" + "6700000000000000" + "6700000000000000" + "e8b88372" + "a2f41a67"
    // Format and sum; one session with its one result; one value, by what wrote it.
    let head = "01000000" + "db604cd156a1b144"
    let session =
      "01000000" + "0200000000000000" + "0000050000000000" + "0300000000000000" + "0100000000000000" + "01000000"
      + "0100000000000000" + "7e1282a45013a16d" + "01" + "0300000000000000"
    let value = "0100000000000000" + "80565b875396529d" + "01000000" + "6b" + "01000000" + "76"
    #expect(text == frame + head + session + value)
  }
}
