import Membership
import Node
import Primitives
import Routing
import Telemetry

/// The program `mesh`: nodes that are linked with some others, find ways to all over those links, tell who of them is
/// alive, and hand requests to the owners of their keys; and where they are told to, heal what they find wrong.
///
/// Hellos between neighbours tell which links work; a link-state protocol tells everybody (`Routing`); probes over the
/// ways that are found tell who is alive (`Membership`). A control loop in each node (`ControlLoop`) watches over the node
/// itself and its links; what concerns all is decided by the nodes of a council, which agree by Raft (`Council`).
public struct Mesh: Program {
  public typealias Message = MeshMessage
  public typealias Record = MeshRecord
  public typealias Requests = MeshSource

  public static let tags: [Tag] = []

  static let helloTimer = TimerID(0)
  static let routingTimer = TimerID(1)
  static let requestTimer = TimerID(2)
  /// And two more: the timers of `Membership`.
  static let membershipTimers: UInt8 = 3
  static let cycleTimer = TimerID(6)
  static let loopTimer = TimerID(7)
  // The next three are the council's.
  static let proposalTimer = TimerID(11)

  public let id: NodeID
  package let settings: Boxed<MeshSettings>
  package internal(set) var members: Membership
  package internal(set) var routes: LinkState
  var watch: LinkWatch
  /// Requests that wait for an answer, in the order in which they came and will time out.
  var open: [Open] = []
  var serving: Serving
  /// Who owns keys, as far as this node has heard.
  package internal(set) var registry = Registry()
  /// nil where nobody heals anything.
  package internal(set) var healing: Healing?

  struct Open: Hashable, Sendable {
    let request: RequestID
    let due: Instant
  }

  public init(id: NodeID, settings: Boxed<MeshSettings>) {
    self.id = id
    self.settings = settings
    let topology = settings.value.topology
    members = Membership(id: id, members: topology.nodes, settings: settings.value.membership)
    routes = LinkState(id: id, topology: topology, settings: settings.value.routing)
    let links = settings.value.hello == nil ? 0 : topology.degree(of: id)
    watch = LinkWatch(links: links, patience: settings.value.patience)
    serving = Serving(capacity: settings.value.queue)
    healing = settings.value.healing.map { Healing(id: id, settings: $0, nodes: topology.nodes) }
  }

  public var status: Status { Status(tags: 0, epoch: 0) }

  /// Whose key it is, as this node sees it.
  package func owner(of key: UInt64) -> NodeID { registry.owner(of: key, nodes: settings.value.topology.nodes) }

  /// Links that are down or lose: `n4 down, 5 of 64 lost`.
  private var linkWords: String {
    guard settings.value.hello != nil else { return "" }
    return settings.value.topology.neighbours(of: id).enumerated().compactMap { link, neighbour in
      let lost = watch.loss(over: link) * 64 / 1_000_000
      guard lost > 0 || !watch.isUp(link) else { return nil }
      return "n\(neighbour.rawValue + 1) \(watch.isUp(link) ? "up" : "down"), \(lost) of 64 lost"
    }.joined(separator: "; ")
  }

  public var details: [(name: StaticText, value: Detail)] {
    func names(_ status: Membership.Status) -> String {
      members.deviations.filter { $0.status == status }.map { "n\($0.node.rawValue + 1)" }.joined(separator: " ")
    }
    return [
      ("incarnation", .number(UInt64(members.incarnation))), ("suspects", .text(names(.suspect))),
      ("dead", .text(names(.dead))), ("adverts", .number(UInt64(routes.adverts.count))),
      ("requests", .number(UInt64(open.count))), ("work", .number(UInt64(serving.jobs.count))),
      ("registry", .text(registry.words)), ("links", .text(linkWords)),
    ] + (healing?.details ?? [])
  }

  public mutating func step(_ input: Input<Mesh>, context: inout StepContext, effects: inout Effects<Mesh>) {
    healing?.beginStep()
    switch input {
    case .started(let recovered): begin(recovered, &context, &effects)
    case .message(let message, let sender): receive(message, from: sender.host, &context, &effects)
    case .timerFired(Self.helloTimer): endRound(context.monotonic, &effects)
    case .timerFired(Self.routingTimer): steer(&effects) { $0.timerFired(&$1) }
    case .timerFired(Self.requestTimer): giveUp(at: context.monotonic, &effects)
    case .timerFired(let timer):
      if timer.rawValue >= Self.cycleTimer.rawValue {
        healingTimerFired(timer, &context, &effects)
      } else if let timer = Membership.Timer(rawValue: timer.rawValue - Self.membershipTimers) {
        let now = context.monotonic
        probe(&context, &effects) { $0.fired(timer, at: now, &$1, &$2) }
      }
    case .request(let request, let operation): ask(request, operation, at: context.monotonic, &effects)
    case .workDone(let work): finish(work, at: context.monotonic, &effects)
    case .resources(let reading): cycle(reading, &context, &effects)
    case .admin: break
    case .writeCompleted(let token): writeCompleted(token, &context, &effects)
    case .writeFailed: effects.append(.exit("write failed"))
    case .connectionClosed, .undelivered: break
    }
    if healing != nil { endStep(&context, &effects) }
  }

  public func fold(into digest: inout Digest, at now: Instant) {
    members.fold(into: &digest, at: now)
    routes.fold(into: &digest, at: now)
    watch.fold(into: &digest, at: now)
    digest.fold(UInt64(open.count))
    for each in open { digest.fold(each.request.rawValue, UInt64(bitPattern: (each.due - now).count)) }
    serving.fold(into: &digest, at: now)
    registry.fold(into: &digest)
    healing?.fold(into: &digest, at: now)
  }

  // MARK: Lives

  private mutating func begin(
    _ recovered: Recovered<MeshRecord>, _ context: inout StepContext, _ effects: inout Effects<Mesh>
  ) {
    steer(&effects) { $0.start(&$1) }
    let now = context.monotonic
    probe(&context, &effects) { $0.start(at: now, &$1, &$2) }
    if healing != nil { beginHealing(recovered, &context, &effects) }
    guard let hello = settings.value.hello else { return }
    // Rounds of different nodes do not fall together.
    let phase = context.choose(.meshPhase, slot: 1, from: .uniform(Nanoseconds(1), hello + Nanoseconds(1)))
    effects.append(.setTimer(Self.helloTimer, after: phase))
  }

  // MARK: Links

  private mutating func endRound(_ now: Instant, _ effects: inout Effects<Mesh>) {
    guard let hello = settings.value.hello else { return }
    let neighbours = settings.value.topology.neighbours(of: id)
    var changes: [LinkChange] = []
    watch.endRound(at: now) { link, isUp in changes.append(isUp ? .up(neighbours[link]) : .down(neighbours[link])) }
    if !changes.isEmpty { steer(&effects) { $0.linksChanged(changes, &$1) } }
    for (link, neighbour) in neighbours.enumerated() {
      effects.send(.hello(watch.hello(over: link, registry: registry.version, at: now)), to: Endpoint(neighbour))
    }
    effects.append(.setTimer(Self.helloTimer, after: hello))
  }

  // MARK: Messages

  private mutating func receive(
    _ message: MeshMessage, from sender: NodeID, _ context: inout StepContext, _ effects: inout Effects<Mesh>
  ) {
    if settings.value.hello != nil, let link = settings.value.topology.neighbours(of: id).position(of: sender) {
      watch.hear(link)
      if case .hello(let hello) = message { watch.hear(hello, over: link, at: context.monotonic) }
    }
    switch message {
    case .hello(let hello):
      if hello.registry < registry.version { effects.send(.registry(registry), to: Endpoint(sender)) }
    case .routing(let message): steer(&effects) { $0.receive(message, from: sender, &$1) }
    case .packet(let packet) where packet.destination == id: take(packet, &context, &effects)
    case .packet(let packet): handOn(packet, &effects)
    case .registry(let registry): adopt(registry, from: sender, at: context.monotonic, &effects)
    case .lessons(let parcel): learn(parcel, from: sender, &effects)
    case .learned(let number, let life, let own):
      healing?.learning.acknowledge(number, of: life, by: sender, in: own)
    }
  }

  private mutating func take(
    _ packet: MeshPacket, _ context: inout StepContext, _ effects: inout Effects<Mesh>
  ) {
    switch packet.content {
    case .membership(let message):
      let now = context.monotonic
      probe(&context, &effects) { members, _, actions in
        members.receive(message, from: packet.source, at: now, &actions)
      }
    case .ask(let request, let operation): serve(request, operation, packet, at: context.monotonic, &effects)
    case .answer(let request): settle(request, .served(by: packet.source), &effects)
    case .refusal(let request): settle(request, .overloaded, &effects)
    case .council(let message):
      healing?.council?.receive(message, from: packet.source, at: context.monotonic)
    case .call(isAnswer: false): send(.call(isAnswer: true), to: packet.source, &effects)
    case .call(isAnswer: true): healing?.hear(from: packet.source, at: context.monotonic)
    case .proposal(let decision): propose(decision, from: packet.source, &effects)
    }
  }
}
