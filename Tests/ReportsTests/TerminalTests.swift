import Primitives
import Reports
import Testing
import World

@Suite("Text for a terminal")
struct TerminalTests {
  /// Text without the escape codes that set colours.
  private func bare(_ text: String) -> String { text.replacing(/\u{1B}\[[0-9;]*m/, with: "") }

  private func pages(_ style: TerminalStyle, _ width: Int) -> [String] {
    var hostile = Fixture.violation()
    hostile.scenario = "<script>\"\n\u{1B}[2J🦀"
    hostile.expectations[0].name = String(repeating: "x", count: 100)
    hostile.expectations[1].detail = "漢字 " + String(repeating: "y", count: 90) + "\u{202E}"
    hostile.faults[0].name = "\u{9B}31m"
    hostile.violations[0].detail = "a\tb\u{1B}"
    hostile.measures.append(
      .init(
        name: String(repeating: "long_", count: 20), count: 2, mean: 1, p50: 1, p90: 1, p95: 1, p99: 1, max: 2,
        unit: "1"))
    var bare = Fixture.summary()
    (bare.expectations, bare.measures, bare.faults, bare.service) = ([], [], [], [])
    bare.operations = .init()
    bare.artifacts = nil
    let runs = [Fixture.summary(), Fixture.violation(), hostile, bare]
    return runs.map { SummaryText.text($0, style: style, width: width) }
      + [Fixture.sweep(), runs, [], [bare]].map { SummaryText.sweepText($0, style: style, width: width) }
  }

  @Test(
    "No line is longer than the terminal is wide, but for commands and paths", arguments: [40, 59, 60, 80, 200])
  func widths(width: Int) {
    for page in pages(.plain, width) {
      for line in page.split(separator: "\n") {
        guard !line.contains("faultline run"), !line.contains("results/runs") else { continue }
        // The two wide characters of the fixtures count twice.
        let wide = line.count { "🦀漢字".contains($0) }
        #expect(line.count + wide <= width, "\(line)")
      }
    }
  }

  @Test("Plain text has no escape byte, and coloured text none but its own", arguments: [40, 80])
  func escapes(width: Int) {
    for (plain, coloured) in zip(pages(.plain, width), pages(.colour, width)) {
      #expect(!plain.utf8.contains(0x1B))
      #expect(!plain.unicodeScalars.contains { "\u{9B}\u{202E}\t\r".unicodeScalars.contains($0) })
      #expect(bare(coloured) == plain)
      #expect(plain.contains("sweep ran nothing") || coloured != plain)
    }
  }

  @Test("Commands and paths stay in one piece in the narrowest terminal")
  func copying() {
    let page = SummaryText.text(Fixture.summary(), style: .plain, width: 40)
    #expect(page.contains("    faultline run scenarios/raft/leader-crash.yaml --seed 7\n"))
    #expect(page.contains("    results/runs/leader-crash/7-01234567\n"))
  }

  @Test("A run that passed, at 80 columns")
  func passed() {
    #expect(
      SummaryText.text(Fixture.summary(), style: .plain, width: 80) == """

          ✓ leader-crash held all 3 expectations. Seed 7.
            The leader loses power for two seconds; the others elect a new one.

          ✓ safety                    no invariant was violated in 241,120 events
          ✓ recovers within 2s        1.24 s after the last heal
          ✓ leader_changes at most 3  2

          availability    █████████████▅▁▆████████████▇▇████████████████████████  98.4 %
                                       ╰──╯           ╰╯     ╰╯
                          0 s                                               40 s
          operations      8,012 invoked · 7,890 ok · 22 failed · 100 unknown
          messages        120,331 sent · 119,870 delivered · 461 dropped
          leader changes  2
          elections       3
          recovery time   1.24 s

                                p50      p90      p95      p99     max
          client latency    4.21 ms  6.13 ms  7.04 ms  31.2 ms  1.20 s
          election time      210 ms   272 ms   272 ms   272 ms  272 ms

          ↯ crash leader at 10s — 1 process crashed, 3 unsynced records lost
          ↯ pause random every 3s..6s 2× — 2 processes paused, 1,204 inputs delayed

          time            40.0 s virtual in 420 ms (95×) · 241,120 events
          digest          0123456789abcdef0123456789abcdef
          files           results/runs/leader-crash/7-01234567
          replay          faultline run scenarios/raft/leader-crash.yaml --seed 7

        """)
  }

  @Test("The first sentence tells the verdict and its reason")
  func sentences() {
    #expect(Fixture.summary().sentence == "held all 3\u{A0}expectations")
    #expect(
      Fixture.violation().sentence
        == "broke election-safety at 12.437\u{A0}s on n3: n1 and n3 both lead term 5, and only one of them may")

    var missed = Fixture.summary()
    missed.verdict = .violation
    missed.expectations[1].verdict = .violated
    missed.expectations[1].detail = "2.40 s after the last heal."
    missed.expectations[2].verdict = .violated
    #expect(missed.sentence == "missed recovers within 2s: 2.40 s after the last heal (and 1 more)")

    var idle = Fixture.summary()
    idle.verdict = .inconclusive
    idle.faults[0].effects = idle.faults[0].effects.map { _ in 0 }
    idle.faults[0].withoutTarget = 1
    #expect(idle.sentence == "is inconclusive: “crash leader at 10s” had no effect")
    #expect(idle.faults[0].inWords == "no effect, once without a target")

    var strayed = Fixture.summary()
    strayed.verdict = .nondeterminism
    strayed.otherDigest = "ff"
    #expect(strayed.sentence.hasSuffix("first 0123456789abcdef0123456789abcdef, then ff"))
  }

  @Test("A sweep counts verdicts, shows the first failures and says how many more there are")
  func sweep() {
    let page = SummaryText.sweepText(Fixture.sweep(), style: .plain, width: 80, listed: 2)
    #expect(page.contains("✗ leader-crash failed in 4 of 200 runs."))
    #expect(page.contains("195 passed · 1 inconclusive · 4 failed"))
    #expect(page.contains("✗ seed 17 broke election-safety"))
    #expect(page.contains("    faultline run scenarios/raft/leader-crash.yaml --seed 77\n"))
    #expect(!page.contains("seed 137"))
    #expect(page.contains("… and 3 more."))
    #expect(page.contains("leader changes            0        1        3"))
  }

  @Test(
    "Lengths of time have three digits that count, and round into the next unit",
    arguments: [
      (Int64(0), "0 ns"), (850, "850 ns"), (12_400, "12.4 µs"), (999_499, "999 µs"), (999_500, "1.00 ms"),
      (12_400_000, "12.4 ms"), (9_999_000, "10.0 ms"), (1_201_000_000, "1.20 s"), (59_949_999_999, "59.9 s"),
      (59_950_000_000, "1 min 00 s"), (125_000_000_000, "2 min 05 s"), (12_000_000_000_000, "3 h 20 min"),
      (90_000_000_000_000, "1 d 01 h"), (-1_500_000, "−1.50 ms"),
    ])
  func durations(nanoseconds: Int64, written: String) {
    #expect(PeopleText.duration(nanoseconds).replacing("\u{A0}", with: " ") == written)
  }

  @Test("Shares never claim more than was reached")
  func shares() {
    func share(_ part: UInt64, _ whole: UInt64) -> String {
      PeopleText.share(part, of: whole).replacing("\u{A0}", with: " ")
    }
    #expect(share(10, 10) == "100 %")
    #expect(share(0, 10) == "0 %")
    #expect(share(9_999, 10_000) == "99.99 %")
    #expect(share(999_999, 1_000_000) == ">99.99 %")
    #expect(share(1, 1_000_000) == "<0.01 %")
    #expect(share(984, 1_000) == "98.4 %")
    #expect(share(1, 3) == "33.3 %")
  }

  @Test("Figures are shown in the unit of their measure")
  func figures() {
    func figure(_ value: Double, _ unit: String) -> String {
      PeopleText.figure(value, unit: unit).replacing("\u{A0}", with: " ")
    }
    #expect(figure(4_210_000, "ns") == "4.21 ms")
    #expect(figure(98.4, "%") == "98.4 %")
    #expect(figure(1_234, "1") == "1,234")
    #expect(figure(2.5, "1") == "2.50")
    #expect(figure(.nan, "ns") == "–")
  }

  @Test("A progress line keeps to its width, and drops what tells least", arguments: 1...120)
  func progress(width: Int) {
    for part in stride(from: Int64(0), through: 40_000, by: 1_237) {
      let line = ProgressLine(
        .virtual(.milliseconds(part), of: .seconds(40)), eventsPerSecond: 1.2e6, remaining: .seconds(73),
        failures: 2)
      #expect(line.text(style: .plain, width: width).count <= width)
    }
  }

  @Test("A progress line shows a bar, the share, the amount, the time left and the speed")
  func progressParts() {
    let run = ProgressLine(
      .virtual(.milliseconds(13_320), of: .seconds(40)), eventsPerSecond: 1.2e6, remaining: .seconds(3))
    #expect(
      run.text(style: .plain, width: 100)
        == "  ████████▎░░░░░░░░░░░░░░░░   33 %  13.3 s of 40 s  3.00 s left  1.20 M events/s")
    let sweep = ProgressLine(.runs(1_000, of: 1_000), remaining: .seconds(3), failures: 1)
    #expect(sweep.text(style: .plain, width: 60) == "  ███████████████  100 %  1,000 of 1,000 runs  1 failed")
    #expect(ProgressLine(.runs(0, of: 0)).fraction == 1)
  }
}
