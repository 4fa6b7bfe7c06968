import Primitives
import World

/// Faults that go on in turns.
extension FaultReader {
  /// Links that come and go; turns are at least a millisecond, so that time moves.
  func flap(_ field: Field) throws(Complaint) -> Flap {
    let fields = try FieldReader(field.value, name: field.name, keys: Grammar.flap)
    func turn(_ key: String) throws(Complaint) -> Distribution {
      let field = try fields.required(key)
      let distribution = try field.distribution()
      guard distribution.minimum >= .milliseconds(1) else {
        throw Complaint(
          at: field.value.place,
          "\(field.name): the shortest turn is \(Units.text(distribution.minimum)); expected none below 1ms")
      }
      return distribution
    }
    return Flap(up: try turn("up"), down: try turn("down"))
  }

  func rollingRestart(_ field: Field) throws(Complaint) -> FaultAction {
    let fields = try FieldReader(field.value, name: field.name, keys: Grammar.rollingRestart)
    return .roll(
      try selector(fields.required("nodes")), each: try fields.required("each").positiveDuration(),
      between: try fields.required("between").positiveDuration(),
      variant: try fields.optional("variant").map(variant))
  }

  /// A rolling restart has the time to reach everybody.
  ///
  /// - Parameter length: how long the fault lasts.
  func refuseTooShort(_ action: FaultAction, _ fields: FieldReader, lasting length: Nanoseconds) throws(Complaint) {
    guard case .roll(let selector, let each, let between, _) = action,
      let field = fields.optional("rolling_restart")
    else { return }
    let most = Int64(mostHosts(selector))
    guard each + between > length / max(1, most) else { return }
    let whom = most == 1 ? "a process" : "up to \(most) processes"
    throw Complaint(
      at: field.value.place,
      "\(field.name): \(whom), down for \(Units.text(each)) and then up for \(Units.text(between)), "
        + "would not have their turns in \(Units.text(length)); expected the fault to last longer")
  }

  private func mostHosts(_ selector: Selector) -> Int {
    let count = hosts.nodes.count
    switch selector {
    case .hosts(let members): return members.count
    case .tagged, .random: return 1
    case .majority: return count / 2 + 1
    case .minority, .some: return max(1, (count - 1) / 2)
    case .allTagged, .all, .others: return count
    case .clients: return hosts.clients
    case .domain(let domain, .number(let number)): return hosts.domains(domain)[number].hosts.count
    case .domain(let domain, _): return hosts.domains(domain).map(\.hosts.count).max() ?? 0
    }
  }
}
