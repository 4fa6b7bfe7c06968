import CRDT
import Node
import Primitives
import Programs
import Testing

@Suite("A replica of shared objects")
struct ReplicaTests {
  static func node(_ id: UInt32 = 0, nodes: Int = 4, fanout: Int = 1, deltas: Int = 8) -> Bench<Replica> {
    Bench(
      Replica(
        id: NodeID(id),
        settings: ReplicaSettings(nodes: nodes, interval: .milliseconds(100), fanout: fanout, deltas: deltas)))
  }

  static func ask(
    _ node: inout Bench<Replica>, _ number: UInt64, _ operation: ReplicaOperation
  ) -> [Effect<Replica>] {
    node.step(.request(RequestID(number), operation))
  }

  static func records(_ effects: [Effect<Replica>]) -> [ReplicaRecord] {
    effects.compactMap { effect in
      switch effect {
      case .append(let record, _), .replace(_, let record): record
      default: nil
      }
    }
  }

  static func parcels(_ effects: [Effect<Replica>]) -> [(to: UInt32, parcel: DeltaSync<SharedObjects>.Parcel)] {
    sends(effects).compactMap { send in
      if case .parcel(let parcel) = send.message { (UInt32(send.to), parcel.content) } else { nil }
    }
  }

  @Test("A delta says in words what it brings and whose changes it knows")
  func words() throws {
    var node = Self.node()
    node.start()
    _ = Self.ask(&node, 1, .put(3, 40))
    _ = Self.ask(&node, 2, .increment(2))
    _ = node.step(.writeCompleted(WriteToken(1)))
    let sent = sends(node.step(.timerFired(TimerID(0))))
    let words = try #require(sent.first).message.words
    #expect(words == "up to 2 of life 0, knowing n1 to 2, counter 2, map 3 is 40")
  }

  @Test("It answers once what the answer says is on its disk")
  func answers() {
    var node = Self.node()
    node.start()
    #expect(replies(Self.ask(&node, 1, .increment(2))).isEmpty)
    #expect(replies(Self.ask(&node, 2, .read)).isEmpty, "what it would tell may be lost")
    let answers = replies(node.step(.writeCompleted(WriteToken(1))))
    guard answers.count == 2, case .read(let reading) = answers[1] else {
      Issue.record("a change and a read were not answered")
      return
    }
    #expect(answers[0] == .done && reading.counter == 2)
    #expect(replies(Self.ask(&node, 4, .read)) == [.read(reading)], "nothing to wait for")
    #expect(replies(Self.ask(&node, 3, .remove(1))) == [.done], "nothing to remove, and nothing to wait for")
  }

  @Test("It tells others, never itself, and not before the write that holds it")
  func tells() {
    var node = Self.node(2)
    node.start()
    _ = Self.ask(&node, 1, .add(5))
    for _ in 0..<50 {
      let told = sends(node.step(.timerFired(TimerID(0))))
      #expect(told.count == 1 && told.allSatisfy { $0.to != 2 && $0.to < 4 && $0.after == WriteToken(1) })
    }
  }

  @Test("It acknowledges what it has stored, and merges what it hears once")
  func hears() {
    var (source, node) = (Self.node(0), Self.node(1))
    source.start()
    node.start()
    _ = Self.ask(&source, 1, .write(7))
    let state = source.program.objects
    let parcel = ReplicaMessage.parcel(ReplicaParcel(.init(life: 0, number: 1, receiver: nil, state: state)))
    let first = node.hear(parcel, from: 0)
    #expect(Self.records(first).count == 1 && node.program.objects.register.value == 7)
    #expect(sends(first).map(\.message) == [.acknowledgement(number: 1, of: 0, in: 0)])
    #expect(sends(first).map(\.after) == [WriteToken(1)])
    #expect(Self.records(node.hear(parcel, from: 0)).isEmpty, "nothing new, nothing written")
  }

  @Test("A delta for an earlier life is neither taken nor acknowledged")
  func gap() {
    var node = Self.node(1)
    node.start()
    var elsewhere = SharedObjects()
    _ = elsewhere.perform(.increment(1), by: ReplicaID(NodeID(0))) { fatalError("a counter has no clock") }
    let late = DeltaSync<SharedObjects>.Parcel(life: 0, number: 3, receiver: 5, state: elsewhere)
    #expect(node.hear(.parcel(ReplicaParcel(late)), from: 0).isEmpty)
    #expect(node.program.objects == SharedObjects())
  }

  @Test("It sends all there is until it hears what is known, and then what is new")
  func deltas() {
    var node = Self.node(0, nodes: 2)
    node.start()
    _ = Self.ask(&node, 1, .increment(1))
    var told = Self.parcels(node.step(.timerFired(TimerID(0))))
    #expect(told.map(\.parcel.receiver) == [nil])
    node.hear(.acknowledgement(number: 1, of: 0, in: 0), from: 1)
    _ = Self.ask(&node, 2, .add(9))
    told = Self.parcels(node.step(.timerFired(TimerID(0))))
    #expect(told.map(\.parcel.receiver) == [0] && told[0].parcel.state.counter.value == 0)
    #expect(told[0].parcel.state.set.elements == [9])
  }

  @Test("It comes back with what its disk holds, as another replica, and its clock is not behind")
  func restarts() throws {
    var node = Self.node()
    node.start()
    let written = Self.records(Self.ask(&node, 1, .write(3)) + Self.ask(&node, 2, .add(1)))
    let before = try #require(node.program.objects.latest)
    var next = Self.node()
    _ = next.step(.started(Recovered(files: [ContiguousArray(written)], restarts: 1)))
    #expect(next.program.objects == node.program.objects)
    #expect(next.program.replica != node.program.replica && next.program.replica.node == NodeID(0))
    _ = Self.ask(&next, 3, .write(4))
    #expect(try #require(next.program.objects.latest) > before)
  }

  @Test("What lies behind a torn record is cut off, so that later ones are found")
  func torn() {
    var node = Self.node()
    node.start()
    let written = Self.records(Self.ask(&node, 1, .add(1)) + Self.ask(&node, 2, .add(2)))
    var next = Self.node()
    let file = StoredFile(ContiguousArray(written), scars: [.init(position: 1, kind: .torn)])
    let effects = next.step(.started(Recovered(files: [file], restarts: 1)))
    #expect(next.program.objects.set.elements == [1])
    let cuts = effects.compactMap { if case .truncate(_, let keeping) = $0 { keeping } else { nil } }
    #expect(cuts == [1])
  }

  @Test("Its file does not grow without end")
  func compacts() {
    var node = Self.node()
    node.start()
    var kept: [ReplicaRecord] = []
    for number in 0..<500 {
      for effect in Self.ask(&node, UInt64(number), .increment(1)) {
        switch effect {
        case .append(let record, _): kept.append(record)
        case .replace(_, let record): kept = [record]
        default: break
        }
      }
      #expect(kept.count <= 64)
    }
    var next = Self.node()
    _ = next.step(.started(Recovered(files: [ContiguousArray(kept)], restarts: 1)))
    #expect(next.program.objects.counter.value == 500)
  }

  @Test(
    "Until a replacement is on disk each change replaces the file again, and none stands behind the old content")
  func replacing() {
    var node = Self.node()
    node.start()
    var replaced: [UInt64] = []
    for number in UInt64(1)...70 {
      let effects = Self.ask(&node, number, .increment(1))
      if effects.contains(where: { if case .replace = $0 { true } else { false } }) { replaced.append(number) }
    }
    #expect(replaced == [65, 66, 67, 68, 69, 70])
    node.step(.writeCompleted(WriteToken(70)))
    #expect(!Self.ask(&node, 71, .increment(1)).contains { if case .replace = $0 { true } else { false } })
  }

  @Test("It tells as many different peers as it is to")
  func fanout() {
    var node = Self.node(0, nodes: 6, fanout: 5)
    node.start()
    for _ in 0..<20 { #expect(Set(sends(node.step(.timerFired(TimerID(0)))).map(\.to)) == [1, 2, 3, 4, 5]) }
  }

  @Test("A node whose write fails ends")
  func failedWrite() {
    var node = Self.node()
    node.start()
    guard case .exit? = node.step(.writeFailed(WriteToken(1))).first else {
      Issue.record("the node went on after a failed write")
      return
    }
  }

  @Test("Its messages come through their wire form whole", arguments: 0..<30)
  func codec(seed: UInt64) throws {
    var node = Self.node()
    node.start()
    for number in UInt64(0)..<20 {
      let operation = ReplicaSource().request(number: number, choices: Choices(seed: seed))
      _ = Self.ask(&node, number, operation)
    }
    let messages: [ReplicaMessage] =
      Self.parcels(node.step(.timerFired(TimerID(0)))).map { .parcel(ReplicaParcel($0.parcel)) } + [
        .parcel(ReplicaParcel(.init(life: 3, number: seed, receiver: 2, state: node.program.objects))),
        .acknowledgement(number: seed, of: 1, in: 2),
      ]
    for message in messages {
      var writer = WireWriter()
      message.encode(into: &writer)
      #expect(writer.bytes.count == message.wireSize && writer.bytes.first == message.kind)
      var reader = WireReader(writer.bytes)
      #expect(try ReplicaMessage.decode(from: &reader) == message)
      for length in stride(from: 0, to: writer.bytes.count, by: 7) {
        var reader = WireReader(Array(writer.bytes.prefix(length)))
        #expect(throws: WireError.self) { try ReplicaMessage.decode(from: &reader) }
      }
    }
  }
}
