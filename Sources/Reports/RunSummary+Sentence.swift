import Primitives
import World

extension RunSummary {
  /// What became of the run and why, without the name of the scenario: `broke election-safety at 12.437 s
  /// on n3: two leaders in term 5`. It stands after that name or after a seed, has no full
  /// stop, and U+00A0 between numbers and units.
  package var sentence: String {
    switch verdict {
    case .pass: passed
    case .violation: violated
    case .inconclusive: "is inconclusive: \(doubt)"
    case .nondeterminism: strayed
    }
  }

  private var passed: String {
    switch expectations.count {
    case 0: "passed: no invariant was violated"
    case 1: "held its expectation"
    default: "held all \(PeopleText.count(UInt64(expectations.count), "expectation"))"
    }
  }

  private var violated: String {
    if let violation = violations.first {
      let place = violation.node.map { " on \($0)" } ?? ""
      return "broke \(violation.invariant) at \(PeopleText.moment(violation.atNS))\(place)"
        + Self.clause(violation.detail) + Self.more(violations.count - 1)
    }
    guard let expectation = expectations.first(where: { $0.verdict == .violated }) else {
      return "was judged a violation, and nothing says of what"
    }
    let others = expectations.count { $0.verdict == .violated } - 1
    return "missed \(expectation.name)" + Self.clause(expectation.detail) + Self.more(others)
  }

  private var doubt: String {
    if let expectation = expectations.first(where: { $0.verdict == .inconclusive }) {
      return "\(expectation.name) could not be judged" + Self.clause(expectation.detail)
    }
    if let fault = faults.first(where: { $0.timed && !$0.bit }) { return "“\(fault.name)” had no effect" }
    if operations.invoked > 0, operations.ok == 0 { return "no operation succeeded" }
    return "it proved nothing"
  }

  private var strayed: String {
    let what = "is not deterministic: the same run gave another digest"
    return otherDigest.map { "\(what), first \(digest), then \($0)" } ?? what
  }

  private static func more(_ count: Int) -> String {
    count > 0 ? " (and \(PeopleText.count(UInt64(count))) more)" : ""
  }

  private static func clause(_ detail: String) -> String {
    guard !detail.isEmpty else { return "" }
    // Details are phrases; the sentence ends once.
    return ": " + (detail.hasSuffix(".") ? String(detail.dropLast()) : detail)
  }
}

extension FaultRecord {
  /// What it did: `1 process crashed, 3 unsynced records lost`, with U+00A0 after the numbers.
  package var inWords: String {
    let effects = Effect.allCases.filter { self.effects[$0.rawValue] > 0 }
    var phrases = effects.map { Self.phrase($0, self.effects[$0.rawValue]) }
    if withoutTarget > 0 {
      let times = withoutTarget == 1 ? "once" : "\(PeopleText.count(withoutTarget))\u{A0}times"
      phrases.append("\(times) without a target")
    }
    if effects.isEmpty { phrases.insert("no effect", at: 0) }
    return phrases.joined(separator: ", ")
  }

  private static func phrase(_ effect: Effect, _ count: UInt64) -> String {
    switch effect {
    case .processesCrashed: PeopleText.count(count, one: "process crashed", many: "processes crashed")
    case .recordsLost: PeopleText.count(count, one: "unsynced record lost", many: "unsynced records lost")
    case .processesPaused: PeopleText.count(count, one: "process paused", many: "processes paused")
    case .inputsDelayed: PeopleText.count(count, one: "input delayed", many: "inputs delayed")
    case .messagesCut: PeopleText.count(count, one: "message cut", many: "messages cut")
    case .messagesHeld: PeopleText.count(count, one: "message held", many: "messages held")
    case .messagesAffected: PeopleText.count(count, one: "message affected", many: "messages affected")
    case .syncsAffected: PeopleText.count(count, one: "sync affected", many: "syncs affected")
    case .recordsTorn: PeopleText.count(count, one: "unsynced record torn", many: "unsynced records torn")
    case .recordsSurvived: PeopleText.count(count, one: "unsynced record kept", many: "unsynced records kept")
    case .recordsDamaged: PeopleText.count(count, one: "record damaged", many: "records damaged")
    case .damageFound: PeopleText.count(count, one: "damaged record found", many: "damaged records found")
    case .disksWiped: PeopleText.count(count, one: "disk wiped", many: "disks wiped")
    case .syncsFailed: PeopleText.count(count, one: "sync failed", many: "syncs failed")
    case .syncsLost: PeopleText.count(count, one: "sync lost", many: "syncs lost")
    case .syncsStalled: PeopleText.count(count, one: "sync stalled", many: "syncs stalled")
    case .processesSlowed: PeopleText.count(count, one: "process slowed", many: "processes slowed")
    case .clocksChanged: PeopleText.count(count, one: "clock changed", many: "clocks changed")
    case .processesReconfigured:
      PeopleText.count(count, one: "process reconfigured", many: "processes reconfigured")
    case .commandsGiven: PeopleText.count(count, one: "command given", many: "commands given")
    case .messagesFiltered: PeopleText.count(count, one: "message filtered", many: "messages filtered")
    case .messagesCorrupted: PeopleText.count(count, one: "message corrupted", many: "messages corrupted")
    case .workDelayed: PeopleText.count(count, one: "piece of work delayed", many: "pieces of work delayed")
    case .memoryLeaked: PeopleText.count(count, one: "byte leaked", many: "bytes leaked")
    case .processesKilled: PeopleText.count(count, one: "process out of memory", many: "processes out of memory")
    case .writesMisdirected: PeopleText.count(count, one: "write misdirected", many: "writes misdirected")
    }
  }
}
