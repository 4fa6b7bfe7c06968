import CRDT
import ControlLoop
import Primitives
import Programs
import Testing

@Suite("What nodes of a mesh learn from each other")
struct LessonsTests {
  /// A node that learns, and the clock by which it does.
  struct Pupil {
    let replica: ReplicaID
    var clock = HybridClock()
    var lessons = Lessons()
    let wall: Instant

    /// Their clocks are hours apart.
    init(_ node: UInt32) {
      replica = ReplicaID(NodeID(node))
      wall = .zero + .seconds(Int64(node) * 3_600)
    }

    mutating func learn(_ report: Report) -> Lessons? {
      var clock = self.clock
      let (wall, replica) = (self.wall, self.replica)
      let delta = lessons.learn(report, as: replica, at: { clock.tick(wall, replica) })
      self.clock = clock
      return delta
    }
  }

  /// Every kind of report that others learn from, and some of them more than once.
  static let reports: [Report] = [
    .diagnosed(Incident.ID(0), .linkLoss, NodeID(1)), .diagnosed(Incident.ID(1), .runaway, NodeID(0)),
    .closed(Incident.ID(0), .linkLoss, NodeID(1), after: .seconds(3)),
    .withdrawn(Incident.ID(1), .runaway, NodeID(0)),
    .judged(.runaway, .restart, success: true, took: .milliseconds(1_500)),
    .judged(.runaway, .restart, success: false, took: .seconds(9)),
    .judged(.linkLoss, .reroute, success: true, took: .zero),
    .threshold(.loss, ppmOfDefault: 950_000), .threshold(.loss, ppmOfDefault: 990_000),
    .threshold(.cpu, ppmOfDefault: 900_000),
  ]

  /// Some pupils, every state that they have come by, and every delta.
  struct School {
    var pupils: [Pupil]
    var deltas: [Lessons] = []
    var reached: Set<Lessons> = [Lessons()]

    init(_ count: Int) { pupils = (0..<count).map { Pupil(UInt32($0)) } }

    mutating func move(_ dice: inout Dice) {
      let who = Int(dice.below(UInt64(pupils.count)))
      if dice.below(3) > 0 {
        let before = pupils[who].lessons
        let report = reports[Int(dice.below(UInt64(reports.count)))]
        if let delta = pupils[who].learn(report) {
          #expect(before.merged(with: delta) == pupils[who].lessons, "a delta does what the change did")
          #expect(before.merged(with: pupils[who].lessons) == pupils[who].lessons, "a change goes upwards")
          deltas.append(delta)
        } else {
          #expect(before == pupils[who].lessons, "what nobody learns from changes nothing")
        }
      } else {
        let other = Int(dice.below(UInt64(pupils.count)))
        pupils[who].lessons.merge(pupils[other].lessons)
        if let last = pupils[other].lessons.lastMoment { pupils[who].clock.hear(last) }
      }
      reached.insert(pupils[who].lessons)
    }
  }

  @Test(
    "Lessons keep the laws of a semilattice, and their deltas in any order are the full state", arguments: 1...20)
  func laws(seed: UInt64) {
    var dice = Dice(seed: seed)
    var school = School(2 + Int(seed % 3))
    for _ in 0..<40 { school.move(&dice) }
    let states = Array(school.reached)
    for one in states {
      #expect(one.merged(with: one) == one, "merging is idempotent")
      #expect(one.merged(with: Lessons()) == one && Lessons().merged(with: one) == one, "the bottom adds nothing")
      for other in states {
        let both = one.merged(with: other)
        #expect(both == other.merged(with: one), "merging is commutative")
        var changed = one
        #expect(changed.merge(other) == (both != one), "whether something came by it is told")
      }
    }
    func any() -> Lessons { states[Int(dice.below(UInt64(states.count)))] }
    for _ in 0..<200 {
      let (a, b, c) = (any(), any(), any())
      #expect(a.merged(with: b).merged(with: c) == a.merged(with: b.merged(with: c)), "merging is associative")
    }
    let full = school.pupils.reduce(Lessons()) { $0.merged(with: $1.lessons) }
    var fromDeltas = Lessons()
    var waiting = school.deltas + school.deltas
    while !waiting.isEmpty { fromDeltas.merge(waiting.remove(at: Int(dice.below(UInt64(waiting.count))))) }
    #expect(fromDeltas == full, "the deltas are the full state")
    for state in states {
      var writer = WireWriter()
      state.encode(into: &writer)
      #expect(writer.bytes.count == state.wireSize)
      var reader = WireReader(writer.bytes)
      #expect((try? Lessons.decode(from: &reader)) == state && reader.remaining == 0)
    }
  }

  @Test("An incident is open from its diagnosis until it is closed or withdrawn, and the balance counts them")
  func incidents() {
    var pupil = Pupil(3)
    _ = pupil.learn(Self.reports[0])
    _ = pupil.learn(Self.reports[1])
    #expect(pupil.lessons.open.elements.count == 2 && pupil.lessons.balance.value == 2)
    let latest = pupil.lessons.latest.value
    #expect(latest.map { pupil.lessons.open.contains($0) } == true)
    _ = pupil.learn(Self.reports[2])
    #expect(pupil.lessons.open.elements.count == 1 && pupil.lessons.balance.value == 1)
    #expect(pupil.learn(Self.reports[2]) == nil, "it is over once")
    _ = pupil.learn(Self.reports[3])
    #expect(pupil.lessons.open.elements.isEmpty && pupil.lessons.balance.value == 0)
    #expect(pupil.lessons.latest.value == latest, "the last one that was begun")
  }

  @Test("What others have tried is experience here, added up")
  func experience() {
    var (one, other) = (Pupil(0), Pupil(1))
    _ = one.learn(Self.reports[4])
    _ = one.learn(Self.reports[5])
    _ = other.learn(Self.reports[4])
    _ = other.learn(Self.reports[6])
    one.lessons.merge(other.lessons)
    let experience = one.lessons.experience
    #expect(experience[.runaway, .restart] == Experience.Record(tries: 3, successes: 2, milliseconds: 3_000))
    #expect(experience[.linkLoss, .reroute] == Experience.Record(tries: 1, successes: 1, milliseconds: 0))
    #expect(experience[.runaway, .throttle] == Experience.Record())
  }

  @Test("Of two thresholds for one metric the later is known, and of one that is out of range what may be")
  func thresholds() {
    var (one, other) = (Pupil(0), Pupil(1))
    _ = other.learn(.threshold(.loss, ppmOfDefault: 990_000))
    _ = one.learn(.threshold(.loss, ppmOfDefault: 950_000))
    _ = one.learn(.threshold(.cpu, ppmOfDefault: -7))
    one.lessons.merge(other.lessons)
    #expect(one.lessons.experience.thresholds[.loss] == 990_000, "the other's clock is an hour ahead")
    #expect(one.lessons.experience.thresholds[.cpu] == 900_000)
    #expect(one.lessons.experience.thresholds[.memory] == 1_000_000)
  }

  @Test("What concerns the loop alone is no lesson")
  func noLessons() {
    var pupil = Pupil(0)
    let reports: [Report] = [
      .contained(Incident.ID(0), .linkLoss, NodeID(1), after: .zero), .exhausted(Incident.ID(0)),
      .began(Ticket(0), .restart, NodeID(0), for: Incident.ID(0)), .changedMode(.critical),
      .ended(Ticket(0), .restart, NodeID(0), .done, for: Incident.ID(0)), .escalated(Incident.ID(0), level: 1),
    ]
    for report in reports { #expect(pupil.learn(report) == nil) }
    #expect(pupil.lessons == Lessons())
  }
}

@Suite("How lessons get around")
struct LearningTests {
  /// All that one has for the other arrives, and its receipt too.
  static func tell(_ other: inout Learning, by one: inout Learning, _ from: UInt32, _ to: UInt32) {
    guard let parcel = one.parcel(for: NodeID(to)) else { return }
    guard let (number, life) = other.take(parcel.content, from: NodeID(from)) else { return }
    one.acknowledge(number, of: parcel.content.life, by: NodeID(to), in: life)
  }

  static let diagnosis = Report.diagnosed(Incident.ID(5), .runaway, NodeID(0))

  @Test("A neighbour gets what it lacks, once, and nothing is told back")
  func once() {
    var (one, other) = (Learning(id: NodeID(0), life: 0), Learning(id: NodeID(1), life: 0))
    one.learn(Self.diagnosis, at: .zero)
    Self.tell(&other, by: &one, 0, 1)
    #expect(other.lessons == one.lessons && one.parcel(for: NodeID(1)) == nil)
    Self.tell(&one, by: &other, 1, 0)
    #expect(other.parcel(for: NodeID(0)) == nil)
    one.learn(LessonsTests.reports[4], at: .zero)
    #expect(one.parcel(for: NodeID(1)).map { $0.content.receiver == 0 } == true, "the change alone")
    Self.tell(&other, by: &one, 0, 1)
    #expect(other.experience[.runaway, .restart].tries == 1 && other.lessons == one.lessons)
  }

  @Test(
    "What an earlier life of a node had begun it abandons, as soon as it hears of it", arguments: [true, false])
  func orphans(restarts: Bool) {
    var (one, other) = (Learning(id: NodeID(0), life: 0), Learning(id: NodeID(1), life: 0))
    one.learn(Self.diagnosis, at: .zero)
    other.learn(Self.diagnosis, at: .zero)
    Self.tell(&other, by: &one, 0, 1)
    if restarts { one = Learning(id: NodeID(0), life: 1) }
    one.learn(.diagnosed(Incident.ID(6), .linkLoss, NodeID(1)), at: .zero)
    Self.tell(&one, by: &other, 1, 0)
    // Its own and the other's are worked on, and those of the life that is over are not.
    #expect(one.lessons.open.elements.count == (restarts ? 2 : 3))
    #expect(one.lessons.balance.value == (restarts ? 2 : 3))
    Self.tell(&other, by: &one, 0, 1)
    #expect(other.lessons == one.lessons)
  }

  @Test("A delta for a life before is not taken, and everything is")
  func lives() {
    var (one, other) = (Learning(id: NodeID(0), life: 0), Learning(id: NodeID(1), life: 0))
    one.learn(Self.diagnosis, at: .zero)
    Self.tell(&other, by: &one, 0, 1)
    one.learn(LessonsTests.reports[4], at: .zero)
    let stale = one.parcel(for: NodeID(1))
    other = Learning(id: NodeID(1), life: 1)
    let taken = stale.flatMap { other.take($0.content, from: NodeID(0)) }
    #expect(stale != nil && taken == nil && other.lessons == Lessons())
    // A receipt of the new life tells that it lacks everything.
    one.acknowledge(0, of: 0, by: NodeID(1), in: 1)
    Self.tell(&other, by: &one, 0, 1)
    #expect(other.lessons == one.lessons)
  }

  private struct Letter {
    let from: Int
    let to: Int
    let parcel: LessonsParcel
  }

  @Test(
    "Over links that lose, repeat and reorder, among nodes that forget everything, who knows the same holds the same",
    arguments: 1...30)
  func agreement(seed: UInt64) {
    var dice = Dice(seed: seed)
    var lives: [UInt32] = [0, 0, 0, 0]
    var nodes = lives.indices.map { Learning(id: NodeID(UInt32($0)), life: 0) }
    var letters: [Letter] = []
    var held: [VersionVector: Lessons] = [:]
    func pick(_ bound: Int) -> Int { Int(dice.below(UInt64(bound))) }
    func deliver(_ letter: Letter, receipt: Bool) {
      let (sender, receiver) = (NodeID(UInt32(letter.from)), NodeID(UInt32(letter.to)))
      guard let (number, life) = nodes[letter.to].take(letter.parcel.content, from: sender), receipt else { return }
      nodes[letter.from].acknowledge(number, of: letter.parcel.content.life, by: receiver, in: life)
    }
    func send(_ from: Int, _ to: Int) -> Letter? {
      nodes[from].parcel(for: NodeID(UInt32(to))).map { Letter(from: from, to: to, parcel: $0) }
    }
    func compare(_ node: Int) {
      let lessons = nodes[node].lessons
      #expect(held[lessons.known, default: lessons] == lessons, "who knows the same holds the same")
      held[lessons.known] = lessons
    }
    for round in 0..<600 {
      let who = pick(4)
      switch pick(16) {
      case 0:
        lives[who] += 1
        nodes[who] = Learning(id: NodeID(UInt32(who)), life: lives[who])
      case 1...5:
        nodes[who].learn(
          LessonsTests.reports[pick(LessonsTests.reports.count)], at: .zero + .seconds(Int64(round * who)))
      case 6...10:
        // In a ring.
        if let letter = send(who, (who + (dice.below(2) == 0 ? 1 : 3)) % 4) {
          for _ in 0..<pick(3) { letters.append(letter) }
        }
      default:
        guard !letters.isEmpty else { continue }
        let letter = letters.remove(at: pick(letters.count))
        deliver(letter, receipt: dice.below(2) == 0)
        compare(letter.to)
      }
      compare(who)
    }
    // The links are well again.
    for _ in 0..<12 {
      for who in 0..<4 {
        for to in [(who + 1) % 4, (who + 3) % 4] {
          if let letter = send(who, to) { deliver(letter, receipt: true) }
          compare(to)
        }
      }
    }
    #expect(Set(nodes.map(\.lessons)).count == 1)
    for who in 0..<4 { #expect(send(who, (who + 1) % 4) == nil, "there is nothing left to tell") }
  }
}
