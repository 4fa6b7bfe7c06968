import Primitives
import World

extension ScenarioReader {
  private static let ids: ClosedRange<UInt64> = 1...4_000_000_000

  static func faults(_ field: Field?, _ reader: FaultReader) throws(Complaint) -> [PlannedFault] {
    var faults: [PlannedFault] = []
    var seen: Set<UInt32> = []
    for (index, element) in try (field?.list("a list of faults") ?? []).enumerated() {
      let (fault, idPlace) = try fault(element, reader, position: index + 1)
      guard seen.insert(fault.id).inserted else {
        throw Complaint(
          at: idPlace,
          "\(element.name): a second fault has the id \(fault.id); expected ids of their own "
            + "(without one, it is the position in the list)"
        )
      }
      faults.append(fault)
    }
    return faults
  }

  private static func fault(
    _ element: Field, _ reader: FaultReader, position: Int
  ) throws(Complaint) -> (PlannedFault, idPlace: Place) {
    guard case .map(let entries) = element.value.content else {
      throw element.complaint(expected: "a map such as {at: 10s, for: 5s, crash: leader}")
    }
    // Which of the two kinds was meant shows in their own keys; both kinds' keys are offered where neither is there.
    let present = Set(entries.map(\.key))
    let repeats = !present.isDisjoint(with: ["every", "between", "one_of"])
    guard repeats || present.contains("at") else {
      _ = try FieldReader(
        element.value, name: element.name, keys: Grammar.timedFault + ["every", "between", "one_of"])
      throw Complaint(
        at: element.value.place,
        "\(element.name): this fault has no time; expected 'at', or 'every' with 'between' and 'one_of'")
    }
    if repeats, let at = entries.first(where: { $0.key == "at" }) {
      throw Complaint(
        at: at.place,
        "\(element.name): 'at' is for a fault that happens once, 'every' for one that repeats; expected one of them"
      )
    }
    let keys = repeats ? Grammar.repeatingFault : Grammar.timedFault
    let fields = try FieldReader(element.value, name: element.name, keys: keys)
    let idField = fields.optional("id")
    let id = try idField?.integer(in: ids) ?? UInt64(position)
    let given = fields.optional("name")
    let name = try given?.text("a text of at most 200 characters")
    if let given, let name, name.isEmpty || name.unicodeScalars.count > 200 {
      throw given.complaint(expected: "a text of 1 to 200 characters")
    }
    let schedule = repeats ? try repeating(fields, reader) : try timed(fields, reader)
    let words = FaultWords(hosts: reader.hosts)
    var fault = PlannedFault(id: UInt32(id), name: name ?? words.name(schedule), schedule: schedule)
    fault.luck = try luck(fields.optional("luck"))
    return (
      fault, (idField?.value ?? element.value).place
    )
  }

  /// `luck: {fault: 3, number: 5}`: the draws of another fault's strike.
  private static func luck(_ field: Field?) throws(Complaint) -> PlannedFault.Luck? {
    guard let field else { return nil }
    let fields = try FieldReader(field.value, name: field.name, keys: ["fault", "number"])
    return PlannedFault.Luck(
      fault: UInt32(try fields.required("fault").integer(in: ids)),
      number: UInt32(try fields.required("number").integer(in: 0...UInt64(UInt32.max))))
  }

  /// Where a core heals, nothing more goes wrong afterwards.
  static func refuseLateFaults(_ faults: [PlannedFault], _ field: Field?, _ span: FaultSpan) throws(Complaint) {
    guard let field, let elements = try? field.list("a list of faults") else { return }
    for (fault, element) in zip(faults, elements) {
      let last: Instant
      switch fault.schedule {
      case .once(let at, _, _): last = at
      case .repeating(let nemesis): last = nemesis.to - Nanoseconds(1)
      }
      guard last >= span.healAt else { continue }
      throw Complaint(
        at: element.value.place,
        "\(field.name): with 'heal: core' nothing begins after heal_at, \(Units.text(span.healAt - .zero)), and this "
          + "fault could; expected its beginning before")
    }
  }

  // MARK: Once

  private static func timed(_ fields: FieldReader, _ reader: FaultReader) throws(Complaint) -> PlannedFault.Schedule
  {
    let span = reader.span
    let atField = try fields.required("at")
    let at = try atField.duration()
    guard at < span.duration else {
      throw atField.complaint(expected: "a moment before the end of the run, at \(Units.text(span.duration))")
    }
    let lasting = fields.optional("for")
    let length = try lasting?.positiveDuration()
    let action = try reader.action(fields)
    if action.isInstant {
      if let lasting {
        throw Complaint(
          at: lasting.keyPlace, "\(lasting.name): \(Self.instantName(action)) is over at once; expected no 'for'")
      }
      return .once(at: .zero + at, until: .zero + at, action)
    }
    guard let length, let lasting else {
      guard .zero + at < span.healAt else {
        throw atField.complaint(
          expected:
            "a moment before heal_at, \(Units.text(span.healAt - .zero)), "
            + "because a fault without 'for' lasts until then"
        )
      }
      try reader.refuseTooShort(action, fields, lasting: span.healAt - (.zero + at))
      return .once(at: .zero + at, until: span.healAt, action)
    }
    guard at + length <= span.duration else {
      throw Complaint(
        at: lasting.value.place,
        "\(lasting.name): the fault would end at \(Units.text(at + length)); "
          + "expected its end within the duration of \(Units.text(span.duration))"
      )
    }
    try reader.refuseTooShort(action, fields, lasting: length)
    return .once(at: .zero + at, until: .zero + at + length, action)
  }

  // MARK: Repeating

  private static func repeating(
    _ fields: FieldReader, _ reader: FaultReader
  ) throws(Complaint) -> PlannedFault.Schedule {
    let everyField = try fields.required("every")
    let every = try everyField.distribution()
    guard every.minimum >= .milliseconds(1) else {
      throw Complaint(
        at: everyField.value.place,
        "\(everyField.name): the shortest interval is \(Units.text(every.minimum)); expected none below 1ms")
    }
    let betweenField = try fields.required("between")
    let between = try betweenField.durationRange()
    let branchesField = try fields.required("one_of")
    var branches: [PlannedFault.Branch] = []
    for element in try branchesField.list("a list of actions") { branches.append(try branch(element, reader)) }
    guard !branches.isEmpty else {
      throw Complaint(
        at: branchesField.value.place, "\(branchesField.name): found an empty list; expected at least one action")
    }
    let end = branches.reduce(between.high) { max($0, between.high + $1.duration) }
    guard end <= reader.span.duration else {
      throw Complaint(
        at: betweenField.value.place,
        "\(betweenField.name): the last fault could end at \(Units.text(end)); "
          + "expected its end within the duration of \(Units.text(reader.span.duration))"
      )
    }
    return .repeating(
      PlannedFault.Nemesis(
        every: every, from: .zero + between.low, to: .zero + between.high, branches: branches,
        swarms: try fields.optional("swarm")?.flag() ?? false,
        oneAtATime: try fields.optional("one_at_a_time")?.flag() ?? false))
  }

  private static func branch(_ element: Field, _ reader: FaultReader) throws(Complaint) -> PlannedFault.Branch {
    let fields = try FieldReader(element.value, name: element.name, keys: Grammar.branch)
    let action = try reader.action(fields)
    let weight = try fields.optional("weight")?.integer(in: 1...1_000_000) ?? 1
    if action.isInstant {
      if let lasting = fields.optional("for") {
        throw Complaint(
          at: lasting.keyPlace, "\(lasting.name): \(Self.instantName(action)) is over at once; expected no 'for'")
      }
      return PlannedFault.Branch(action: action, duration: .zero, weight: weight)
    }
    let duration = try fields.required("for").positiveDuration()
    try reader.refuseTooShort(action, fields, lasting: duration)
    return PlannedFault.Branch(action: action, duration: duration, weight: weight)
  }

  private static func instantName(_ action: FaultAction) -> String {
    switch action {
    case .damage: "damage"
    case .clock: "a step"
    case .reconfigure: "a reconfiguration"
    case .membership, .handover: "a command"
    default: "a restart"
    }
  }
}
