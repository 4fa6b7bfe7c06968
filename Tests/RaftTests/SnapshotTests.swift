import Primitives
import Raft
import Testing

@Suite("Logs that begin with a snapshot")
struct CompactedLogTests {
  @Test("What is left of a log is as it was, whatever its segments", arguments: [1, 2, 4, 1024])
  func compacted(segment: Int) {
    let terms: [Term] = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6]
    let whole = Log(entries(terms), segment: segment)
    for base in 0...terms.count {
      for cut in base...terms.count {
        var log = whole
        log.compact(to: LogIndex(base))
        log.truncate(after: LogIndex(cut))
        #expect(log.base == LogIndex(base) && log.lastIndex == LogIndex(cut))
        #expect(Array(log.entries) == Array(whole.entries[base..<cut]))
        #expect(
          log.lastTerm == (cut == 0 ? 0 : terms[cut - 1]) && log.lastFingerprint == log.entries.last?.fingerprint)
        for index in base...cut { #expect(log.term(at: LogIndex(index)) == whole.term(at: LogIndex(index))) }
        for index in base..<cut { #expect(log[LogIndex(index + 1)] == whole[LogIndex(index + 1)]) }
        // An entry that is gone is not said to be here, but for the last of them.
        for index in 0...cut {
          #expect(log.contains(index: LogIndex(index), term: whole.term(at: LogIndex(index))) == (index >= base))
        }
        #expect(log.bytes(after: 0, through: log.lastIndex) == (cut - base) * entries([1])[0].count)
        log.append(entry(9, 1))
        #expect(log.lastIndex == LogIndex(cut + 1) && log[log.lastIndex].term == 9 && log.lastTerm == 9)
      }
    }
  }

  @Test("A log that is compacted, cut and lengthened again and again is a list without its beginning")
  func model() {
    var log = Log(segment: 4)
    var model: [Entry] = []
    var base = 0
    for step in 0..<3_000 {
      let draw = Choices(seed: 3).choose(Purpose(903, "log"), Entities(0), UInt64(step), below: 1_000)
      switch draw {
      case ..<900:
        let entry = Entry(term: Term(step / 50 + 1), command: Array(repeating: 7, count: Int(draw) % 9))
        log.append(entry)
        model.append(entry)
      case ..<940:
        let kept = max(base, Int(draw) % (model.count + 1))
        log.truncate(after: LogIndex(kept))
        model.removeLast(model.count - kept)
      case ..<990:
        base = max(base, model.count * Int(draw % 10) / 10)
        log.compact(to: LogIndex(base))
      default:
        base = model.count + Int(draw % 7)
        log.reset(to: LogIndex(base), term: Term(step / 50 + 1))
        while model.count < base { model.append(.noop(term: Term(step / 50 + 1))) }
      }
      #expect(log.base == LogIndex(base) && log.lastIndex == LogIndex(model.count))
      #expect(Array(log.entries) == Array(model[base...]))
      #expect(log.lastFingerprint == model[base...].last?.fingerprint)
      let bytes = model[base...].reduce(0) { $0 + $1.count }
      #expect(log.bytes(after: LogIndex(base), through: log.lastIndex) == bytes)
    }
  }

  @Test("A log after a snapshot knows its last index and term, and nothing before")
  func reset() {
    var log = Log(entries([1, 1, 2]))
    log.reset(to: 7, term: 3)
    #expect(log.lastIndex == 7 && log.lastTerm == 3 && log.lastFingerprint == nil && log.entries.isEmpty)
    #expect(log.contains(index: 7, term: 3) && !log.contains(index: 3, term: 2))
    #expect(log.isCovered(byLastIndex: 7, term: 3) && !log.isCovered(byLastIndex: 9, term: 2))
    log.append(entry(3, 8))
    #expect(log.firstIndexOfTerm(at: 8) == 7 && log.lastIndex(ofTerm: 3, notAfter: 8) == 8)
  }
}

@Suite("What a server makes of a disk with a snapshot")
struct RecoveredLogTests {
  static func snapshot(_ index: LogIndex, _ term: Term) -> Snapshot {
    Snapshot(lastIndex: index, lastTerm: term, content: [1])
  }

  static func server(_ snapshot: Snapshot?, from first: LogIndex, _ terms: [Term]) -> Server {
    Server(
      Raft(
        id: NodeID(0), members: [NodeID(0)], state: HardState(term: 9), snapshot: snapshot, from: first,
        entries: entries(terms)))
  }

  @Test(
    "Records that begin before the snapshot's end, and agree with it, are kept but for those before",
    arguments: [(1, 0), (2, 2), (3, 3), (4, 3)] as [(LogIndex, LogIndex)])
  func agree(first: LogIndex, base: LogIndex) {
    let terms: [Term] = Array([1, 1, 2, 2, 3].dropFirst(Int(first) - 1))
    var server = Self.server(Self.snapshot(3, 2), from: first, terms)
    #expect(server.raft.log.base == base && server.raft.log.lastIndex == 5 && server.raft.commit == 3)
    #expect(server.raft.state.memory == .whole)
    let actions = server.step { $0.start(at: .zero, &$1) }
    #expect(!actions.contains { if case .truncate = $0 { true } else { false } })
  }

  @Test(
    "Records that end before the snapshot, or are others, are removed: the log begins behind it",
    arguments: [(1, [1, 1]), (1, [1, 1, 1, 1]), (3, []), (2, [1])] as [(LogIndex, [Term])])
  func others(first: LogIndex, terms: [Term]) {
    var server = Self.server(Self.snapshot(3, 2), from: first, terms)
    #expect(server.raft.log.base == 3 && server.raft.log.lastIndex == 3 && server.raft.log.lastTerm == 2)
    #expect(server.raft.state.memory == .whole)
    let actions = server.step { $0.start(at: .zero, &$1) }
    #expect(actions.contains(.truncate(after: 3)) && actions.contains(.discard(upTo: 3)))
  }

  @Test("A hole between the snapshot and the records is a loss: the server is silent until it is repaired")
  func hole() {
    for snapshot in [Self.snapshot(3, 2), nil] {
      var server = Self.server(snapshot, from: 6, [3, 3])
      #expect(server.raft.state.memory == .partial)
      #expect(server.raft.log.lastIndex == snapshot?.lastIndex ?? 0)
      server.step { $0.start(at: .zero, &$1) }
      #expect(server.completeWrite().contains(.truncate(after: server.raft.log.base)))
    }
  }

  @Test("A snapshot of a later term than the stored one puts the server into that term, as an entry does")
  func term() {
    let raft = Raft(
      id: NodeID(0), members: [NodeID(0)], state: HardState(term: 2), snapshot: Self.snapshot(3, 4), from: 4)
    #expect(raft.term == 4 && raft.state.vote == nil)
  }
}

@Suite("Snapshots that a server takes and is sent")
struct SnapshotTests {
  static func snapshot(_ index: LogIndex, _ term: Term, _ content: [UInt8] = [1, 2, 3]) -> Snapshot {
    Snapshot(lastIndex: index, lastTerm: term, content: content)
  }

  static func follower(_ terms: [Term], rules: Rules = .paper) -> Server {
    Server(
      Raft(
        id: NodeID(0), members: (0..<3).map { NodeID($0) }, rules: rules, state: HardState(term: 5),
        entries: entries(terms)))
  }

  static func install(
    _ snapshot: Snapshot, offset: Int = 0, _ piece: [UInt8]? = nil, term: Term = 5
  ) -> Message {
    .installSnapshot(
      InstallSnapshot(
        term: term, round: 3, name: snapshot.name, offset: UInt64(offset), piece: piece ?? snapshot.content))
  }

  static func replies(_ actions: [Action]) -> [SnapshotReply.Result] {
    actions.compactMap { if case .send(.snapshotReply(let reply), _, _) = $0 { reply.result } else { nil } }
  }

  @Test("Only what is committed is taken for a snapshot, once, and one at a time")
  func taken() {
    var server = Self.follower([1, 1, 2])
    server.receive(append(5, after: (3, 2), commit: 2), from: 1)
    server.completeWrites()
    var made = Outbox<Action>()
    func take(_ index: LogIndex, _ term: Term) -> Bool {
      server.raft.compact(with: Self.snapshot(index, term), &made)
    }
    #expect(!take(3, 2) && !take(2, 2) && !take(9, 1))
    #expect(take(1, 1) && !take(2, 1))
    server.raft.writeCompleted(9, at: .zero, &made)
    #expect(server.raft.snapshot?.lastIndex == 1 && !take(1, 1) && take(2, 1))
  }

  @Test("Pieces are taken in their order, each once")
  func pieces() {
    var server = Self.follower([1])
    let snapshot = Self.snapshot(4, 2, [1, 2, 3, 4, 5])
    func hear(_ offset: Int, _ piece: [UInt8]) -> [SnapshotReply.Result] {
      Self.replies(server.receive(Self.install(snapshot, offset: offset, piece), from: 1))
    }
    #expect(hear(0, []) == [.holds(0)])
    #expect(hear(2, [3, 4]) == [.holds(0)])
    #expect(hear(0, [1, 2]) == [.holds(2)] && hear(0, [1, 2]) == [.holds(2)])
    #expect(hear(2, [3, 4]) == [.holds(4)])
    let last = server.receive(Self.install(snapshot, offset: 4, [5]), from: 1)
    #expect(last.contains(.examine(snapshot)))
    // Another one begins from its own beginning.
    var other = Self.follower([1])
    other.receive(Self.install(snapshot, offset: 0, [1, 2]), from: 1)
    let begun = other.receive(Self.install(Self.snapshot(6, 2), offset: 0, []), from: 1)
    #expect(Self.replies(begun) == [.holds(0)])
  }

  @Test("What the program refuses, what was damaged, and what is too large leaves the server as it was")
  func refused() {
    var rules = Rules.paper
    rules.limits.snapshotBytes = 4
    var server = Self.follower([1, 1], rules: rules)
    let before = server.raft.log
    let large = Self.snapshot(4, 2, [1, 2, 3, 4, 5])
    #expect(Self.replies(server.receive(Self.install(large), from: 1)) == [.refused])
    let small = Self.snapshot(4, 2, [1, 2, 3])
    #expect(Self.replies(server.receive(Self.install(small, [1, 2, 4]), from: 1)) == [.refused])
    #expect(server.receive(Self.install(small), from: 1).contains(.examine(small)))
    let answer = server.step { $0.refuse(&$1) }
    #expect(Self.replies(answer) == [.refused])
    #expect(server.raft.log == before && server.raft.commit == 0 && server.raft.snapshot == nil)
  }

  @Test("An installed snapshot never lowers the term, and moves commit to its end")
  func installed() {
    var server = Self.follower([1, 1, 1, 1, 1, 1])
    let snapshot = Self.snapshot(4, 2)
    server.receive(Self.install(snapshot), from: 1)
    server.step { $0.accept(snapshot, &$1) }
    #expect(server.raft.commit == 0, "not before it is durable")
    server.completeWrite()
    #expect(server.actions.contains(.install(snapshot)))
    #expect(server.raft.term == 5 && server.raft.commit == 4 && server.raft.log.lastIndex == 4)
    // The entry of another term at its end went with those behind it.
    #expect(server.raft.log.contains(index: 4, term: 2) && server.raft.log.entries.isEmpty)
  }

  @Test("What was durable of a log that a snapshot replaces counts for nothing in the next")
  func durable() {
    var server = Self.follower([1, 1, 1, 1, 1, 1])
    let snapshot = Self.snapshot(4, 2)
    server.receive(Self.install(snapshot), from: 1)
    server.step { $0.accept(snapshot, &$1) }
    server.completeWrites()
    server.step { $0.electionTimerFired(at: .zero, &$1) }
    server.completeWrites()
    server.receive(.voteReply(VoteReply(term: 6, granted: true)), from: 1)
    #expect(server.raft.role == .leader && server.raft.progress[0].match == 4)
    // Its own entry is not durable here, and one copy elsewhere is no majority.
    server.receive(.appendReply(AppendReply(term: 6, round: 1, result: .matched(5))), from: 1)
    #expect(server.raft.commit == 4)
    server.completeWrites()
    #expect(server.raft.commit == 5)
  }

  @Test("Of a log that has the snapshot's last entry what follows it stays")
  func suffix() {
    var server = Self.follower([1, 1, 2, 2, 3])
    let snapshot = Self.snapshot(4, 2)
    server.receive(Self.install(snapshot), from: 1)
    server.step { $0.accept(snapshot, &$1) }
    server.completeWrite()
    #expect(server.raft.log.base == 4 && server.raft.log.lastIndex == 5 && server.raft.commit == 4)
    #expect(!server.actions.contains { if case .truncate = $0 { true } else { false } })
  }

  @Test("Entries that a snapshot holds are skipped where a late message brings them")
  func late() {
    var server = Self.follower([1])
    let snapshot = Self.snapshot(4, 2)
    server.receive(Self.install(snapshot), from: 1)
    server.step { $0.accept(snapshot, &$1) }
    server.completeWrites()
    func matched(_ message: Message) -> [AppendReply.Result] {
      server.receive(message, from: 1).compactMap {
        if case .send(.appendReply(let reply), _, _) = $0 { reply.result } else { nil }
      }
    }
    #expect(matched(append(5, after: (1, 1), [entry(1, 2), entry(1, 3)])) == [.matched(3)])
    #expect(server.raft.log.lastIndex == 4)
    #expect(matched(append(5, after: (2, 1), [entry(1, 3), entry(2, 4), entry(2, 5)])) == [.matched(5)])
    #expect(server.raft.log.lastIndex == 5 && server.raft.log[5] == entry(2, 5))
  }
}
