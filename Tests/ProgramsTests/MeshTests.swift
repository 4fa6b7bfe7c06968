import Membership
import Node
import Primitives
import Programs
import Routing
import Testing

@Suite("A node of a mesh")
struct MeshTests {
  /// n1 – n2 – n3 – n4 in a row.
  static func settings(hello: Nanoseconds? = .milliseconds(100)) throws -> Boxed<MeshSettings> {
    let links = (0..<3).map { Edge(NodeID($0), NodeID($0 + 1)) }
    return Boxed(
      MeshSettings(
        topology: try Topology(nodes: 4, shape: .listed(links)), membership: .standard, routing: .standard,
        hello: hello, patience: 3, timeout: .seconds(1)))
  }

  static func node(_ id: UInt32, hello: Nanoseconds? = .milliseconds(100)) throws -> Bench<Mesh> {
    var node = Bench(Mesh(id: NodeID(id), settings: try settings(hello: hello)))
    node.start()
    return node
  }

  static func packets(_ effects: [Effect<Mesh>]) -> [(to: UInt32, packet: MeshPacket)] {
    sends(effects).compactMap { send in
      if case .packet(let packet) = send.message { (send.to, packet) } else { nil }
    }
  }

  static func ask(_ node: inout Bench<Mesh>, _ number: UInt64, key: UInt64) -> [Effect<Mesh>] {
    let operation = (0..<UInt64.max).lazy.map { MeshSource().request(number: $0, choices: Choices(seed: 1)) }
      .first { $0.key == key }!
    return node.step(.request(RequestID(number), operation))
  }

  /// A key that the workload asks for, of that owner.
  static func askedKey(of owner: UInt32) -> UInt64 {
    (0..<UInt64.max).lazy.map { MeshSource().request(number: $0, choices: Choices(seed: 1)).key }
      .first { Registry().owner(of: $0, nodes: 4) == NodeID(owner) }!
  }

  static func hello(_ number: UInt32) -> MeshMessage {
    .hello(Hello(number: number, heard: 0, ago: 0, missed: 0, registry: 0))
  }

  @Test("Keys are dealt out evenly")
  func owners() {
    var counts = [0, 0, 0, 0]
    for key in 0..<UInt64(40_000) { counts[Registry().owner(of: key, nodes: 4).index] += 1 }
    #expect(counts.allSatisfy { (9_500...10_500).contains($0) })
  }

  @Test("It serves its own keys at once, and hands requests for others to the neighbour on the way")
  func asks() throws {
    var node = try Self.node(0)
    #expect(replies(Self.ask(&node, 1, key: Self.askedKey(of: 0))) == [.served(by: NodeID(0))])
    let sent = Self.packets(Self.ask(&node, 2, key: Self.askedKey(of: 3)))
    #expect(sent.map(\.to) == [1] && sent[0].packet.destination == NodeID(3))
  }

  @Test("It hands on what is for others, serves what is for its own keys, and answers the one who asked")
  func handsOn() throws {
    let key = Self.askedKey(of: 3)
    let packet = MeshPacket(from: NodeID(0), to: NodeID(3), .ask(RequestID(9), MeshOperation(key: key)))
    var between = try Self.node(1)
    let handed = Self.packets(between.hear(.packet(packet), from: 0))
    #expect(handed.map(\.to) == [2] && handed[0].packet.hops == 1)
    var owner = try Self.node(3)
    let answered = Self.packets(owner.hear(.packet(handed[0].packet), from: 2))
    #expect(answered.map(\.to) == [2] && answered[0].packet.content == .answer(RequestID(9)))
    #expect(answered[0].packet.destination == NodeID(0))
    var other = try Self.node(2)
    let astray = MeshPacket(from: NodeID(0), to: NodeID(2), .ask(RequestID(9), MeshOperation(key: key)))
    let passed = Self.packets(other.hear(.packet(astray), from: 1))
    #expect(passed.map(\.to) == [3] && passed[0].packet.destination == NodeID(3), "nobody serves another's key")
    #expect(passed[0].packet.source == NodeID(0) && passed[0].packet.content == astray.content)
  }

  @Test("A packet that has gone over as many links as there are nodes goes no further", arguments: [UInt16(3), 4])
  func circles(_ hops: UInt16) throws {
    var node = try Self.node(1)
    let packet = MeshPacket(from: NodeID(0), to: NodeID(3), hops: hops, .answer(RequestID(1)))
    #expect(Self.packets(node.hear(.packet(packet), from: 0)).isEmpty == (hops == 4))
  }

  @Test("An answer ends a request once; a request without one ends after its time")
  func answers() throws {
    var node = try Self.node(0)
    let key = Self.askedKey(of: 2)
    _ = Self.ask(&node, 1, key: key)
    _ = Self.ask(&node, 2, key: key)
    let answer = MeshMessage.packet(MeshPacket(from: NodeID(2), to: NodeID(0), .answer(RequestID(1))))
    #expect(replies(node.hear(answer, from: 1)) == [.served(by: NodeID(2))])
    #expect(replies(node.hear(answer, from: 1)).isEmpty)
    #expect(replies(node.step(.timerFired(TimerID(2)), after: .milliseconds(10))).isEmpty, "it is early")
    #expect(replies(node.step(.timerFired(TimerID(2)), after: .seconds(1))) == [.silent])
  }

  @Test("A link whose other end is silent for three rounds is down, and nothing is sent over it but hellos")
  func silence() throws {
    var node = try Self.node(1)
    var number: UInt32 = 0
    func round(_ heard: [UInt32]) {
      number += 1
      for neighbour in heard { node.hear(Self.hello(number), from: neighbour) }
      let hellos = sends(node.step(.timerFired(TimerID(0)))).filter { $0.message.kind == 0 }
      #expect(hellos.map(\.to) == [0, 2], "it goes on saying hello, or the link would never come back")
    }
    let key = Self.askedKey(of: 3)
    for _ in 0..<2 { round([0]) }
    #expect(Self.packets(Self.ask(&node, 1, key: key)).map(\.to) == [2])
    round([0])
    #expect(replies(Self.ask(&node, 2, key: key)) == [.unreachable])
    for _ in 0..<2 { round([0, 2]) }
    #expect(replies(Self.ask(&node, 3, key: key)) == [.unreachable], "two good rounds may be luck")
    round([0, 2])
    #expect(Self.packets(Self.ask(&node, 4, key: key)).map(\.to) == [2])
  }

  @Test("Without hellos every link is taken for one that works")
  func noHellos() throws {
    var node = try Self.node(0, hello: nil)
    for _ in 0..<20 { #expect(!sends(node.step(.timerFired(TimerID(1)))).contains { $0.message.kind == 0 }) }
    #expect(Self.packets(Self.ask(&node, 1, key: Self.askedKey(of: 1))).map(\.to) == [1])
  }

  @Test("Probes go over the mesh to whoever is probed, and acks find back")
  func probes() throws {
    var node = try Self.node(0)
    let ping = try #require(
      (0..<20).lazy.map { _ in Self.packets(node.step(.timerFired(TimerID(3)))) }.first { !$0.isEmpty }?.first)
    #expect(ping.to == 1, "its only neighbour")
    var target = try Self.node(ping.packet.destination.rawValue)
    let ack = Self.packets(target.hear(.packet(ping.packet), from: ping.packet.destination.rawValue - 1))
    #expect(ack.count == 1 && ack[0].packet.destination == NodeID(0))
    guard case .membership(let message) = ack[0].packet.content else {
      Issue.record("an ack is a membership message")
      return
    }
    #expect(message.form == .ack)
  }
}
