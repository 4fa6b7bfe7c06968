import Primitives
import World

extension ScenarioReader {
  /// `earliest`, `mixed`, or a strategy with its settings, as in `{pct: {depth: 3, window: 5ms}}`.
  static func schedule(_ field: Field?, _ duration: Nanoseconds) throws(Complaint) -> Scenario.Schedule {
    guard let field else { return .plan(.earliest) }
    guard case .map = field.value.content else {
      switch try field.word(of: ["earliest", "mixed"] + Grammar.schedules) {
      case "earliest": return .plan(.earliest)
      case "mixed": return .mixed
      case "pct": return .plan(.standardPriorities)
      default: return .plan(.standardDelays)
      }
    }
    let fields = try FieldReader(field.value, name: field.name, keys: Grammar.schedules)
    let (key, strategy) = try fields.exactlyOne(of: Grammar.schedules)
    return .plan(try key == "pct" ? priorities(strategy, duration) : delays(strategy, duration))
  }

  private static func priorities(_ field: Field, _ duration: Nanoseconds) throws(Complaint) -> SchedulePlan {
    let fields = try FieldReader(field.value, name: field.name, keys: Grammar.pct)
    let depth = try fields.optional("depth")?.integer(in: 1...100) ?? 3
    let window = try length(fields.optional("window"), within: duration) ?? SchedulePlan.standardWindow
    let holder = try fields.optional("priorities")?.word(SchedulePlan.PriorityHolder.self) ?? .links
    return .priorities(depth: Int(depth), window: window, of: holder)
  }

  private static func delays(_ field: Field, _ duration: Nanoseconds) throws(Complaint) -> SchedulePlan {
    let fields = try FieldReader(field.value, name: field.name, keys: Grammar.delays)
    let bound = try fields.optional("bound")?.integer(in: 1...1_000) ?? 5
    return .delays(
      bound: Int(bound), by: try length(fields.optional("by"), within: duration) ?? SchedulePlan.standardDelay)
  }

  private static func length(_ field: Field?, within duration: Nanoseconds) throws(Complaint) -> Nanoseconds? {
    guard let field else { return nil }
    let length = try field.positiveDuration()
    guard length <= duration else {
      throw field.complaint(expected: "a length of time within the duration of \(Units.text(duration))")
    }
    return length
  }
}

extension SchedulePlan {
  static let standardWindow = Nanoseconds.milliseconds(5)
  static let standardDelay = Nanoseconds.milliseconds(10)
  static let standardPriorities = SchedulePlan.priorities(depth: 3, window: standardWindow, of: .links)
  static let standardDelays = SchedulePlan.delays(bound: 5, by: standardDelay)
}

extension Spelling {
  static func schedule(_ schedule: Scenario.Schedule) -> String {
    switch schedule {
    case .mixed: "mixed"
    case .plan(.earliest): "earliest"
    case .plan(.priorities(let depth, let window, let holder)):
      "{pct: "
        + map([("depth", "\(depth)"), ("window", Units.text(window)), ("priorities", holder.rawValue)]) + "}"
    case .plan(.delays(let bound, let time)):
      "{delays: " + map([("bound", "\(bound)"), ("by", Units.text(time))]) + "}"
    }
  }
}
