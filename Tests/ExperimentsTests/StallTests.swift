import Experiments
import Primitives
import Scenarios
import Testing
import World

@Suite("Stalls and excuses")
struct StallTests {
  static func recovery(_ text: String, seed: UInt64 = 1) throws -> (result: RunResult, finding: Finding) {
    let result = try Run(scenario(text), seed: seed, telemetry: .off).perform()
    return (result, try #require(result.findings.first { $0.name == "recovers" }))
  }

  static func text(_ within: String, faults: String, more: String = "", nodes: Int = 3) -> String {
    VerdictTests.text("[safety, {recovers: {within: \(within)}}]", faults: faults, duration: "12s")
      .replacing("nodes: 3", with: "nodes: \(nodes)") + "\n" + more
  }

  @Test("Where a majority has lost everything, the excuse is proved and names who has")
  func lostMajority() throws {
    let text = Self.text(
      "3s", faults: "[{at: 3s, for: 1s, wipe: [n1, n3]}]", more: "disks: {budget: unlimited}")
    let (result, finding) = try Self.recovery(text)
    #expect(result.verdict == .inconclusive && finding.outcome == .inconclusive)
    #expect(
      finding.detail.hasSuffix(
        "2 of 3 nodes are needed, and n2 alone can work together; n1 has lost what it stored and is not repaired, "
          + "n3 has lost what it stored and is not repaired"), "\(finding.detail)")
  }

  @Test("Where no node reaches another, the excuse is proved; where one reaches a majority there is none")
  func unconnected() throws {
    let links = "network: {links: [{from: [n1, n2, n3], to: [n1, n2, n3], drop: 100%}]}"
    let (result, finding) = try Self.recovery(
      Self.text("2s", faults: "[{at: 3s, for: 1s, crash: n1}]", more: links))
    #expect(result.verdict == .inconclusive)
    #expect(finding.detail.contains("n2 and n1 are cut off from each other"), "\(finding.detail)")
  }

  @Test("A core without a majority that is whole is excused, a healed one owes progress and gives it")
  func core() throws {
    let crash = "[{at: 3s, for: 8s, crash: [n1, n2]}, {at: 4s, for: 8s, pause: n3}]"
    let (kept, finding) = try Self.recovery(
      Self.text("3s", faults: crash, more: "heal: core\nheal_at: 6s", nodes: 5))
    #expect(kept.verdict == .pass)
    #expect(finding.detail.contains("after the core, n"), "\(finding.detail)")
    let (lost, excuse) = try Self.recovery(
      Self.text(
        "3s", faults: "[{at: 3s, for: 1s, wipe: [n1, n2, n5]}]",
        more: "heal: core\nheal_at: 6s\ndisks: {budget: unlimited}",
        nodes: 5))
    #expect(lost.verdict == .inconclusive)
    #expect(excuse.detail.contains("n5 has lost what it stored"), "\(excuse.detail)")
  }

  @Test("A stall without an excuse is a violation that says what it waits for")
  func stall() throws {
    let (early, first) = try Self.recovery(Self.text("1ms", faults: "[{at: 3s, for: 2s, crash: majority}]"))
    #expect(early.verdict == .violation)
    #expect(["nobody leads", " leads term "].contains { first.detail.contains($0) }, "\(first.detail)")
    // Nobody's vote is durable in time.
    let (slow, second) = try Self.recovery(
      Self.text("1s", faults: "[{at: 3s, for: 1s, crash: all}]", more: "disks: {sync: 3s}"))
    #expect(slow.verdict == .violation)
    #expect(second.detail.contains("nobody leads; n"), "\(second.detail)")
    #expect(second.detail.contains("and waits for its disk"), "\(second.detail)")
  }

  @Test("A leader whose followers are slow to store says who has how much")
  func slowFollowers() throws {
    var found: Set<String> = []
    for seed: UInt64 in 1...10 {
      let (result, finding) = try Self.recovery(
        Self.text(
          "150ms", faults: "[{at: 3s, for: 20ms, restart: leader}]".replacing("for: 20ms, ", with: ""),
          more: "disks: {hosts: [{nodes: [n2, n3], sync: 400ms}]}"), seed: seed)
      guard result.verdict == .violation else { continue }
      if finding.detail.contains("has committed up to") { found.insert("leader") }
      if finding.detail.contains("nobody leads") { found.insert("election") }
    }
    #expect(!found.isEmpty)
  }
}
