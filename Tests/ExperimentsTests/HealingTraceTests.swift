import Experiments
import Primitives
import Telemetry
import Testing
import World

@Suite("The trace of a mesh that heals")
struct HealingTraceTests {
  @Test("An incident is a trace, with its actions under it, and what a node's end cuts short is an error")
  func spans() throws {
    let plan = try scenario(
      """
      faultline: 1
      name: trace
      duration: 80s
      cluster:
        nodes: 5
        program: mesh
        restart_after: 2s
        mesh: {topology: ring, requests: 40/s, work: {constant: 20ms}, healing: {council: 3, interval: 2s}}
      network: {transport: datagram, latency: 1ms..5ms}
      faults: [{at: 20s, for: 40s, load: {nodes: n4, cpu: 97%}}]
      expect: [safety, {measure: false_alarms, at_most: 1000}]
      """)
    let result = try Run(plan).perform()
    let silent = try Run(plan, telemetry: .off).perform()
    #expect(result.digest == silent.digest && silent.recording.spans.isEmpty)
    let spans = result.recording.spans
    let incidents = spans.filter { $0.name == "mape_k.incident" }
    #expect(incidents.count == result.incidents.count && incidents.allSatisfy { $0.parent == nil })
    let actions = spans.filter { "\($0.name)".hasPrefix("network.adaptation.") }
    #expect(actions.count == result.incidents.reduce(0) { $0 + $1.deeds.count })
    for action in actions {
      #expect(
        incidents.contains { $0.context.span == action.parent && $0.context.traceLow == action.context.traceLow })
    }
    // The restart ends the life that began it.
    let restart = try #require(actions.first { $0.name == "network.adaptation.restart" })
    if case .error = restart.status {} else { Issue.record("\(restart.status)") }
    #expect(actions.contains { $0.name == "network.adaptation.release" && $0.status == .ok })
  }
}
