import Node
import Primitives
import Testing
import World

@Suite("How a simulation stops")
struct StopTests {
  @Test("Time that stands still is a stall, not a hang")
  func stall() {
    var ping = Probe([(.milliseconds(1), .send(1, to: 1))])
    ping.echoes = true
    var pong = Probe()
    pong.echoes = true
    var stage = Rehearsal([ping, pong], network: .stream(.constant(.zero)))
    #expect(stage.run(for: .seconds(1)) == .stall)
    #expect(stage.simulation.now == .zero + .milliseconds(1))
    #expect(stage.simulation.events > stage.simulation.stallLimit)
  }

  @Test("A budget of events is kept to the event, and running on goes on")
  func budget() {
    let probes = [Probe(stream(to: 1, count: 100, every: .milliseconds(1))), Probe()]
    var whole = Rehearsal(probes)
    #expect(whole.run(for: .seconds(1)) == .reached)
    var sliced = Rehearsal(probes)
    var slices = 0
    while sliced.simulation.run(until: .zero + .seconds(1), budget: 7) == .budget { slices += 1 }
    #expect(slices == (whole.simulation.events) / 7)
    #expect(sliced.simulation.digest == whole.simulation.digest)
  }
}
