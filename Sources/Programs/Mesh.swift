import Membership
import Node
import Primitives
import Routing
import Telemetry

/// The program `mesh`: nodes that are linked with some others, find ways to all over those links, tell who of them is
/// alive, and hand requests to the owners of their keys.
///
/// Hellos between neighbours tell which links work; a link-state protocol tells everybody (`Routing`); probes over the
/// ways that are found tell who is alive (`Membership`).
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

  public let id: NodeID
  package let settings: Boxed<MeshSettings>
  package internal(set) var members: Membership
  package internal(set) var routes: LinkState
  var watch: LinkWatch
  /// Requests that wait for an answer, in the order in which they came and will time out.
  var open: [Open] = []

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
  }

  public var status: Status { Status(tags: 0, epoch: 0) }

  public var details: [(name: StaticText, value: String)] {
    func names(_ status: Membership.Status) -> String {
      members.deviations.filter { $0.status == status }.map { "n\($0.node.rawValue + 1)" }.joined(separator: " ")
    }
    return [
      ("incarnation", "\(members.incarnation)"), ("suspects", names(.suspect)), ("dead", names(.dead)),
      ("adverts", "\(routes.adverts.count)"), ("requests", "\(open.count)"),
    ]
  }

  public mutating func step(_ input: Input<Mesh>, context: inout StepContext, effects: inout Effects<Mesh>) {
    switch input {
    case .started: begin(&context, &effects)
    case .message(let message, let sender): receive(message, from: sender.host, &context, &effects)
    case .timerFired(Self.helloTimer): endRound(&effects)
    case .timerFired(Self.routingTimer): steer(&effects) { $0.timerFired(&$1) }
    case .timerFired(Self.requestTimer): giveUp(at: context.monotonic, &effects)
    case .timerFired(let timer):
      guard let timer = Membership.Timer(rawValue: timer.rawValue - Self.membershipTimers) else { return }
      let now = context.monotonic
      probe(&context, &effects) { $0.fired(timer, at: now, &$1, &$2) }
    case .request(let request, let operation): ask(request, operation, at: context.monotonic, &effects)
    case .writeCompleted, .writeFailed, .connectionClosed: break
    }
  }

  public func fold(into digest: inout Digest, at now: Instant) {
    members.fold(into: &digest, at: now)
    routes.fold(into: &digest, at: now)
    watch.fold(into: &digest)
    digest.fold(UInt64(open.count))
    for each in open { digest.fold(each.request.rawValue, UInt64(bitPattern: (each.due - now).count)) }
  }

  // MARK: Lives

  private mutating func begin(_ context: inout StepContext, _ effects: inout Effects<Mesh>) {
    steer(&effects) { $0.start(&$1) }
    let now = context.monotonic
    probe(&context, &effects) { $0.start(at: now, &$1, &$2) }
    guard let hello = settings.value.hello else { return }
    // Rounds of different nodes do not fall together.
    let phase = context.choose(.meshPhase, slot: 1, from: .uniform(Nanoseconds(1), hello + Nanoseconds(1)))
    effects.append(.setTimer(Self.helloTimer, after: phase))
  }

  // MARK: Links

  private mutating func endRound(_ effects: inout Effects<Mesh>) {
    guard let hello = settings.value.hello else { return }
    let neighbours = settings.value.topology.neighbours(of: id)
    var changes: [LinkChange] = []
    watch.endRound { link, isUp in changes.append(isUp ? .up(neighbours[link]) : .down(neighbours[link])) }
    if !changes.isEmpty { steer(&effects) { $0.linksChanged(changes, &$1) } }
    for neighbour in neighbours { effects.send(.hello, to: Endpoint(neighbour)) }
    effects.append(.setTimer(Self.helloTimer, after: hello))
  }

  // MARK: Messages

  private mutating func receive(
    _ message: MeshMessage, from sender: NodeID, _ context: inout StepContext, _ effects: inout Effects<Mesh>
  ) {
    if settings.value.hello != nil, let link = settings.value.topology.neighbours(of: id).position(of: sender) {
      watch.hear(link)
    }
    switch message {
    case .hello: break
    case .routing(let message): steer(&effects) { $0.receive(message, from: sender, &$1) }
    case .packet(let packet) where packet.destination == id: take(packet, &context, &effects)
    case .packet(let packet): handOn(packet, &effects)
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
    case .ask(let request, let key):
      guard settings.value.owner(of: key) == id else { return }
      send(.answer(request), to: packet.source, &effects)
    case .answer(let request):
      guard let place = open.firstIndex(where: { $0.request == request }) else { return }
      open.remove(at: place)
      effects.append(.reply(request, .served(by: packet.source)))
    }
  }
}
