import Node
import Primitives
import Programs
import Raft
import Testing

@Suite("Versions of what servers write to each other")
struct WireVersionTests {
  static let one = WireVersion(rawValue: 1)
  static let two = WireVersion(rawValue: 2)
  static let three = WireVersion(rawValue: 3)
  static let four = WireVersion(rawValue: 4)

  static func header(_ version: UInt8, _ highest: UInt8) -> WireHeader {
    WireHeader(version: WireVersion(rawValue: version), highest: WireVersion(rawValue: highest))
  }

  static let peer = NodeID(1)

  // MARK: What a server knows

  @Test("Nothing but the lowest is written to a peer that has not been heard", arguments: [1, 2, 3] as [UInt8])
  func unheard(_ own: UInt8) {
    let versions = WireVersions(own: WireVersion(rawValue: own), members: 3)
    for member in 0..<3 as Range<UInt32> { #expect(versions.header(to: NodeID(member)) == Self.header(1, own)) }
  }

  @Test(
    "Who knows of members dares to write so to a peer that has not been heard, and to no other",
    arguments: [1, 2, 3, 4] as [UInt8])
  func daring(_ own: UInt8) {
    var versions = WireVersions(own: WireVersion(rawValue: own), members: 3)
    #expect(versions.header(to: Self.peer, daring: true) == Self.header(own == 4 ? 4 : 1, own))
    _ = versions.learns(Self.header(1, 2), from: Self.peer)
    #expect(versions.header(to: Self.peer, daring: true) == Self.header(min(own, 2), own))
    versions.forget(Self.peer)
    #expect(versions.header(to: Self.peer, daring: true) == Self.header(own == 4 ? 4 : 1, own))
  }

  @Test(
    "The lower of both highest versions is written",
    arguments: [1, 2, 3] as [UInt8], [1, 2, 3] as [UInt8])
  func lower(_ own: UInt8, _ theirs: UInt8) {
    var versions = WireVersions(own: WireVersion(rawValue: own), members: 3)
    let understands = versions.understands(Self.header(1, theirs), from: Self.peer)
    #expect(understands)
    #expect(versions.header(to: Self.peer) == Self.header(min(own, theirs), own))
    // Of one peer nothing follows for another.
    #expect(versions.header(to: NodeID(2)) == Self.header(1, own))
  }

  @Test("A message above one's own is not understood, and yet tells what its sender speaks")
  func above() {
    var versions = WireVersions(own: Self.two, members: 3)
    let understands = versions.understands(Self.header(3, 3), from: Self.peer)
    #expect(!understands)
    #expect(versions.header(to: Self.peer) == Self.header(2, 2))
    #expect(versions.refusal == Self.header(1, 2))
  }

  @Test("What was heard last counts: a peer may go back, and an overtaken message is corrected by the next")
  func last() {
    var versions = WireVersions(own: Self.two, members: 3)
    for (heard, written) in [(2, 2), (1, 1), (2, 2), (1, 1)] as [(UInt8, UInt8)] {
      let isNews = (0..<2).map { _ in versions.learns(Self.header(1, heard), from: Self.peer) }
      #expect(isNews == [true, false])
      #expect(versions.header(to: Self.peer).version.rawValue == written)
    }
  }

  @Test("A closed connection forgets its peer and no other; strangers are nobody's peers")
  func forgets() {
    var versions = WireVersions(own: Self.two, members: 3)
    _ = versions.learns(Self.header(2, 2), from: Self.peer)
    _ = versions.learns(Self.header(2, 2), from: NodeID(2))
    versions.forget(Self.peer)
    versions.forget(NodeID(9))
    let isNews = versions.learns(Self.header(2, 2), from: NodeID(9))
    #expect(!isNews)
    #expect(versions.header(to: Self.peer).version == Self.one)
    #expect(versions.header(to: NodeID(2)).version == Self.two)
  }

  // MARK: The wire

  static let rejection = AppendReply.Result.rejected(previous: 9, conflictTerm: 2, conflictIndex: 4)

  @Test("In version 1 a rejection is shorter by its hint, and a leader steps back by one")
  func hint() throws {
    let message = Message.appendReply(AppendReply(term: 5, round: 7, life: 2, result: Self.rejection))
    let old = KVMessage.raft(message.written(in: Self.one), Self.header(1, 2))
    let new = KVMessage.raft(message.written(in: Self.two), Self.header(2, 2))
    #expect(new.wireSize - old.wireSize == 16)
    for each in [old, new] {
      let bytes = CodecTests.encoded(each)
      #expect(bytes.count == each.wireSize)
      #expect(CodecTests.digest(try CodecTests.decoded(bytes, as: KVMessage.self)) == CodecTests.digest(each))
    }
    guard case .raft(.appendReply(let reply), _) = old else { return }
    #expect(reply.result == .rejected(previous: 9, conflictTerm: 0, conflictIndex: 9))
    #expect(reply.round == 7 && reply.life == 2)
  }

  @Test("Everything else is the same in both", arguments: CodecTests.raft)
  func same(_ message: Message) {
    if case .appendReply(let reply) = message, case .rejected = reply.result { return }
    #expect(message.written(in: Self.one) == message)
  }

  @Test(
    "Before version 4 there is nothing about members, and an election that a leader has asked for is one like any other"
  )
  func members() {
    let configuration = Configuration(voters: [NodeID(0), NodeID(1)])
    let entry = Entry(term: 2, configuration: configuration)
    let append = AppendEntries(term: 2, previousIndex: 1, previousTerm: 1, commit: 1, entries: [entry])
    let name = Snapshot.Name(lastIndex: 9, lastTerm: 2, configuration: configuration, size: 5, fingerprint: 7)
    let piece = InstallSnapshot(term: 2, round: 1, name: name, offset: 0, piece: [1])
    for message: Message in [.appendEntries(append), .installSnapshot(piece), .timeoutNow(TimeoutNow(term: 2))] {
      #expect(message.exists(in: Self.four) && !message.exists(in: Self.three))
    }
    let asked = RequestVote(term: 2, lastIndex: 1, lastTerm: 1, isHandedOver: true)
    let plain = RequestVote(term: 2, lastIndex: 1, lastTerm: 1)
    #expect(Message.requestVote(asked).written(in: Self.three) == .requestVote(plain))
    #expect(Message.requestVote(asked).written(in: Self.four) == .requestVote(asked))
  }

  @Test(
    "A header that no server writes is refused",
    arguments: [(0, 0), (0, 2), (5, 5), (255, 255), (2, 1), (1, 0), (3, 2)] as [(UInt8, UInt8)])
  func headers(_ version: UInt8, _ highest: UInt8) {
    var bytes = CodecTests.encoded(KVMessage.raft(.voteReply(VoteReply(term: 1, granted: true))))
    (bytes[1], bytes[2]) = (version, highest)
    #expect(throws: WireError.self) { try CodecTests.decoded(bytes, as: KVMessage.self) }
    let refusal: [UInt8] = [12, version, highest]
    #expect(throws: WireError.self) { try CodecTests.decoded(refusal, as: KVMessage.self) }
  }

  @Test("A version that is only announced may be one that nobody here speaks")
  func announced() throws {
    var bytes = CodecTests.encoded(KVMessage.raft(.voteReply(VoteReply(term: 1, granted: true))))
    bytes[2] = 200
    guard case .raft(_, let header) = try CodecTests.decoded(bytes, as: KVMessage.self) else { return }
    #expect(header == Self.header(4, 200))
  }

  @Test("A header costs a message no memory")
  func memory() { #expect(MemoryLayout<KVMessage>.size == MemoryLayout<KVRequest>.size) }
}

@Suite("Servers of different versions")
struct MixedServerTests {
  static func idle(_ version: UInt8, _ id: UInt32) -> Bench<RaftKV> {
    let settings = RaftKVSettings(servers: 3, wireVersion: WireVersion(rawValue: version))
    return Bench(RaftKV(server: NodeID(id), settings: settings))
  }

  static func server(_ version: UInt8) -> Bench<RaftKV> {
    var server = idle(version, 0)
    server.start()
    return server
  }

  static func heartbeat(_ version: UInt8, _ highest: UInt8) -> KVMessage {
    .raft(
      .appendEntries(AppendEntries(term: 1, previousIndex: 0, previousTerm: 0, commit: 0, entries: [])),
      WireVersionTests.header(version, highest))
  }

  static func headers(_ effects: [Effect<RaftKV>]) -> [WireHeader] {
    sends(effects).compactMap { if case .raft(_, let header) = $0.message { header } else { nil } }
  }

  @Test("What a server cannot read it refuses as a whole, in words that everybody can read")
  func refuses() {
    var server = Self.server(1)
    let effects = server.hear(Self.heartbeat(2, 2), from: 2)
    #expect(effects.count == 1)
    guard case .versionRefused(let header)? = sends(effects).first?.message else {
      Issue.record("there is no refusal")
      return
    }
    #expect(header == WireVersionTests.header(1, 1))
    #expect(server.program.standing.term == 0)
    let answer = server.hear(Self.heartbeat(1, 2), from: 2)
    #expect(Self.headers(answer) == [WireVersionTests.header(1, 1)])
    #expect(server.program.standing.term == 1)
  }

  @Test("An answer is in the version that its receiver has announced", arguments: [1, 2] as [UInt8])
  func answers(_ theirs: UInt8) {
    var server = Self.server(2)
    let answer = server.hear(Self.heartbeat(1, theirs), from: 2)
    #expect(Self.headers(answer) == [WireVersionTests.header(theirs, 2)])
  }

  @Test(
    "A successor tells also whom it has not heard that the leader has asked for its election, but nobody known not to understand"
  )
  func successor() throws {
    var server = Self.idle(4, 0)
    server.start()
    server.hear(Self.heartbeat(4, 4), from: 1)
    func requests(_ effects: [Effect<RaftKV>]) -> [UInt32: (WireHeader, Bool)] {
      var found: [UInt32: (WireHeader, Bool)] = [:]
      for send in sends(effects) {
        if case .raft(.requestVote(let request), let header) = send.message {
          found[send.to] = (header, request.isHandedOver)
        }
      }
      return found
    }
    var other = server
    let asked = KVMessage.raft(.timeoutNow(TimeoutNow(term: 1)), .newest)
    let unheard = requests(server.hear(asked, from: 1))
    #expect(unheard[1]?.0 == .newest && unheard[1]?.1 == true)
    #expect(unheard[2]?.0 == .newest && unheard[2]?.1 == true)
    other.hear(.versionRefused(WireVersionTests.header(1, 3)), from: 2)
    let older = requests(other.hear(asked, from: 1))
    #expect(older[2]?.0 == WireVersionTests.header(3, 4) && older[2]?.1 == false)
    // Who could not read it is asked again, and no more than once.
    let again = requests(server.hear(.versionRefused(WireVersionTests.header(1, 3)), from: 2))
    #expect(again.count == 1 && again[2]?.0 == WireVersionTests.header(3, 4) && again[2]?.1 == false)
    #expect(requests(server.hear(.versionRefused(WireVersionTests.header(1, 3)), from: 2)).isEmpty)
  }

  @Test("A leader that is refused writes to that peer in the lower version, and sends again what was under way")
  func learns() throws {
    var server = ServerTests.leader()
    server.step(.writeCompleted(WriteToken(2)))
    let reply = AppendReply(term: 1, result: .matched(1))
    server.hear(.raft(.appendReply(reply)), from: 1)
    server.hear(ServerTests.session(), from: 5)
    let sent = sends(server.step(.timerFired(TimerID(2)))).filter { $0.to == 1 }
    #expect(Self.entries(sent.map(\.message)) == [[WireVersionTests.four.rawValue: 1]])
    let again = sends(server.hear(.versionRefused(WireVersionTests.header(1, 1)), from: 1)).filter { $0.to == 1 }
    #expect(Self.entries(again.map(\.message)) == [[WireVersionTests.one.rawValue: 1]])
    // Told once more, it has nothing to begin again with.
    server.hear(.versionRefused(WireVersionTests.header(1, 1)), from: 1)
    let third = sends(server.step(.timerFired(TimerID(1)))).filter { $0.to == 1 }
    #expect(Self.entries(third.map(\.message)) == [[WireVersionTests.one.rawValue: 0]])
  }

  /// For each AppendEntries its version and how many entries it has.
  private static func entries(_ messages: [KVMessage]) -> [[UInt8: Int]] {
    messages.compactMap {
      guard case .raft(.appendEntries(let append), let header) = $0 else { return nil }
      return [header.version.rawValue: append.entries.count]
    }
  }

  // MARK: A follower whose log has gone astray

  /// Two of three servers, whose messages arrive at once and whose disks are done at once.
  private struct Pair {
    var servers: [Bench<RaftKV>]
    var probes = 0
    var queue: [(to: Int, message: KVMessage)] = []

    init(leader: UInt8, follower: UInt8) {
      servers = [MixedServerTests.idle(leader, 0), MixedServerTests.idle(follower, 1)]
      let logs: [[Term]] = [[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3], [1, 1, 2, 2, 2, 2, 2, 2, 2, 2]]
      for place in 0...1 {
        let state: ContiguousArray<KVRecord> = [.hardState(HardState(term: 3))]
        let log = ContiguousArray(logs[place].map { KVRecord.entry(.noop(term: $0)) })
        take(servers[place].start([state, log, state]), from: place)
      }
    }

    mutating func take(_ effects: [Effect<RaftKV>], from place: Int) {
      for effect in effects {
        switch effect {
        case .send(let message, let peer, _, _) where peer.host.index <= 1:
          if case .raft(.appendEntries, _) = message { probes += 1 }
          queue.append((peer.host.index, message))
        case .sync(let token, _): take(servers[place].step(.writeCompleted(token)), from: place)
        default: break
        }
      }
    }

    mutating func elect() {
      // Long enough for neither to wait for an earlier leader.
      servers[1].now = servers[1].now + .seconds(1)
      take(servers[0].step(.timerFired(TimerID(0)), after: .milliseconds(400)), from: 0)
      for _ in 0..<1_000 where !queue.isEmpty {
        let (to, message) = queue.removeFirst()
        take(servers[to].hear(message, from: UInt32(1 - to)), from: to)
      }
    }
  }

  @Test(
    "It is found out where the logs part, at once or entry by entry, as the older of both speaks",
    arguments: [1, 2] as [UInt8], [1, 2] as [UInt8])
  func astray(_ leader: UInt8, _ follower: UInt8) {
    var pair = Pair(leader: leader, follower: follower)
    pair.elect()
    #expect(pair.servers[0].program.standing.role == .leader)
    #expect(pair.servers.map { $0.program.standing.lastIndex } == [12, 12])
    #expect(pair.servers.allSatisfy { $0.program.lastEntry == pair.servers[0].program.lastEntry })
    #expect(pair.servers[0].program.standing.commit == 12)
    // Index 11 is lacking; then 10 to 3 are another term's, skipped together or one by one.
    #expect(pair.probes == (min(leader, follower) == 2 ? 3 : 10))
  }
}
