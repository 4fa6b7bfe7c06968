import Checkers
import ControlLoop
import Experiments
import Node
import Primitives
import Programs
import Scenarios
import Testing
import World

@Suite("What loops made of the faults that there were")
struct HealingStudyTests {
  /// A mesh of six of which the fourth node is down from 20 to 80 s, in a run of 300.
  static let text = """
    faultline: 1
    name: study
    duration: 300s
    cluster: {nodes: 6, program: mesh, mesh: {topology: ring, requests: 5/s}}
    faults: [{at: 20s, for: 60s, crash: n4}]
    expect: [safety, {heals: {kinds: [crash], within: 30s}}]
    """

  static func at(_ seconds: Double) -> Instant { .zero + Nanoseconds(Int64(seconds * 1_000_000_000)) }

  static func event(
    _ seconds: Double, _ node: Int, _ kind: HealingEvent.Kind, incident: UInt32 = 0
  ) -> HealingEvent {
    HealingEvent(at: at(seconds), node: NodeID(UInt32(node) - 1), incident: Incident.ID(incident), kind: kind)
  }

  /// By the name that people give it.
  static func n(_ number: Int) -> NodeID { NodeID(UInt32(number) - 1) }

  static func study(
    _ events: [HealingEvent], fault: FaultAction = .crash(.hosts([n(4)])), hosts: [NodeID] = [n(4)],
    until end: Double? = 80, history: [HistoryEvent] = []
  ) throws -> HealingStudy {
    var recording = Recording(processes: (1...6).map { "n\($0)" })
    var record = FaultRecord(id: 1, name: "fault", timed: true)
    record.occurrences = [.init(from: at(20), until: end.map(at), hosts: hosts, branch: 0, action: fault)]
    recording.faults = [record]
    recording.history = history
    return HealingStudy(Measuring(scenario: try scenario(text), recording: recording, end: at(300)), events)
  }

  // MARK: Diagnoses

  @Test(
    "A diagnosis that a fault explains is right, as long as it lasts and half a minute more, and any other is false",
    arguments: [
      (30, 1, .nodeDown, 4, 0), (30, 1, .nodeDown, 2, 1), (30, 4, .nodeDown, 2, 1), (19.9, 1, .nodeDown, 4, 1),
      (20, 1, .nodeDown, 4, 0), (110, 1, .nodeDown, 4, 0), (110.1, 1, .nodeDown, 4, 1), (30, 4, .runaway, 4, 1),
      (30, 2, .cpuSaturation, 2, 0), (200, 2, .cpuSaturation, 2, 1), (30, 3, .linkLoss, 4, 0),
      (30, 3, .linkLoss, 2, 1), (30, 4, .memoryPressure, 4, 1), (200, 1, .recovered, 1, 0),
    ] as [(Double, Int, Cause, Int, Int)])
  func falseAlarms(_ seconds: Double, _ node: Int, _ cause: Cause, _ subject: Int, _ expected: Int) throws {
    let study = try Self.study([Self.event(seconds, node, .diagnosed(cause, Self.n(subject)))])
    #expect(study.falseAlarms == expected && study.wrongActions == 0)
  }

  @Test("A fault is diagnosed when it is first named, and not by what comes of it")
  func diagnosed() throws {
    let study = try Self.study([
      Self.event(22, 3, .diagnosed(.linkLoss, Self.n(4))),
      Self.event(26, 1, .diagnosed(.nodeDown, Self.n(4)), incident: 1),
      Self.event(30, 2, .diagnosed(.nodeDown, Self.n(4)), incident: 2),
    ])
    #expect(study.strikes.count == 1 && study.strikes[0].kind == "crash" && study.strikes[0].hosts == [Self.n(4)])
    #expect(study.strikes[0].diagnosed == .seconds(6))
    let late = try Self.study([Self.event(81, 1, .diagnosed(.nodeDown, Self.n(4)))])
    #expect(late.strikes[0].diagnosed == nil && late.falseAlarms == 0)
  }

  @Test(
    "Each fault has causes that name it",
    arguments: [
      (.load(.hosts([n(4)]), share: 900_000, endsWithProcess: true), .runaway, true),
      (.load(.hosts([n(4)]), share: 900_000, endsWithProcess: true), .memoryPressure, false),
      (.leak(.hosts([n(4)]), bytesPerSecond: 1), .memoryPressure, true), (.pause(.hosts([n(4)])), .nodeDown, true),
      (.leak(.hosts([n(4)]), bytesPerSecond: 1), .runaway, false),
      (.clock(.hosts([n(4)]), .freeze), .nodeDown, false),
      (.restart(.hosts([n(4)])), .nodeDown, true), (.wipe(.hosts([n(4)])), .nodeDown, true),
    ] as [(FaultAction, Cause, Bool)])
  func causes(_ action: FaultAction, _ cause: Cause, _ isNamed: Bool) throws {
    let study = try Self.study([Self.event(30, 4, .diagnosed(cause, Self.n(4)))], fault: action)
    #expect((study.strikes[0].diagnosed != nil) == isNamed)
  }

  @Test("A link is named by its ends, and what most links of a node suffer by the node on the smaller side")
  func links() throws {
    func study(_ node: Int, _ cause: Cause, _ subject: Int, to: [Int]) throws -> HealingStudy {
      let action = FaultAction.link(from: .hosts([Self.n(4)]), to: .hosts(to.map(Self.n)), LinkChange())
      return try Self.study(
        [Self.event(30, node, .diagnosed(cause, Self.n(subject)))], fault: action,
        hosts: ([4] + to).map(Self.n))
    }
    #expect(try study(5, .linkLoss, 4, to: [5]).strikes[0].diagnosed == .seconds(10))
    #expect(try study(4, .linkLatency, 5, to: [5]).strikes[0].diagnosed == .seconds(10))
    #expect(try study(4, .linkLoss, 3, to: [5]).strikes[0].diagnosed == nil)
    let many = try study(4, .nodeDegraded, 4, to: [1, 2, 3, 5, 6])
    #expect(many.strikes[0].diagnosed == .seconds(10) && many.strikes[0].hosts == [Self.n(4)])
    #expect(try study(5, .nodeDegraded, 5, to: [1, 2, 3, 5, 6]).falseAlarms == 1)
  }

  @Test("Of a partition the smaller side is struck")
  func partition() throws {
    let groups = [[1, 2, 3, 5], [4], [6]].map { $0.map(Self.n) }
    let action = FaultAction.partition(.groups(groups), hold: false)
    let study = try Self.study(
      [Self.event(30, 1, .diagnosed(.nodeDown, Self.n(6))), Self.event(31, 1, .diagnosed(.nodeDown, Self.n(2)))],
      fault: action, hosts: (1...6).map(Self.n))
    #expect(study.strikes[0].hosts == [Self.n(4), Self.n(6)] && study.strikes[0].diagnosed == .seconds(10))
    #expect(study.falseAlarms == 1)
  }

  // MARK: Actions

  @Test("An action against what no fault explains is wrong", arguments: [4, 2])
  func wrongActions(patient: Int) throws {
    let action = Self.event(31, 1, .began(.failover, Self.n(patient), against: .nodeDown, of: Self.n(patient)))
    let study = try Self.study([Self.event(30, 1, .diagnosed(.nodeDown, Self.n(4))), action])
    #expect(study.wrongActions == (patient == 4 ? 0 : 1) && study.falseAlarms == 0)
  }

  @Test(
    "The same done again to the same node within a minute is thrash",
    arguments: [
      (60, 4, 1, .restart, .done, 1), (60.1, 4, 1, .restart, .done, 0), (10, 2, 1, .restart, .done, 0),
      (10, 4, 2, .restart, .done, 1), (10, 4, 1, .failover, .done, 0), (10, 4, 1, .restart, .failed, 0),
    ] as [(Double, Int, Int, Remedy, ActionOutcome, Int)])
  func thrash(
    _ later: Double, _ subject: Int, _ node: Int, _ remedy: Remedy, _ outcome: ActionOutcome, _ expected: Int
  ) throws {
    let study = try Self.study([
      Self.event(30, 1, .ended(.restart, Self.n(4), outcome)),
      Self.event(30 + later, node, .began(remedy, Self.n(subject), against: .nodeDown, of: Self.n(4))),
    ])
    #expect(study.thrash == expected)
  }

  @Test("Ways around a node are each neighbour's own", arguments: [(3, 1), (5, 0)])
  func reroutes(node: Int, expected: Int) throws {
    let study = try Self.study([
      Self.event(30, 3, .ended(.reroute, Self.n(4), .done)),
      Self.event(40, node, .began(.reroute, Self.n(4), against: .linkLoss, of: Self.n(4))),
    ])
    #expect(study.thrash == expected && study.wrongActions == 0)
  }

  @Test(
    "An incident is open at the end that nobody ended and whose cause is long gone",
    arguments: [nil, .closed(.nodeDown, n(4)), .withdrawn(.nodeDown, n(4)), .lost(.nodeDown, n(4)), .exhausted]
      as [HealingEvent.Kind?])
  func openIncidents(end: HealingEvent.Kind?) throws {
    let events = [Self.event(30, 1, .diagnosed(.nodeDown, Self.n(4)), incident: 7)]
    let study = try Self.study(events + (end.map { [Self.event(100, 1, $0, incident: 7)] } ?? []))
    #expect(study.openIncidents == (end == nil || end == .exhausted ? 1 : 0))
    let others = [(2, UInt32(7)), (1, 8)].map {
      Self.event(100, $0.0, .closed(.nodeDown, Self.n(4)), incident: $0.1)
    }
    #expect(try Self.study(events + others).openIncidents == 1, "another node's, and another incident")
  }

  @Test("One that began within the last minute, or whose cause is still there, is not long open")
  func youngIncidents() throws {
    func open(_ seconds: Double, until end: Double?) throws -> Int {
      try Self.study([Self.event(seconds, 1, .diagnosed(.nodeDown, Self.n(4)))], until: end).openIncidents
    }
    #expect(try open(240, until: 80) == 1 && open(240.1, until: 80) == 0)
    #expect(try open(30, until: 240) == 1 && open(30, until: 240.1) == 0 && open(30, until: nil) == 0)
  }

  // MARK: Service

  /// Requests of one node for keys of another, one each second from 20 s on.
  static func requests(of node: Int, for owner: Int, _ outcomes: [OutcomeKind]) -> [HistoryEvent] {
    let keys = (0..<UInt64.max).lazy.filter { Registry().owner(of: $0, nodes: 6) == n(owner) }
    return zip(0..., zip(keys, outcomes)).flatMap { number, request in
      let begin = HistoryEvent(
        operation: UInt64(number), kind: .invoke, at: at(20 + Double(number)), process: node - 1, name: "ask",
        fields: [.init(name: "key", value: .integer(Int64(request.0)))])
      let end = HistoryEvent(
        operation: UInt64(number), kind: .outcome(request.1), at: at(20.5 + Double(number)), process: node - 1,
        name: "ask", fields: [])
      return [begin, end]
    }
  }

  static func outcomes(bad: Range<Int>, of count: Int = 60) -> [OutcomeKind] {
    (0..<count).map { bad.contains($0) ? .info : .ok }
  }

  @Test(
    "Service is back where twenty requests in a row have lost one at most from then on",
    arguments: [
      (0..<10, 9), (5..<6, 0), (0..<0, 0), (0..<2, 1), (38..<40, 39), (39..<42, nil), (0..<60, nil),
    ] as [(Range<Int>, Int64?)])
  func restored(bad: Range<Int>, expected: Int64?) throws {
    let study = try Self.study([], history: Self.requests(of: 1, for: 4, Self.outcomes(bad: bad)))
    #expect(study.strikes[0].isTold)
    #expect(study.strikes[0].restored == expected.map { .seconds($0) })
  }

  @Test("Nineteen requests tell nothing, nor do those of the node itself and those for others")
  func untold() throws {
    let few = try Self.study([], history: Self.requests(of: 1, for: 4, Self.outcomes(bad: 0..<0, of: 19)))
    let own = try Self.study([], history: Self.requests(of: 4, for: 4, Self.outcomes(bad: 0..<10)))
    let others = try Self.study([], history: Self.requests(of: 1, for: 3, Self.outcomes(bad: 0..<10)))
    for study in [few, own, others] { #expect(!study.strikes[0].isTold && study.strikes[0].restored == nil) }
    let enough = try Self.study([], history: Self.requests(of: 1, for: 4, Self.outcomes(bad: 0..<0, of: 20)))
    #expect(enough.strikes[0].isTold && enough.strikes[0].restored == .zero)
  }

  @Test("The rate is of strikes that were told and whose kind is to be healed", arguments: [true, false])
  func figures(heals: Bool) throws {
    let plan = try scenario(Self.text)
    func value(_ measure: Scenario.Measure, bad: Range<Int>, _ fault: FaultAction) throws -> Double? {
      let study = try Self.study(
        [Self.event(30, 1, .diagnosed(.nodeDown, Self.n(4)))], fault: fault,
        history: Self.requests(of: 1, for: 4, Self.outcomes(bad: bad)))
      return study.figures(of: plan, heals: heals).first { $0.measure == measure }?.value(.max)
    }
    let crash = FaultAction.crash(.hosts([Self.n(4)]))
    #expect(try value(.healRate, bad: 0..<10, crash) == 100 && value(.healRate, bad: 0..<60, crash) == 0)
    #expect(try value(.healTime, bad: 0..<10, crash) == 9e9 && value(.healTime, bad: 0..<60, crash) == nil)
    #expect(try value(.healRate, bad: 0..<10, .pause(.hosts([Self.n(4)]))) == nil, "nobody said that it heals")
    #expect(try value(.diagnosisTime, bad: 0..<10, crash) == (heals ? 10e9 : nil))
    #expect(try value(.wrongActions, bad: 0..<10, crash) == (heals ? 0 : nil))
  }

  // MARK: Runs

  @Test("A mesh that heals heals a crash and does nothing else", arguments: [1, 3] as [UInt64])
  func heals(seed: UInt64) throws {
    let result = try Run(Shelf.read("mesh/heal-crash.yaml"), seed: seed, telemetry: .off).perform()
    #expect(result.verdict == .pass, "\(result.findings) \(result.violations)")
    func value(_ measure: Scenario.Measure) -> Double? {
      result.figures.first { $0.measure == measure }?.value(.max)
    }
    #expect(value(.healRate) == 100 && value(.wrongActions) == 0 && value(.falseAlarms) == 0)
    #expect(value(.thrash) == 0 && value(.incidentsOpen) == 0 && value(.lessonsMissing) == 0)
    #expect(value(.diagnosisTime).map { $0 > 0 && $0 < 40e9 } == true)
  }

  @Test("The same mesh without loops heals nothing, and its figures say so")
  func healsNothing() throws {
    let result = try Run(
      Shelf.read("mesh/heal-crash.yaml", ("cluster.mesh.healing", "off")), telemetry: .off
    ).perform()
    #expect(result.findings.first { $0.name == "heals" }?.outcome == .violated)
    #expect(result.figures.first { $0.measure == .healRate }?.value(.max) == 0)
    #expect(!result.figures.contains { $0.measure == .wrongActions || $0.measure == .healingMessages })
    #expect(result.violations.isEmpty)
  }
}
