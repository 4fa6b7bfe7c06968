import Node
import Primitives
import Programs
import Routing
import Testing

@Suite("A node of a mesh whose requests take their time")
struct MeshServingTests {
  /// In the row of `MeshTests`; it has two requests under way at once.
  static func node(_ id: UInt32) throws -> Bench<Mesh> {
    var settings = try MeshTests.settings().value
    settings.works = true
    settings.queue = 2
    settings.memory = 100
    var node = Bench(Mesh(id: NodeID(id), settings: Boxed(settings)))
    node.start()
    return node
  }

  static func ask(_ number: UInt64, _ owner: UInt32, from source: UInt32 = 0) -> MeshPacket {
    let operation = MeshOperation(key: MeshTests.askedKey(of: owner), work: .milliseconds(7))
    return MeshPacket(from: NodeID(source), to: NodeID(owner), .ask(RequestID(number), operation))
  }

  static func works(_ effects: [Effect<Mesh>]) -> [(work: UInt64, demand: Demand)] {
    effects.compactMap { if case .work(let work, let demand) = $0 { (work.rawValue, demand) } else { nil } }
  }

  static func registry(_ version: UInt64, without node: UInt32, _ standing: Registry.Standing = .drained)
    -> Registry
  {
    var registry = Registry()
    registry.apply(Registry.Decision(NodeID(node), standing), version: version)
    return registry
  }

  // MARK: Work

  @Test("It gives a request to its processor, and answers when that is done")
  func works() throws {
    var node = try Self.node(3)
    let effects = node.hear(.packet(Self.ask(9, 3)), from: 2)
    #expect(sends(effects).isEmpty)
    #expect(Self.works(effects).map(\.demand) == [Demand(time: .milliseconds(7), memory: 100)])
    let answer = MeshTests.packets(node.step(.workDone(WorkID(0))))
    #expect(answer.map(\.to) == [2] && answer[0].packet.content == .answer(RequestID(9)))
    #expect(sends(node.step(.workDone(WorkID(0)))).isEmpty, "nobody is answered twice")
  }

  @Test("It refuses what is too much, and takes more when something is done")
  func refuses() throws {
    var node = try Self.node(3)
    for number: UInt64 in 1...2 { node.hear(.packet(Self.ask(number, 3)), from: 2) }
    let refusal = MeshTests.packets(node.hear(.packet(Self.ask(3, 3)), from: 2))
    #expect(refusal.map(\.packet.content) == [.refusal(RequestID(3))])
    #expect(refusal[0].packet.destination == NodeID(0))
    let operation = MeshOperation(key: MeshTests.askedKey(of: 3))
    #expect(replies(node.step(.request(RequestID(4), operation))) == [.overloaded])
    node.step(.workDone(WorkID(0)))
    #expect(Self.works(node.hear(.packet(Self.ask(5, 3)), from: 2)).map(\.work) == [2])
  }

  @Test(
    "A request of its own ends when its work is done, or after its time, whichever is first",
    arguments: [true, false])
  func own(inTime: Bool) throws {
    var node = try Self.node(3)
    let operation = MeshOperation(key: MeshTests.askedKey(of: 3), work: .milliseconds(7))
    #expect(replies(node.step(.request(RequestID(1), operation))).isEmpty)
    if inTime {
      #expect(replies(node.step(.workDone(WorkID(0)))) == [.served(by: NodeID(3))])
      #expect(replies(node.step(.timerFired(TimerID(2)), after: .seconds(1))).isEmpty)
    } else {
      #expect(replies(node.step(.timerFired(TimerID(2)), after: .seconds(1))) == [.silent])
      #expect(replies(node.step(.workDone(WorkID(0)))).isEmpty)
    }
  }

  @Test("Who is refused has failed, and knows it")
  func refused() throws {
    var node = try Self.node(0)
    node.step(.request(RequestID(1), MeshOperation(key: MeshTests.askedKey(of: 3))))
    let refusal = MeshMessage.packet(MeshPacket(from: NodeID(3), to: NodeID(0), .refusal(RequestID(1))))
    #expect(replies(node.hear(refusal, from: 1)) == [.overloaded])
    #expect(replies(node.hear(refusal, from: 1)).isEmpty)
  }

  // MARK: Owners

  @Test("It takes a later registry for its own and tells its other neighbours; an earlier one it does not")
  func adopts() throws {
    var node = try Self.node(1)
    let second = Self.registry(2, without: 3)
    let told = sends(node.hear(.registry(second), from: 0))
    #expect(told.map(\.to) == [2] && told[0].message == .registry(second))
    #expect(sends(node.hear(.registry(second), from: 2)).isEmpty)
    #expect(sends(node.hear(.registry(Self.registry(1, without: 0)), from: 0)).isEmpty)
    #expect(node.program.registry == second)
  }

  @Test("A neighbour whose hello tells of an earlier registry is told of the later", arguments: [UInt64(4), 5, 6])
  func tells(version: UInt64) throws {
    var node = try Self.node(1)
    node.hear(.registry(Self.registry(5, without: 3)), from: 0)
    let hello = Hello(number: 1, heard: 0, ago: 0, missed: 0, registry: version)
    let told = sends(node.hear(.hello(hello), from: 2))
    #expect(told.map(\.to) == (version < 5 ? [2] : []))
    let hellos = sends(node.step(.timerFired(TimerID(0)))).compactMap { send -> UInt64? in
      if case .hello(let hello) = send.message { hello.registry } else { nil }
    }
    #expect(hellos == [5, 5])
  }

  @Test("Requests go to whoever owns their keys now, and what a former owner is asked it hands on")
  func newOwner() throws {
    let registry = Self.registry(1, without: 3)
    let key = MeshTests.askedKey(of: 3)
    let owner = registry.owner(of: key, nodes: 4)
    #expect(owner != NodeID(3))
    var former = try Self.node(3)
    former.hear(.registry(registry), from: 2)
    let passed = MeshTests.packets(former.hear(.packet(Self.ask(9, 3)), from: 2))
    #expect(passed.map(\.packet.destination) == [owner] && passed.map(\.packet.source) == [NodeID(0)])
    var asker = try Self.node(0)
    asker.hear(.registry(registry), from: 1)
    let effects = asker.step(.request(RequestID(1), MeshOperation(key: key)))
    if owner == NodeID(0) {
      #expect(Self.works(effects).count == 1)
    } else {
      #expect(MeshTests.packets(effects).map(\.packet.destination) == [owner])
    }
  }

  @Test(
    "A request that comes back to who asked, because it owns the key by now, ends once",
    arguments: [true, false], [true, false])
  func comesBack(works: Bool, isFull: Bool) throws {
    let registry = Self.registry(1, without: 3)
    let key = try #require(
      (0..<1_000).first {
        Registry().owner(of: $0, nodes: 4) == NodeID(3) && registry.owner(of: $0, nodes: 4) == NodeID(0)
      })
    let operation = MeshOperation(key: key, work: .milliseconds(7))
    var node = works ? try Self.node(0) : try MeshTests.node(0)
    if isFull { for number: UInt64 in 1...2 { node.hear(.packet(Self.ask(number, 0, from: 1)), from: 1) } }
    let asked = MeshTests.packets(node.step(.request(RequestID(9), operation)))
    #expect(asked.map(\.packet.destination) == [NodeID(3)])
    node.hear(.registry(registry), from: 1)
    let back = MeshMessage.packet(MeshPacket(from: NodeID(0), to: NodeID(0), hops: 4, asked[0].packet.content))
    var outcomes = replies(node.hear(back, from: 1))
    outcomes += replies(node.step(.workDone(WorkID(0))))
    // Twice, and too late.
    outcomes += replies(node.hear(back, from: 1))
    outcomes += replies(node.step(.timerFired(TimerID(2)), after: .seconds(2)))
    outcomes += replies(node.hear(back, from: 1))
    for work: UInt64 in 1...3 { outcomes += replies(node.step(.workDone(WorkID(work)))) }
    #expect(outcomes == [works && isFull ? .overloaded : .served(by: NodeID(0))])
  }

  @Test("Where nobody heals, lessons, receipts, proposals and what a council says are heard and change nothing")
  func noHealing() throws {
    var node = try Self.node(1)
    func digest() -> String {
      var digest = Digest()
      node.program.fold(into: &digest, at: node.now)
      return digest.hexadecimal
    }
    for message in MeshCodecTests.messages where [9, 10, 13, 14].contains(message.kind) {
      var message = message
      if case .packet(let packet) = message {
        message = .packet(MeshPacket(from: NodeID(0), to: NodeID(1), packet.content))
      }
      // Any message is a sign of life.
      node.hear(.learned(number: 0, of: 0, in: 0), from: 0)
      let (before, now) = (digest(), node.now)
      #expect(node.hear(message, from: 0).isEmpty)
      var after = Digest()
      node.program.fold(into: &after, at: now)
      #expect(after.hexadecimal == before)
    }
  }
}
