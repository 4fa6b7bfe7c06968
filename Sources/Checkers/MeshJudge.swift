import Membership
import Node
import Primitives
import Programs
import Routing
import Telemetry

/// Watches a mesh, and knows what its nodes have to find out: who is up. It keeps since when each node has held the truth
/// about each other one, by which detection and agreement are measured.
public struct MeshJudge: Judge {
  public typealias Watched = Mesh

  public static var needsGlobalOrder: Bool { true }

  /// After so many violations nothing more is recorded: the first matters.
  package static let mostViolations = 100

  let nodes: Int
  /// By member: its present state and how far the news of it has come.
  private var truths: ContiguousArray<Truth>
  private var views: ContiguousArray<View>
  var requests = RequestsView()
  var healing: HealingView
  /// From each crash until some node first held the member suspect or dead.
  package private(set) var detections: [Nanoseconds] = []
  /// Times a node began to hold a member dead that was up.
  package private(set) var falseDeaths: UInt64 = 0
  public private(set) var violations: [Violation] = []

  private struct Truth {
    var isUp = true
    /// The highest incarnation that the member has had.
    var incarnation: UInt32 = 0
    /// Whether anybody has noticed that it is down.
    var isDetected = false
    /// nil as long as nobody has ever been wrong: most meshes are large and most of their nodes do not fall.
    var spread: Spread?
  }

  /// What one node held after its last step, as far as it is not "alive in incarnation 0".
  private struct View {
    var deviations: ContiguousArray<Membership.Update> = []
  }

  /// - Parameter nodes: processes from 0 to this, exclusive.
  public init(nodes: Int) {
    self.nodes = nodes
    views = ContiguousArray(repeating: View(), count: nodes)
    truths = ContiguousArray(repeating: Truth(), count: nodes)
    healing = HealingView(nodes: nodes)
  }

  @inlinable
  public var isViolated: Bool { !violations.isEmpty }

  /// The present state of each member about which anybody has ever been in error: since when it is so, and since when each
  /// node has held it for what it is. A state that another one has followed is owed to nobody.
  package var spreads: [Spread] { truths.compactMap(\.spread) }

  public mutating func observe(
    _ input: Input<Mesh>, effects: borrowing Effects<Mesh>, program: borrowing Mesh, process: Int, at now: Instant
  ) {
    guard process < nodes else { return }
    if case .started = input { rise(process, now) }
    truths[process].incarnation = max(truths[process].incarnation, program.members.incarnation)
    if program.members.deviations != views[process].deviations { compare(program, process, now) }
    take(input, program, process)
    if !effects.items.isEmpty { survey(effects, program, process, now) }
    if program.registry.version != healing.nodes[process].version { compareRegistry(program, process, now) }
    if program.healing != nil { follow(program, process, now) }
  }

  public mutating func observeCrash(process: Int, at now: Instant) {
    guard process < nodes else { return }
    truths[process].isUp = false
    views[process] = View()
    healing.end(process, at: now)
    begin(of: process, now)
    // Somebody may have been wrong about it, and is right from now on.
    let isSuspected = (0..<nodes).contains { truths[$0].isUp && status(of: process, at: $0) != .alive }
    truths[process].isDetected = isSuspected
    if isSuspected { detections.append(.zero) }
  }

  public mutating func observeForgetting(process: Int) {}

  mutating func record(_ invariant: StaticText, _ process: Int, _ now: Instant, _ detail: String) {
    guard violations.count < Self.mostViolations else { return }
    violations.append(Violation(invariant: invariant, at: now, process: process, detail: detail))
  }

  // MARK: Who is up

  private mutating func rise(_ process: Int, _ now: Instant) {
    // A new life holds everybody alive.
    views[process] = View()
    for member in 0..<nodes where truths[member].spread != nil { note(.alive, of: member, at: process, now) }
    guard !truths[process].isUp else { return }
    truths[process].isUp = true
    begin(of: process, now)
  }

  /// The member is in another state from now on, and some have held it for that already.
  private mutating func begin(of member: Int, _ now: Instant) {
    var spread = Spread(number: UInt64(member) + 1, begunAt: now, nodes: nodes)
    spread.isOfLiving = truths[member].isUp
    for node in 0..<nodes where isTrue(status(of: member, at: node), of: member) { spread.knownAt[node] = now }
    truths[member].spread = spread
  }

  /// To suspect somebody is no error yet: it is asked, and can say otherwise.
  private func isTrue(_ status: Membership.Status, of member: Int) -> Bool {
    (status == .dead) != truths[member].isUp
  }

  private func status(of member: Int, at node: Int) -> Membership.Status {
    let deviations = views[node].deviations
    var (low, high) = (0, deviations.count)
    while low < high {
      let middle = (low + high) / 2
      if deviations[middle].node.index < member { low = middle + 1 } else { high = middle }
    }
    return low < deviations.count && deviations[low].node.index == member ? deviations[low].status : .alive
  }

  /// The node holds the member so from now on.
  private mutating func note(_ status: Membership.Status, of member: Int, at node: Int, _ now: Instant) {
    let isUp = truths[member].isUp
    if !isUp, status != .alive, !truths[member].isDetected, let spread = truths[member].spread {
      truths[member].isDetected = true
      detections.append(now - spread.begunAt)
    }
    guard isTrue(status, of: member) else {
      if truths[member].spread == nil {
        // Up from the beginning, and taken for that by all.
        var spread = Spread(number: UInt64(member) + 1, begunAt: .zero, nodes: nodes)
        spread.isOfLiving = true
        spread.knownAt = Array(repeating: .zero, count: nodes)
        truths[member].spread = spread
      }
      truths[member].spread?.knownAt[node] = nil
      return
    }
    if truths[member].spread?.knownAt[node] == nil { truths[member].spread?.knownAt[node] = now }
  }

  /// Walks what the node held and what it holds side by side; both ascend.
  private mutating func compare(_ program: borrowing Mesh, _ process: Int, _ now: Instant) {
    let (before, after) = (views[process].deviations, program.members.deviations)
    views[process].deviations = after
    var next = 0
    for update in after {
      while next < before.count, before[next].node < update.node {
        forget(before[next], process, now)
        next += 1
      }
      let former = next < before.count && before[next].node == update.node ? before[next] : nil
      if former != nil { next += 1 }
      if update != former { judge(update, after: former, process, now) }
    }
    for former in before[next...] { forget(former, process, now) }
  }

  /// The node holds the member alive in its first incarnation again.
  private mutating func forget(_ former: Membership.Update, _ process: Int, _ now: Instant) {
    judge(Membership.Update(former.node, .alive, incarnation: 0), after: former, process, now)
  }

  private mutating func judge(
    _ update: Membership.Update, after former: Membership.Update?, _ process: Int, _ now: Instant
  ) {
    let member = update.node.index
    if update.incarnation > truths[member].incarnation {
      record(
        MeshInvariant.incarnationIsOwn, process, now,
        """
        n\(process + 1) holds n\(member + 1) in incarnation \(update.incarnation), which has had \
        \(truths[member].incarnation) at most; it should hold none that the member has not had.
        """)
    }
    if let former, former.status == .dead, update.status != .dead, update.incarnation <= former.incarnation {
      record(
        MeshInvariant.deathIsFinal, process, now,
        """
        n\(process + 1) held n\(member + 1) dead in incarnation \(former.incarnation) and now \(update.status); it \
        should hear of a later one first.
        """)
    }
    if update.status == .dead, former?.status != .dead, truths[member].isUp { falseDeaths += 1 }
    if update.status != former?.status ?? .alive { note(update.status, of: member, at: process, now) }
  }

  public func fold(into digest: inout Digest) {
    for truth in truths {
      digest.fold((truth.isUp ? 1 : 0) | (truth.isDetected ? 2 : 0), UInt64(truth.incarnation))
    }
    for view in views {
      digest.fold(UInt64(view.deviations.count))
      for update in view.deviations { update.fold(into: &digest) }
    }
    digest.fold(UInt64(requests.served.count), UInt64(violations.count))
    healing.fold(into: &digest)
  }
}
