import Primitives
import Routing
import Testing

func node(_ number: Int) -> NodeID { NodeID(UInt32(number)) }

/// Draws of a test, one after the other.
struct Draws {
  private let choices: Choices
  private var count: UInt64 = 0

  init(_ seed: UInt64) { choices = Choices(seed: seed) }

  mutating func below(_ bound: Int) -> Int {
    count += 1
    return Int(choices.choose(Purpose(999, "test"), Entities(0), count, below: UInt64(bound)))
  }
}

/// Nodes, and a network that takes a millisecond for each hop and brings everything through the wire format.
struct Mesh {
  static let hop = Nanoseconds.milliseconds(1)

  let topology: Topology
  let settings: RoutingSettings
  var nodes: [LinkState]
  private(set) var now = Instant.zero
  private var timers: [Instant]
  private var wire: [(at: Instant, from: NodeID, to: NodeID, kind: UInt8, bytes: [UInt8])] = []
  private var arrived = 0
  /// Links that carry nothing, by both their directions.
  private var cuts: Set<[Int]> = []
  /// Of 100 messages, how many are lost.
  var loss = 0
  /// Takes each message that was not lost on its way; false keeps it.
  var passes: @Sendable (_ from: Int, _ to: Int) -> Bool = { _, _ in true }
  private var draws = Draws(1)
  private(set) var sent = 0
  /// How often a node has told that its routes changed.
  private(set) var changes: [Int]

  init(_ topology: Topology, settings: RoutingSettings = .standard) {
    self.topology = topology
    self.settings = settings
    nodes = (0..<topology.nodes).map { LinkState(id: node($0), topology: topology, settings: settings) }
    timers = .init(repeating: .zero, count: nodes.count)
    changes = .init(repeating: 0, count: nodes.count)
    for index in nodes.indices { step(index) { $0.start(&$1) } }
  }

  init(_ nodes: Int, _ shape: Shape, settings: RoutingSettings = .standard) throws {
    self.init(try Topology(nodes: nodes, shape: shape), settings: settings)
  }

  @discardableResult
  mutating func step(_ index: Int, _ event: (inout LinkState, inout Outbox<Action>) -> Void) -> [Action] {
    var made = Outbox<Action>()
    event(&nodes[index], &made)
    let actions = Array(made)
    for action in actions {
      switch action {
      case .send(let message, let to): carry(message, from: index, to: to.index)
      case .setTimer(let after): timers[index] = now + after
      case .routesChanged: changes[index] += 1
      }
    }
    return actions
  }

  private mutating func carry(_ message: Message, from: Int, to: Int) {
    precondition(topology.contains(link: node(from), node(to)), "messages go to neighbours")
    sent += 1
    guard !cuts.contains([from, to]), passes(from, to), loss == 0 || draws.below(100) >= loss else { return }
    var writer = WireWriter()
    message.encode(into: &writer)
    wire.append((now + Self.hop, node(from), node(to), message.kind, writer.bytes))
  }

  /// The next message to arrive, if it does by `end`.
  private mutating func deliver(by end: Instant) -> Bool {
    guard arrived < wire.count, wire[arrived].at <= end else { return false }
    let (at, from, to, kind, bytes) = wire[arrived]
    arrived += 1
    now = at
    var reader = WireReader(bytes)
    let message = try! Message.decode(kind: kind, from: &reader)
    step(to.index) { $0.receive(message, from: from, &$1) }
    return true
  }

  /// Until nothing is under way; no timer fires.
  mutating func settle() { while deliver(by: Instant(nanoseconds: .max)) {} }

  mutating func run(for length: Nanoseconds) {
    let end = now + length
    while true {
      let next = timers.indices.min { (timers[$0], $0) < (timers[$1], $1) }!
      if deliver(by: min(end, timers[next])) { continue }
      guard timers[next] <= end else { break }
      now = timers[next]
      step(next) { $0.timerFired(&$1) }
    }
    now = end
  }

  // MARK: Faults

  mutating func cut(_ links: [[Int]]) {
    for link in links { cuts.formUnion([[link[0], link[1]], [link[1], link[0]]]) }
    notice(links) { .down($0) }
  }

  mutating func heal(_ links: [[Int]]) {
    for link in links { cuts.subtract([[link[0], link[1]], [link[1], link[0]]]) }
    notice(links) { .up($0) }
  }

  /// What one node notices at one time it tells in one go.
  private mutating func notice(_ links: [[Int]], _ change: (NodeID) -> LinkChange) {
    for index in nodes.indices {
      let changes = links.flatMap { link in link[0] == index ? [link[1]] : link[1] == index ? [link[0]] : [] }
        .map { change(node($0)) }
      if !changes.isEmpty { step(index) { $0.linksChanged(changes, &$1) } }
    }
  }

  /// All memory is lost; what is cut is noticed again at once.
  mutating func restart(_ index: Int) {
    nodes[index] = LinkState(id: node(index), topology: topology, settings: settings)
    let down = topology.neighbours(of: node(index)).filter { cuts.contains([index, $0.index]) }
    step(index) { $0.linksChanged(down.map { .down($0) }, &$1) }
    step(index) { $0.start(&$1) }
  }

  // MARK: What is true

  var links: [[Int]] {
    (0..<topology.nodes).flatMap { first in
      topology.neighbours(of: node(first)).filter { $0.index > first }.map { [first, $0.index] }
    }
  }

  func isCut(_ first: Int, _ second: Int) -> Bool { cuts.contains([first, second]) }

  /// For each node the lowest of those it can be reached from.
  var pieces: [Int] {
    var piece = Array(nodes.indices)
    var isChanging = true
    while isChanging {
      isChanging = false
      for link in links where !isCut(link[0], link[1]) && piece[link[0]] != piece[link[1]] {
        let lower = min(piece[link[0]], piece[link[1]])
        (piece[link[0]], piece[link[1]]) = (lower, lower)
        isChanging = true
      }
    }
    return piece
  }

  /// Whether all nodes of a piece have the same adverts, and know what is cut within it.
  var agrees: Bool {
    let pieces = pieces
    return nodes.indices.allSatisfy { index in
      let isSame = nodes[index].adverts == nodes[pieces[index]].adverts
      return isSame
        && links.allSatisfy { link in
          pieces[link[0]] != pieces[index] && pieces[link[1]] != pieces[index]
            || nodes[index].isUp(link: node(link[0]), node(link[1])) == !isCut(link[0], link[1])
        }
    }
  }

  /// Where a packet ends, which each node on its way sends on as it sees fit; nil where it goes on for ever.
  mutating func packet(from source: Int, to destination: Int) -> Int? {
    var place = source
    for _ in nodes.indices {
      guard place != destination, let hop = nodes[place].nextHop(to: node(destination)),
        !isCut(place, hop.index)
      else { return place }
      place = hop.index
    }
    return place == destination ? place : nil
  }

  /// Pairs of nodes where a packet does not do what it should: arrive where there is a path, else stay where it is.
  mutating func strayPackets() -> [[Int]] {
    let pieces = pieces
    var strays: [[Int]] = []
    for source in nodes.indices {
      for destination in nodes.indices {
        let end = packet(from: source, to: destination)
        if end != (pieces[source] == pieces[destination] ? destination : source) {
          strays.append([source, destination])
        }
      }
    }
    return strays
  }

  var digest: Digest {
    var digest = Digest()
    for node in nodes { node.fold(into: &digest, at: now) }
    digest.fold(UInt64(sent))
    return digest
  }
}

extension Mesh: CustomTestStringConvertible {
  var testDescription: String { "\(nodes.count) nodes after \(now.nanoseconds / 1_000_000) ms" }
}
