import Primitives

/// One node of a link-state routing protocol in the manner of OSPF (RFC 2328), whose section numbers these are:
/// what the node knows of the links of a mesh, how it hears and tells of changes, and the next hop to each node.
///
/// All know the topology as it was planned. What deviates from it (a link that is down, or of another cost) its two
/// ends advertise, and each advert is flooded over the whole mesh (section 13.3). A link counts as up unless one of
/// its ends says otherwise; its cost is the one that its sending end gives it (section 16.1).
///
/// Deviations: nothing is acknowledged. In place of section 13.5 each node sends a summary of its adverts to one
/// neighbour after the other, at intervals, and to one whose link comes up; who holds others answers with all of its
/// own and with its summary, which may be answered alike. What a lost message held is so made good, and flooded on.
///
/// A pure state machine: each method takes one event and appends actions, and the caller carries them out in order.
/// It keeps no time but by its timer, and stores nothing: a new life begins with the topology, and learns from its
/// neighbours. Beside what it can compute again, its size is that of the deviations there have been.
public struct LinkState: Sendable {
  public let id: NodeID
  public let topology: Topology
  public let settings: RoutingSettings
  /// The newest that was heard of each node, its own among them; ascending by origin.
  public internal(set) var adverts: ContiguousArray<Advert> = []
  /// Of their fingerprints.
  var sum: UInt64 = 0
  /// The position, among its neighbours, of the next one to send a summary to.
  var turn = 0
  /// Nil where the view has changed since, or nobody has asked.
  var paths: ShortestPaths?

  /// - Precondition: the topology has a node of this number.
  public init(id: NodeID, topology: Topology, settings: RoutingSettings = .standard) {
    precondition(id.index < topology.nodes, "a node is one of the topology's")
    self.id = id
    self.topology = topology
    self.settings = settings
  }

  // MARK: Events

  /// The node begins a life. It may have had another, of which its neighbours know. What it knows of its links is
  /// better told before, so that it asks over those that are up.
  public mutating func start(_ actions: inout Outbox<Action>) {
    for _ in 0..<min(settings.greetings, topology.degree(of: id)) { askNext(&actions) }
    // Spread over the interval, or all the nodes that start together would speak together ever after.
    let share = settings.refreshInterval.count / Int64(topology.nodes)
    actions.append(.setTimer(after: Nanoseconds(share * Int64(id.index + 1))))
  }

  /// The node has noticed something of its own links; what it notices in one go travels in one advert. A change to
  /// what is so already is none.
  ///
  /// - Precondition: they are the node's links, and costs are from 1 to `Topology.highestCost`.
  public mutating func linksChanged(_ changes: [LinkChange], _ actions: inout Outbox<Action>) {
    let before = ownLinks
    var links = before
    for change in changes { apply(change, to: &links) }
    guard links != before else { return }
    let advert = Advert(origin: id, sequence: ownSequence + 1, links: links)
    install(advert)
    flood([], own: [advert], from: nil, overClosed: true, &actions)
    // There is much that the other end of a link may not have heard while it was down (section 10.3).
    for report in before where report.isDown && isOpen(to: report.neighbour) {
      actions.append(.send(.summary(summary(isAnswer: false)), to: report.neighbour))
    }
    actions.append(.routesChanged)
  }

  public mutating func linkDown(_ neighbour: NodeID, _ actions: inout Outbox<Action>) {
    linksChanged([.down(neighbour)], &actions)
  }

  public mutating func linkUp(_ neighbour: NodeID, _ actions: inout Outbox<Action>) {
    linksChanged([.up(neighbour)], &actions)
  }

  /// - Parameter cost: of sending to `neighbour`, from 1 to `Topology.highestCost`; kept while the link is down.
  public mutating func linkCost(_ neighbour: NodeID, _ cost: UInt32, _ actions: inout Outbox<Action>) {
    linksChanged([.cost(neighbour, cost)], &actions)
  }

  /// A message from anybody but a neighbour is ignored, and an advert that does not fit the topology.
  public mutating func receive(_ message: Message, from sender: NodeID, _ actions: inout Outbox<Action>) {
    guard topology.contains(link: id, sender) else { return }
    switch message {
    case .adverts(let heard): learn(heard, from: sender, &actions)
    case .summary(let theirs): compare(theirs, of: sender, &actions)
    }
  }

  /// The time that the last `setTimer` told has passed.
  public mutating func timerFired(_ actions: inout Outbox<Action>) {
    askNext(&actions)
    // What was said over a link that is down may have been lost, and no summary goes over it.
    if let own = advert(of: id) { tellClosed([own], &actions) }
    actions.append(.setTimer(after: settings.refreshInterval))
  }

  // MARK: Its own links

  /// As the node sees them, known to others or not.
  var ownLinks: ContiguousArray<LinkReport> { advert(of: id)?.links ?? [] }

  /// The number of its last advert; 0 before the first of a life.
  var ownSequence: UInt64 { advert(of: id)?.sequence ?? 0 }

  /// Whether the node may send there: the other end's word does not count, since it may be an old one.
  func isOpen(to neighbour: NodeID) -> Bool {
    guard let advert = advert(of: id) else { return true }
    return !advert.saysDown(neighbour)
  }

  private func apply(_ change: LinkChange, to links: inout ContiguousArray<LinkReport>) {
    let neighbour = change.neighbour
    guard let planned = topology.cost(of: id, neighbour) else { preconditionFailure("there is no such link") }
    let place = links.firstIndex { $0.neighbour >= neighbour } ?? links.count
    let isListed = place < links.count && links[place].neighbour == neighbour
    var cost = isListed ? links[place].cost : planned
    var isDown = isListed && links[place].isDown
    switch change {
    case .down: isDown = true
    case .up: isDown = false
    case .cost(_, let new):
      precondition((1...Topology.highestCost).contains(new), "a cost is from 1 to 65,535")
      cost = new
    }
    if isListed { links.remove(at: place) }
    guard isDown || cost != planned else { return }
    links.insert(LinkReport(neighbour: neighbour, cost: cost, isDown: isDown), at: place)
  }
}

extension LinkChange {
  fileprivate var neighbour: NodeID {
    switch self {
    case .down(let neighbour), .up(let neighbour), .cost(let neighbour, _): neighbour
    }
  }
}
