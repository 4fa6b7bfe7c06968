import Reports
import Testing

@Suite("Coverage for people and programs")
struct CoverageTextTests {
  static let summary = CoverageSummary(
    scenario: "nemesis", seeds: 1...4, runs: 4, failures: 1,
    curve: [
      .init(runs: 1, states: 50, new: 50), .init(runs: 2, states: 75, new: 25),
      .init(runs: 4, states: 100, new: 25),
    ],
    singletons: 2, unseenMass: 0.0125, expectedOfNextRun: 0.5, outlook: "growing",
    marks: [
      .init(name: "election_won", runs: 4, count: 1_234, firstSeed: 1),
      .init(name: "split_vote", runs: 1, count: 1, firstSeed: 3),
      .init(name: "sync_lost", runs: 0, count: 0, firstSeed: nil),
    ])

  @Test("The curve, what it says of further runs, and the rare events")
  func text() {
    let bar = { String(repeating: "━", count: $0) }
    #expect(
      Self.summary.text(style: .plain, width: 100) == """

          nemesis reached 100 abstract states in 4 runs (seeds 1..4)
          1 run did not pass

               runs   states     new
                  1       50      50  \(bar(25))
                  2       75      25  \(bar(37))╸
                  4      100      25  \(bar(50))

          The unseen mass is 1.2 % (Good–Turing), and the next run is expected to reach 0.50 new states.
          More of the same is worth it.

                         of runs        times  first seed
          election_won     100 %        1,234  1
          split_vote      25.0 %            1  3
          never met: sync_lost

        """)
  }

  @Test("The same as one line of JSON")
  func json() {
    #expect(
      String(decoding: Self.summary.line(), as: UTF8.self) == """
        {"scenario":"nemesis","first_seed":1,"last_seed":4,"runs":4,"failures":1,"states":100,"singletons":2,\
        "unseen_mass":0.0125,"new_states_expected_of_next_run":0.5,"outlook":"growing",\
        "curve":[{"runs":1,"states":50,"new":50},{"runs":2,"states":75,"new":25},{"runs":4,"states":100,"new":25}],\
        "marks":[{"name":"election_won","runs":4,"count":1234,"first_seed":1},\
        {"name":"split_vote","runs":1,"count":1,"first_seed":3},\
        {"name":"sync_lost","runs":0,"count":0,"first_seed":null}]}

        """)
  }
}
