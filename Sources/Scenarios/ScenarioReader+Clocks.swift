import Primitives
import World

extension ScenarioReader {
  static func clocks(_ field: Field?, _ hosts: Hosts) throws(Complaint) -> Scenario.PerHost<ClockProfile> {
    var clocks = Scenario.PerHost(base: ClockProfile.exact)
    guard let field else { return clocks }
    let fields = try FieldReader(field.value, name: field.name, keys: Grammar.clocks)
    let offset = try fields.optional("offset")?.duration() ?? .zero
    clocks.base =
      try fields.optional("drift").map { field throws(Complaint) in
        try profile("drift", field, offset: offset)
      } ?? ClockProfile(slowest: 0, fastest: 0, offset: offset)
    let elements = try fields.optional("hosts")?.list("a list of maps with 'nodes' and how their clocks run") ?? []
    for element in elements {
      let fields = try FieldReader(element.value, name: element.name, keys: Grammar.clockException)
      let members = try hosts.hosts(fields.required("nodes"))
      let (key, error) = try fields.exactlyOne(of: Grammar.clock)
      let offset = try fields.optional("offset")?.duration() ?? clocks.base.offset
      clocks.exceptions.append(.init(hosts: members, profile: try profile(key, error, offset: offset)))
    }
    return clocks
  }

  /// `drift` is how far a clock may err either way, `fast` and `slow` are how far it errs.
  private static func profile(
    _ key: String, _ field: Field, offset: Nanoseconds
  ) throws(Complaint) -> ClockProfile {
    let error = try clockError(field)
    switch key {
    case "fast": return ClockProfile(slowest: error, fastest: error, offset: offset)
    case "slow": return ClockProfile(slowest: -error, fastest: -error, offset: offset)
    default: return ClockProfile(slowest: -error, fastest: error, offset: offset)
    }
  }

  /// How far a clock errs, or is taken to err at most, in parts per million.
  static func clockError(_ field: Field) throws(Complaint) -> Int64 {
    let expected = "a percentage from 0% to 50%, such as 0.1%"
    let parts = try field.quantity(expected) { text throws(Malformed) in try Units.parts(text, decimals: 4) }
    guard parts <= 500_000 else { throw field.complaint(expected: expected) }
    return Int64(parts)
  }
}
