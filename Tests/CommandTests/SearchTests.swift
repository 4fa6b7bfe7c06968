import Foundation
import Testing

@Suite("Coverage and rare events on the command line")
struct SearchCommandTests {
  /// Two nodes that gossip for a moment: a thousand runs take a second or two.
  private static func scenario(_ folder: String, sometimes: String) throws -> String {
    let path = "\(folder)/short.yaml"
    let text = """
      faultline: 1
      name: short
      duration: 300ms
      cluster: {nodes: 2, program: gossip, gossip: {fanout: 1, rumours: 1}}
      network: {transport: datagram, loss: 20%}
      expect: [safety, {sometimes: \(sometimes)}]

      """
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  @Test("A rare event that a thousand seeds never met makes them inconclusive, and is named")
  func sometimes() throws {
    try Tool.within { (folder: String) throws -> Void in
      let path = try Self.scenario(folder, sometimes: "[message_lost, queue_full]")
      let few = try Tool.run("run", path, "--seeds", "1..12", "--artifacts", "none")
      #expect(few.status == 0 && few.errors.contains("too few to judge by (1,000): queue_full"))
      let many = try Tool.run("run", path, "--seeds", "1..1000", "--artifacts", "none", "--quiet")
      #expect(many.status == 2 && many.errors == "\(path): never met in 1,000\u{A0}runs: queue_full\n")
      let met = try Self.scenario(folder, sometimes: "message_lost")
      #expect(try Tool.run("run", met, "--seeds", "1..1000", "--artifacts", "none", "--quiet").status == 0)
    }
  }

  @Test("Coverage is one object a scenario, the same whatever the number of jobs")
  func coverage() throws {
    let arguments = ["coverage", Tool.leaderCrash, "--seeds", "1..6", "--format", "json", "--quiet"]
    let one = try Tool.run(arguments + ["--jobs", "1"])
    let two = try Tool.run(arguments + ["--jobs", "2"])
    #expect(one.status == 0 && one.output == two.output && one.errors.isEmpty)
    let object = try Tool.object(one.output)
    #expect(object["runs"] as? Int == 6)
    #expect((object["curve"] as? [[String: Any]])?.compactMap { $0["runs"] as? Int } == [1, 2, 4, 6])
    #expect(try #require(object["states"] as? Int) > 10)
    let text = try Tool.run("coverage", Tool.leaderCrash, "--seeds", "1..2")
    #expect(text.output.contains("Good–Turing") && text.output.contains("leader_crashed"))
  }

  @Test("Runs that do not pass are told of, and decide the exit code")
  func failures() throws {
    let answer = try Tool.run(
      "coverage", Tool.leaderCrash, "--seeds", "1..2", "--set", "expect.2.recovers.within=1us", "--quiet")
    #expect(answer.status == 1)
    #expect(answer.errors.contains("did not pass, the first: ./faultline run"))
    #expect(answer.errors.contains("--seed 1 --set expect.2.recovers.within=1us"))
  }

  @Test("Coverage without seeds, or of no file, is refused")
  func refusals() throws {
    #expect(try Tool.run("coverage", Tool.leaderCrash).status == 64)
    #expect(try Tool.run("coverage", "nowhere.yaml", "--seeds", "1..2").status == 65)
  }
}
