import Node
import Primitives

/// The program `gossip`: every node tells what it has heard to a few others, again and again, until all know
/// (rumour mongering after Demers et al., "Epidemic algorithms for replicated database maintenance", 1987,
/// section 1.4, in its push form and without loss of interest).
public struct Gossip: Program {
  public typealias Message = GossipMessage
  public typealias Record = GossipRecord
  public typealias Requests = RumourSource

  public static let tags: [Tag] = []

  static let roundTimer = TimerID(0)
  static let rumoursFile = FileID(0)
  /// The same again, should a sector of the one go bad.
  static let copyFile = FileID(1)

  public static let layout = DiskLayout(mirrors: [(rumoursFile, copyFile)], replicated: [], impaired: nil)

  public let id: NodeID
  let settings: GossipSettings
  /// Ascending.
  public private(set) var known: [UInt64] = []
  private var writes: UInt64 = 0
  /// The last write that is done; as many as `writes` where none is under way.
  private var durable: UInt64 = 0
  private var asked: [(token: WriteToken, request: RequestID)] = []

  public init(id: NodeID, settings: GossipSettings) {
    self.id = id
    self.settings = settings
  }

  public var status: Status { Status(tags: 0, epoch: 0) }

  public mutating func step(_ input: Input<Gossip>, context: inout StepContext, effects: inout Effects<Gossip>) {
    switch input {
    case .started(let recovered):
      known = Self.known(recovered)
      rest(&context, &effects)
    case .request(let request, let rumour):
      learn([rumour.number], &effects)
      // The world hears that it was begun once no crash can undo it; what was known before may be on disk
      // already, and then no completion follows.
      if writes == durable {
        effects.append(.reply(request, .begun))
      } else {
        asked.append((WriteToken(writes), request))
      }
    case .message(let heard, _): learn(heard.rumours, &effects)
    case .timerFired:
      tell(&context, &effects)
      rest(&context, &effects)
    case .writeCompleted(let token):
      durable = max(durable, token.rawValue)
      while let first = asked.first, first.token <= token {
        effects.append(.reply(first.request, .begun))
        asked.removeFirst()
      }
    case .writeFailed: effects.append(.exit("write failed"))
    case .connectionClosed, .undelivered, .workDone, .resources, .admin: break
    }
  }

  public func fold(into digest: inout Digest, at now: Instant) {
    digest.fold(UInt64(known.count))
    for rumour in known { digest.fold(rumour) }
    digest.fold(UInt64(asked.count), writes - durable)
    for (token, request) in asked { digest.fold(writes - token.rawValue, request.rawValue) }
  }

  /// The longer of the two copies that can be read: knowledge only grows.
  private static func known(_ disk: Recovered<GossipRecord>) -> [UInt64] {
    var known: [UInt64] = []
    for file in [rumoursFile, copyFile] where disk[file].count > 0 {
      if case .intact(let record) = disk[file][0], record.rumours.count > known.count { known = record.rumours }
    }
    return known
  }

  private mutating func learn(_ rumours: [UInt64], _ effects: inout Effects<Gossip>) {
    let before = known.count
    for rumour in rumours {
      let place = known.firstIndex { $0 >= rumour } ?? known.count
      if place == known.count || known[place] != rumour { known.insert(rumour, at: place) }
    }
    guard known.count > before else { return }
    writes += 1
    effects.append(.replace(Self.rumoursFile, with: GossipRecord(rumours: known)))
    effects.append(.replace(Self.copyFile, with: GossipRecord(rumours: known)))
    effects.append(.sync(WriteToken(writes), directory: true))
  }

  private func tell(_ context: inout StepContext, _ effects: inout Effects<Gossip>) {
    guard !known.isEmpty, settings.nodes > 1 else { return }
    for _ in 0..<settings.fanout {
      let other = context.choose(.gossipPeer, slot: 0, below: UInt64(settings.nodes - 1))
      let peer = NodeID(UInt32(other < UInt64(id.rawValue) ? other : other + 1))
      // What is told must not be forgotten: it waits for the write that holds it.
      effects.send(GossipMessage(rumours: known), to: Endpoint(peer), after: writes == 0 ? nil : WriteToken(writes))
    }
  }

  private func rest(_ context: inout StepContext, _ effects: inout Effects<Gossip>) {
    // A jitter of a quarter keeps nodes that started together from telling in step.
    let least = settings.interval - settings.interval / 8
    let pause = context.choose(
      .gossipPause, slot: 1, from: .uniform(least, least + settings.interval / 4 + Nanoseconds(1)))
    effects.append(.setTimer(Self.roundTimer, after: pause))
  }
}

/// What all nodes of a gossip cluster know.
public struct GossipSettings: Hashable, Sendable {
  /// Nodes have the numbers from 0 to this, exclusive.
  public let nodes: Int
  /// The mean time between two rounds of a node.
  public let interval: Nanoseconds
  /// Messages in each round.
  public let fanout: Int

  /// - Precondition: at least one node, an interval above zero, a fanout of at least one.
  public init(nodes: Int, interval: Nanoseconds, fanout: Int) {
    precondition(nodes >= 1 && interval > .zero && fanout >= 1)
    self.nodes = nodes
    self.interval = interval
    self.fanout = fanout
  }
}

extension Purpose {
  static let gossipPeer = Purpose(66, "gossip-peer")
  static let gossipPause = Purpose(67, "gossip-pause")
}
