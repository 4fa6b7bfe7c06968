import Primitives
import Testing
import World

@Suite("Choices fixed by name")
struct ChoiceTests {
  private func stage(_ choices: [NamedChoice], network: LinkProfile = .stream(.constant(.milliseconds(4))))
    -> Rehearsal
  {
    var stage = Rehearsal(
      [Probe(stream(to: 1, count: 10, every: .milliseconds(10))), Probe()], network: network, choices: choices)
    stage.run(for: .seconds(1))
    return stage
  }

  private func message(_ number: UInt64, _ word: String, _ value: FixedChoice.Value) -> NamedChoice {
    let purpose = NamedChoice.Words.message.first { NamedChoice.Words.word($0) == word }!
    return NamedChoice(.message(kind: 0, from: NodeID(0), to: NodeID(1)), number: number, purpose, value)
  }

  @Test("One message takes as long as it is told, and on a stream the next wait for it")
  func latency() {
    let slow = stage([message(3, "latency", .length(.milliseconds(25)))])
    let at = slow[1].messages.map { $0.at }
    #expect(at[2] == .milliseconds(24) && at[3] == .milliseconds(55) && at[4] == .milliseconds(55))
    #expect(at[6] == .milliseconds(64))
    let datagrams = stage(
      [message(3, "latency", .length(.milliseconds(25)))], network: .datagram(.constant(.milliseconds(4))))
    #expect(datagrams[1].numbers == [0, 1, 2, 4, 5, 3, 6, 7, 8, 9])
  }

  @Test("One message vanishes, is lost with its stream, or is damaged", arguments: ["drop", "loss", "corruption"])
  func lost(word: String) {
    let stage = stage([message(3, word, .truth(true))])
    #expect(stage[1].numbers == [0, 1, 2, 4, 5, 6, 7, 8, 9])
    #expect((stage[0].closings == 1) == (word != "drop"))
    #expect(stage.simulation.recording().unmadeChoices.isEmpty)
  }

  @Test("One datagram arrives twice")
  func doubled() {
    let stage = stage([message(3, "duplication", .truth(true))], network: .datagram(.constant(.milliseconds(4))))
    #expect(stage[1].numbers == [0, 1, 2, 3, 3, 4, 5, 6, 7, 8, 9])
  }

  @Test("What was never asked about is told")
  func unmade() {
    let stage = stage([message(9, "drop", .truth(true)), message(10, "drop", .truth(true))])
    #expect(stage.simulation.recording().unmadeChoices == [1])
  }

  @Test("A sync takes as long as it is told, or fails")
  func syncs() {
    func choice(_ number: UInt64, _ word: String, _ value: FixedChoice.Value) -> NamedChoice {
      NamedChoice(
        .node(NodeID(0)), number: number, NamedChoice.Words.node.first { NamedChoice.Words.word($0) == word }!,
        value)
    }
    let script = (0..<4).flatMap { (number: Int64) -> [(at: Nanoseconds, act: Probe.Act)] in
      let at = Nanoseconds.milliseconds(10 * number)
      return [(at, .append(UInt64(number))), (at, .sync(UInt64(number + 1)))]
    }
    var stage = Rehearsal(
      [Probe(script)], disk: .immediate,
      choices: [choice(1, "sync", .length(.milliseconds(7))), choice(2, "failure", .truth(true))])
    stage.run(for: .seconds(1))
    let heard = stage[0].lines.dropFirst().map { $0.heard }
    #expect(heard == [.written(1), .written(2), .failed(3), .written(4)])
    #expect(stage[0].lines[2].at == .milliseconds(17))
    #expect(stage.simulation.recording().unmadeChoices.isEmpty)
  }
}
