import Node
import Primitives
import Programs
import Telemetry

/// What `GossipJudge` watches over.
package enum GossipInvariant {
  /// A node knows and tells only rumours that a request has begun somewhere.
  package static let nothingInvented: StaticText = "nothing-invented"
  /// What a node has told others, or acknowledged as begun, it knows in every later life.
  package static let nothingForgotten: StaticText = "nothing-forgotten"
  /// Within a life a node forgets nothing at all.
  package static let knowledgeGrows: StaticText = "knowledge-grows"

  package static let all = [nothingInvented, nothingForgotten, knowledgeGrows]
}

/// Watches a gossip cluster, and keeps for each rumour who knew it when: what spreading is measured by.
public struct GossipJudge: Judge {
  public typealias Watched = Gossip

  public static var needsGlobalOrder: Bool { true }

  /// After so many violations nothing more is recorded: the first matters.
  package static let mostViolations = 100

  let nodes: Int
  /// Ascending by number.
  package internal(set) var rumours: [Rumour] = []
  var views: ContiguousArray<GossipView>
  /// Said once: numbers that nobody began, ascending.
  var invented: [UInt64] = []
  public private(set) var violations: [Violation] = []

  /// - Parameter nodes: processes from 0 to this, exclusive.
  public init(nodes: Int) {
    self.nodes = nodes
    views = ContiguousArray(repeating: GossipView(), count: nodes)
  }

  public mutating func observe(
    _ input: Input<Gossip>, effects: borrowing Effects<Gossip>, program: borrowing Gossip, process: Int,
    at now: Instant
  ) {
    guard process < nodes else { return }
    switch input {
    case .started:
      views[process].crash()
      learn(program.known, process, now, inNewLife: true)
    case .request(let request, let rumour):
      views[process].ask(request, about: rumour.number)
      begin(rumour.number, now)
      learn(program.known, process, now)
    case .writeCompleted(let token):
      views[process].completed = token
      for told in views[process].complete(token) { tell(told, process, now) }
    default: break
    }
    if program.known.count != views[process].known { learn(program.known, process, now) }
    if !effects.items.isEmpty { survey(effects, process, now) }
  }

  public mutating func observeCrash(process: Int, at now: Instant) {
    guard process < nodes else { return }
    views[process].crash()
  }

  public mutating func observeForgetting(process: Int) {
    guard process < nodes else { return }
    for position in rumours.indices { rumours[position].told[process] = false }
  }

  mutating func record(
    _ invariant: StaticText, _ process: Int, _ now: Instant, _ detail: @autoclosure () -> String
  ) {
    guard violations.count < Self.mostViolations else { return }
    violations.append(Violation(invariant: invariant, at: now, process: process, detail: detail()))
  }

  /// The rumour's place, or where it would be.
  func place(of number: UInt64) -> (position: Int, isKnown: Bool) {
    var low = 0
    var high = rumours.count
    while low < high {
      let middle = (low + high) / 2
      if rumours[middle].number < number { low = middle + 1 } else { high = middle }
    }
    return (low, low < rumours.count && rumours[low].number == number)
  }

  private mutating func begin(_ number: UInt64, _ now: Instant) {
    let (position, isKnown) = place(of: number)
    if !isKnown { rumours.insert(Rumour(number: number, begunAt: now, nodes: nodes), at: position) }
  }
}

/// A rumour, and who has vouched for it.
package struct Rumour: Sendable {
  package internal(set) var spread: Spread
  /// By node: whether it has told others or acknowledged it.
  var told: [Bool]

  init(number: UInt64, begunAt: Instant, nodes: Int) {
    spread = Spread(number: number, begunAt: begunAt, nodes: nodes)
    told = Array(repeating: false, count: nodes)
  }

  package var number: UInt64 { spread.number }

  package internal(set) var knownAt: [Instant?] {
    get { spread.knownAt }
    _modify { yield &spread.knownAt }
  }
}

/// What the judge knows of one node's life.
struct GossipView: Sendable {
  /// How many rumours it knew after its last step.
  var known = 0
  var completed: WriteToken?
  /// How many its last message carried, and for which write it waited.
  private var offered: (count: Int, after: WriteToken?) = (0, nil)
  /// Requests that it has not answered.
  private var asked: [(request: RequestID, number: UInt64)] = []
  /// Rumours in messages that wait for a write.
  private var waiting: [(token: WriteToken, rumours: [UInt64])] = []

  /// Whether a message of so many rumours is another one than the last: rounds that repeat it are not looked
  /// into again.
  mutating func offers(_ count: Int, after token: WriteToken?) -> Bool {
    if offered == (count, token) { return false }
    offered = (count, token)
    return true
  }

  mutating func ask(_ request: RequestID, about number: UInt64) { asked.append((request, number)) }

  mutating func answer(_ request: RequestID) -> UInt64? {
    asked.firstIndex { $0.request == request }.map { asked.remove(at: $0).number }
  }

  mutating func wait(_ rumours: [UInt64], for token: WriteToken) { waiting.append((token, rumours)) }

  mutating func complete(_ token: WriteToken) -> [[UInt64]] {
    guard !waiting.isEmpty else { return [] }
    let done = waiting.filter { $0.token <= token }.map(\.rumours)
    waiting.removeAll { $0.token <= token }
    return done
  }

  mutating func crash() { self = GossipView() }
}
