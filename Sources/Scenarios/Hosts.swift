import Primitives
import World

/// The hosts that a scenario may name: its nodes, and behind them its clients.
struct Hosts {
  let nodes: [String]
  let clients: Int
  let program: Scenario.ProgramChoice
  var zones: [Scenario.Cluster.Domain] = []
  var racks: [Scenario.Cluster.Domain] = []
  /// By name; the first is that of the beginning.
  var variants: [String] = []
  private let numbers: [String: UInt32]

  init(nodes: [String], clients: Int, program: Scenario.ProgramChoice) {
    self.nodes = nodes
    self.clients = clients
    self.program = program
    var numbers: [String: UInt32] = [:]
    for (number, name) in nodes.enumerated() { numbers[name] = UInt32(number) }
    for client in 0..<clients { numbers["c\(client + 1)"] = UInt32(nodes.count + client) }
    self.numbers = numbers
  }

  init(_ cluster: Scenario.Cluster, clients: Int) {
    self.init(nodes: cluster.nodes, clients: clients, program: cluster.program)
    zones = cluster.zones
    racks = cluster.racks
    variants = [Grammar.baseVariant] + cluster.variants.map(\.name)
  }

  func domains(_ domain: FailureDomain) -> [Scenario.Cluster.Domain] { domain == .zone ? zones : racks }

  func number(of name: String) -> NodeID? { numbers[name].map(NodeID.init) }

  /// In the order of their numbers.
  var names: [String] { nodes + (0..<clients).map { "c\($0 + 1)" } }

  func name(of host: NodeID) -> String {
    host.index < nodes.count ? nodes[host.index] : "c\(host.index - nodes.count + 1)"
  }

  /// One name or a list of names, none twice.
  ///
  /// - Parameter words: what else might have been meant, for the suggestion.
  func hosts(_ field: Field, nodesOnly: Bool = false, words: [String] = []) throws(Complaint) -> [NodeID] {
    let expected = nodesOnly ? "the name of a node or a list of names" : "the name of a host or a list of names"
    var hosts: [NodeID] = []
    var seen: Set<NodeID> = []
    for element in try field.oneOrMore(expected) {
      let name = try element.text(expected)
      guard let host = number(of: name), !nodesOnly || host.index < nodes.count else {
        throw unknown(name, element, nodesOnly: nodesOnly, words: words)
      }
      guard seen.insert(host).inserted else {
        throw Complaint(at: element.value.place, "\(field.name): \(quoted(name)) is there twice; expected it once")
      }
      hosts.append(host)
    }
    return hosts
  }

  private func unknown(_ name: String, _ field: Field, nodesOnly: Bool, words: [String]) -> Complaint {
    let known = nodesOnly ? nodes : names
    let offer = suggestion(for: name, among: words + known)
    let sample = known.count > 8 ? "\(known[0]) to \(known[nodes.count - 1])" : alternatives(known)
    let expected = offer.isEmpty ? "; expected \(alternatives([sample] + words))" : offer
    return Complaint(
      at: field.value.place, "\(field.name): there is no \(nodesOnly ? "node" : "host") \(quoted(name))\(expected)")
  }
}
