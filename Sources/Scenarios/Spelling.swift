import Primitives
import Programs
import Raft
import World

/// The parts of a scenario as pieces of canonical YAML, each on one line.
enum Spelling {
  typealias Pairs = [(key: String, value: String)]

  static func map(_ pairs: Pairs) -> String {
    "{" + pairs.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + "}"
  }

  static func list(_ elements: [String]) -> String { "[" + elements.joined(separator: ", ") + "]" }

  static func moment(_ instant: Instant) -> String { Units.text(instant - .zero) }

  // MARK: Texts

  /// A name as it is, in quotation marks where YAML readers could take it for something other than a text.
  static func word(_ name: String) -> String {
    let others = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
    let digit = name.utf8.first.map { (48...57).contains($0) } ?? true
    return digit || others.contains(name) ? quoted(name) : name
  }

  /// Any text as a double-quoted scalar on one line.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case " "..."~": result.unicodeScalars.append(scalar)
      default: result += shown(scalar)
      }
    }
    return result + "\""
  }

  private static func shown(_ scalar: Unicode.Scalar) -> String {
    let value = scalar.value
    let separator = (0x2028...0x2029).contains(value)
    // What a text file may hold stays readable; the rest is escaped.
    let legible =
      (0xA1...0xD7FF).contains(value) || (0xE000...0xFDCF).contains(value)
      || (0xFDF0...0xFEFE).contains(value) || (0xFF00...0xFFFD).contains(value)
      || (0x10000...0x1FFFD).contains(value)
    guard separator || !legible else { return String(scalar) }
    let code = String(value, radix: 16, uppercase: true)
    return "\\U" + String(repeating: "0", count: 8 - code.count) + code
  }

  // MARK: Hosts

  static func hosts(_ members: [NodeID], _ hosts: Hosts) -> String {
    let names = members.map { word(hosts.name(of: $0)) }
    return names.count == 1 ? names[0] : list(names)
  }

  static func selector(_ selector: Selector, _ hosts: Hosts) -> String {
    if case .hosts(let members) = selector { return self.hosts(members, hosts) }
    if case .domain(let domain, let choice) = selector { return self.domain(domain, choice, hosts) }
    return selector.word ?? "[]"
  }

  // MARK: Quantities

  /// - Parameter plainRange: writes a uniform one as `1ms..5ms`, for fields that take no other.
  static func distribution(_ distribution: Distribution, plainRange: Bool = false) -> String {
    switch distribution {
    case .constant(let value): "{constant: \(Units.text(value))}"
    case .uniform(let low, let high):
      plainRange
        ? "\(Units.text(low))..\(Units.text(high))" : "{uniform: [\(Units.text(low)), \(Units.text(high))]}"
    case .exponential(let minimum, let mean):
      "{exponential: {mean: \(Units.text(mean)), min: \(Units.text(minimum))}}"
    case .truncatedNormal(let mean, let deviation, let low, let high):
      "{normal: {mean: \(Units.text(mean)), deviation: \(Units.text(deviation)), "
        + "min: \(Units.text(low)), max: \(Units.text(high))}}"
    case .logNormal(let median, let p99): "{lognormal: {median: \(Units.text(median)), p99: \(Units.text(p99))}}"
    }
  }

  static func link(_ change: LinkChange) -> Pairs {
    let pairs: [(String, String?)] = [
      ("transport", change.transport?.rawValue),
      ("latency", change.latency.map { distribution($0) }),
      ("loss", change.loss.map(Units.text)),
      ("drop", change.drop.map(Units.text)), ("corruption", change.corruption.map(Units.text)),
      ("duplication", change.duplication.map(Units.text)),
      ("reordering", change.reordering.map(Units.text)),
      ("reorder_delay", change.reorderDelay.map { distribution($0) }),
      ("bandwidth", change.bandwidth.map(Units.bandwidthText)),
      ("queue", change.queueLimit.map(Units.sizeText)),
      ("setup", change.setup.map { distribution($0) }), ("setup_timeout", change.setupTimeout.map(Units.text)),
      ("setup_failure", change.setupFailure.map(Units.text)),
      ("reconnect", change.reconnect.map { map(backoff($0)) }),
    ]
    return pairs.compactMap { key, value in value.map { (key, $0) } }
  }

  static func disk(_ profile: DiskProfile) -> Pairs {
    disk(
      DiskChange(
        write: profile.write, sync: profile.sync, failure: profile.failure, lost: profile.lost,
        misdirected: profile.misdirected, unsynced: profile.unsynced))
  }

  static func disk(_ change: DiskChange) -> Pairs {
    let pairs: [(String, String?)] = [
      ("write", change.write.map { distribution($0) }), ("sync", change.sync.map { distribution($0) }),
      ("failure", change.failure.map(Units.text)), ("lost", change.lost.map(Units.text)),
      ("misdirected", change.misdirected.map(Units.text)), ("unsynced", change.unsynced?.rawValue),
      ("full", change.isFull.map { "\($0)" }), ("stall", change.stalls.map { "\($0)" }),
    ]
    return pairs.compactMap { key, value in value.map { (key, $0) } }
  }

  static func clock(_ profile: ClockProfile) -> Pairs {
    let key =
      profile.slowest != profile.fastest || profile == .exact ? "drift" : profile.fastest > 0 ? "fast" : "slow"
    return [
      (key, clockError(max(abs(profile.slowest), abs(profile.fastest)))), ("offset", Units.text(profile.offset)),
    ]
  }

  private static func clock(_ change: ClockChange) -> (String, String) {
    switch change {
    case .step(let distance):
      ("step", distance < .zero ? "-" + Units.text(.zero - distance) : Units.text(distance))
    case .slew(let millionths): ("slew", clockError(millionths))
    case .drift(let millionths): (millionths < 0 ? "slow" : "fast", clockError(abs(millionths)))
    case .freeze: ("freeze", "true")
    }
  }

  static func clockError(_ millionths: Int64) -> String { Units.decimalText(UInt64(millionths), scale: 4) + "%" }

  // MARK: Faults

  static func action(_ action: FaultAction, _ hosts: Hosts) -> Pairs {
    switch action {
    case .crash(let selector): [("crash", self.selector(selector, hosts))]
    case .power(let selector): [("power", self.selector(selector, hosts))]
    case .restart(let selector): [("restart", self.selector(selector, hosts))]
    case .pause(let selector): [("pause", self.selector(selector, hosts))]
    case .disk(let selector, let change):
      [("disk", map([("nodes", self.selector(selector, hosts))] + disk(change)))]
    case .clock(let selector, let change):
      [("clock", map([("nodes", self.selector(selector, hosts)), clock(change)]))]
    case .slow(let selector, let time):
      [("slow", map([("nodes", self.selector(selector, hosts)), ("each", distribution(time))]))]
    case .load(let selector, let share, let ends):
      [
        (
          "load",
          map([
            ("nodes", self.selector(selector, hosts)), ("cpu", Units.decimalText(share, scale: 4) + "%"),
            ("of", Grammar.loadOwners[ends ? 0 : 1]),
          ])
        )
      ]
    case .leak(let selector, let rate):
      [("leak", map([("nodes", self.selector(selector, hosts)), ("rate", Units.bandwidthText(rate))]))]
    case .damage(let selector, let records):
      [("damage", map([("nodes", self.selector(selector, hosts)), ("records", "\(records)")]))]
    case .wipe(let selector): [("wipe", self.selector(selector, hosts))]
    case .membership(let parts):
      [
        (
          "membership",
          parts.isEmpty
            ? "abandon" : map(parts.map { (Grammar.membership[$0.wish.rawValue], self.selector($0.who, hosts)) })
        )
      ]
    case .handover(let selector): [("handover", self.selector(selector, hosts))]
    case .roll(let selector, let each, let between, let variant):
      [
        (
          "rolling_restart",
          map(
            [
              ("nodes", self.selector(selector, hosts)), ("each", Units.text(each)),
              ("between", Units.text(between)),
            ]
              + (variant.map { [("variant", word(hosts.variants[$0]))] } ?? []))
        )
      ]
    case .reconfigure(let selector, let variant):
      [
        (
          "reconfigure",
          map([("nodes", self.selector(selector, hosts)), ("variant", word(hosts.variants[variant]))])
        )
      ]
    case .partition(let shape, let hold, let flap):
      [("partition", self.shape(shape, hosts)), ("hold", hold ? "true" : "false")]
        + (flap.map { [("flap", map([("up", distribution($0.up)), ("down", distribution($0.down))]))] } ?? [])
    case .link(let from, let to, let change):
      [
        (
          "link",
          map([("from", selector(from, hosts)), ("to", selector(to, hosts))] + link(change) + kinds(change, hosts))
        )
      ]
    }
  }

  // MARK: Choices

  static func choice(_ choice: NamedChoice, _ hosts: Hosts) -> Pairs {
    var pairs: Pairs
    switch choice.subject {
    case .message(let kind, let from, let to):
      pairs = [
        ("message", hosts.program.messageKinds[Int(kind)]), ("from", word(hosts.name(of: from))),
        ("to", word(hosts.name(of: to))), ("number", "\(choice.number)"),
      ]
    case .node(let node): pairs = [("node", word(hosts.name(of: node))), ("number", "\(choice.number)")]
    case .fault(let id): pairs = [("fault", "\(id)"), ("number", "\(choice.number)")]
    case .operation: pairs = [("operation", "\(choice.number)")]
    }
    let value =
      switch choice.value {
      case .truth(let truth): "\(truth)"
      case .number(let number): "\(number)"
      case .length(let length): Units.text(length)
      }
    return pairs + [(NamedChoice.Words.word(choice.purpose), value)]
  }

  private static func kinds(_ change: LinkChange, _ hosts: Hosts) -> Pairs {
    guard change.kinds != .max else { return [] }
    let names = hosts.program.messageKinds.enumerated().filter { change.kinds >> UInt16($0.offset) & 1 == 1 }
    return [("kinds", list(names.map(\.element)))]
  }

  private static func shape(_ shape: PartitionShape, _ hosts: Hosts) -> String {
    switch shape {
    case .halves: "halves"
    case .bridge: "bridge"
    case .ring: "ring"
    case .circle(let order): "{ring: \(list(order.map { word(hosts.name(of: $0)) }))}"
    case .domains(let domain): "\(domain.rawValue)s"
    case .isolate(let selector): "{isolate: \(self.selector(selector, hosts))}"
    case .oneWay(let from, let to): map([("from", selector(from, hosts)), ("to", selector(to, hosts))])
    case .groups(let groups):
      "{groups: \(list(groups.map { list($0.map { word(hosts.name(of: $0)) }) }))}"
    }
  }
}

extension LinkProfile {
  /// The change that makes this profile of any other; a missing bandwidth stays missing.
  var everything: LinkChange {
    var change = LinkChange()
    change.transport = transport
    change.latency = latency
    change.loss = loss
    change.duplication = duplication
    change.reordering = reordering
    change.reorderDelay = reorderDelay
    change.bandwidth = bandwidth
    change.queueLimit = queueLimit
    change.drop = drop
    change.corruption = corruption
    change.setup = setup
    change.setupTimeout = setupTimeout
    change.setupFailure = setupFailure
    change.reconnect = reconnect
    return change
  }
}
