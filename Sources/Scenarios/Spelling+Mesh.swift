import ControlLoop
import Primitives
import Routing
import World

extension Spelling {
  static func resources(_ resources: ResourceProfile) -> String {
    map(
      (resources.limit.map { [("memory", Units.sizeText($0))] } ?? []) + [("idle", Units.sizeText(resources.idle))])
  }

  static func mesh(_ mesh: Scenario.MeshSettings, _ hosts: Hosts) -> Pairs {
    let membership = mesh.membership
    let pairs: [(String, String?)] = [
      ("topology", topology(mesh.shape, hosts)), ("hello", mesh.hello.map(Units.text) ?? "none"),
      ("patience", "\(mesh.patience)"), ("period", Units.text(membership.period)),
      ("probe_timeout", Units.text(membership.probeTimeout)), ("proxies", "\(membership.proxies)"),
      ("suspicion", "\(membership.suspicionMultiplier)"),
      ("targets", Grammar.probeTargets[membership.targetSelection == .random ? 0 : 1]),
      ("dead_contact", "\(membership.deadContactInterval)"),
      ("refresh", Units.text(mesh.routing.refreshInterval)),
      ("requests", mesh.requests.map { Units.decimalText($0, scale: 3) + "/s" }),
      ("timeout", Units.text(mesh.timeout)),
      ("work", mesh.work.map { distribution($0) }),
      ("memory", mesh.work.map { _ in Units.sizeText(mesh.memory) }),
      ("queue", mesh.work.map { _ in "\(mesh.queue)" }),
      ("healing", mesh.healing.map { map(healing($0, hosts)) } ?? "off"),
    ]
    return pairs.compactMap { key, value in value.map { (key, $0) } }
  }

  private static func healing(_ healing: Scenario.MeshSettings.Healing, _ hosts: Hosts) -> Pairs {
    let loop = healing.loop
    func share(_ millionths: Int64?) -> String? { millionths.map { Units.decimalText(UInt64($0), scale: 4) + "%" } }
    let limits: [(String, String?)] = [
      ("cpu", share(loop.limits.cpu)), ("memory", share(loop.limits.memory)), ("queue", share(loop.limits.queue)),
      ("loss", share(loop.limits.loss)), ("latency", loop.limits.latency.map { Units.text(Nanoseconds($0)) }),
    ]
    let remedies = Remedy.allCases.filter { loop.remedies.contains($0) }.map { Grammar.remedies[Int($0.rawValue)] }
    let intervals = [loop.healthyInterval, loop.degradedInterval, loop.criticalInterval, loop.recoveringInterval]
    return [
      ("council", list(healing.council.map { word(hosts.name(of: $0)) })),
      ("election_timeout", distribution(healing.timing.electionTimeout, plainRange: true)),
      ("heartbeat", Units.text(healing.timing.heartbeat)),
      ("interval", map(zip(Grammar.modes, intervals).map { ($0, Units.text($1)) })),
      ("thresholds", map(limits.compactMap { key, value in value.map { (key, $0) } })),
      ("remedies", list(remedies)),
      ("cooldown", Units.text(loop.cooldown)), ("patience", Units.text(loop.patience)),
      ("well_for", Units.text(loop.wellFor)),
    ]
  }

  private static func topology(_ shape: Shape, _ hosts: Hosts) -> String {
    switch shape {
    case .full: "full"
    case .ring: "ring"
    case .grid(let columns): "{grid: {columns: \(columns)}}"
    case .randomGeometric(let degree, let seed): "{random: {degree: \(degree), seed: \(seed)}}"
    case .listed(let edges):
      "{links: ["
        + edges.map { list([hosts.name(of: $0.first), hosts.name(of: $0.second)]) }.joined(separator: ", ")
        + "]}"
    }
  }
}
