import Experiments
import Primitives
import Scenarios

/// Meshes that grow: failure detection alone, and a whole mesh with its links, ways, probes and requests.
struct MeshBenchmark: BenchmarkGroup {
  let name = "mesh"
  let rows = [
    "mesh/swim-100", "mesh/swim-1000", "mesh/swim-10000", "mesh/links-100", "mesh/links-1000", "mesh/geometric-100",
    "mesh/geometric-1000", "mesh/healing-100", "mesh/healing-1000",
  ]
  let longRows = ["mesh/links-10000", "mesh/geometric-10000", "mesh/healing-10000"]

  /// Simulated seconds for each second of CPU time, the judge on; the median of several runs.
  func measure(_ row: String, options: Options) throws -> Benchmark {
    let parts = row.split(separator: "-")
    guard let nodes = parts.last.flatMap({ Int($0) }) else { preconditionFailure("each row ends with a number") }
    let text =
      switch parts[0] {
      case "mesh/swim": Self.swim(nodes)
      case "mesh/links": Self.links(nodes)
      case "mesh/geometric": Self.geometric(nodes, more: "")
      default: Self.geometric(nodes, more: ", work: {exponential: {mean: 5ms}}, healing: {interval: 3s}")
      }
    let scenario = try ScenarioReader.read(text: text, file: "benchmark.yaml")
    var speeds: [Double] = []
    for _ in 0..<options.runs {
      var result: RunResult?
      let cost = ProcessClock.nanoseconds { result = try? Run(scenario, telemetry: .off).perform() }
      guard let result, result.verdict == .pass else {
        throw ReferenceError(message: "\(row): the run did not end well")
      }
      speeds.append(scenario.duration.seconds / (cost / 1e9))
    }
    return Benchmark(name: row, value: median(speeds), unit: "simulated s/CPU s", moreIsBetter: true)
  }

  /// Everybody linked with everybody, a probe in each second, and three that fall.
  private static func swim(_ nodes: Int) -> String {
    """
    faultline: 1
    name: swim
    duration: 30s
    cluster:
      nodes: \(nodes)
      program: mesh
      mesh: {hello: none, refresh: 1h}
    network: {transport: datagram, latency: {uniform: [1ms, 5ms]}}
    faults: [{at: 3s, for: 20s, crash: [n5, n50, n77]}]
    expect: [safety, {measure: messages_sent, at_least: \(nodes * 50)}]
    """
  }

  /// Hellos and the ways that they make, and nothing else to speak of: a node is probed in an hour. Three nodes fall, so that
  /// there is something to tell.
  private static func links(_ nodes: Int) -> String {
    """
    faultline: 1
    name: links
    duration: 30s
    cluster:
      nodes: \(nodes)
      program: mesh
      mesh: {topology: {random: {degree: 8}}, hello: 1s, period: 1h, probe_timeout: 1m}
    network: {transport: datagram, latency: {uniform: [1ms, 5ms]}}
    faults: [{at: 3s, for: 20s, crash: [n5, n50, n77]}]
    expect: [safety, {measure: messages_sent, at_least: \(nodes * 50)}]
    """
  }

  /// A random geometric mesh, eight neighbours in the mean; hellos and probes each second, and a request a second for each
  /// node.
  ///
  /// - Parameter more: settings of the mesh; with healing a loop turns every three seconds.
  private static func geometric(_ nodes: Int, more: String) -> String {
    // Ways get longer with the root of the nodes, and ten thousand send some two million messages in each second.
    let seconds = nodes > 1_000 ? 10 : 30
    return """
      faultline: 1
      name: geometric
      duration: \(seconds)s
      cluster:
        nodes: \(nodes)
        program: mesh
        mesh: {topology: {random: {degree: 8}}, hello: 1s, requests: \(nodes)/s\(more)}
      network: {transport: datagram, latency: {uniform: [1ms, 5ms]}}
      expect: [safety, {measure: operations_ok, at_least: \(nodes * (seconds - 5))}]
      """
  }
}
