import Primitives
import Routing

extension Spelling {
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
    ]
    return pairs.compactMap { key, value in value.map { (key, $0) } }
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
