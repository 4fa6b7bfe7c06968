import Primitives

/// Text → `Yardstick`, with the scenarios that it names.
package enum YardstickReader {
  private static let top = [
    "yardstick", "name", "title", "source", "notes", "scenario", "elections", "runs", "gate", "cases", "order",
  ]
  private static let caseKeys = ["name", "scenario", "set", "published", "gate", "holds"]
  private static let publishedKeys = ["mean", "quantiles", "split_vote", "of"]
  private static let gateKeys = ["ks", "mean", "median", "split_vote"]

  /// A scenario by itself is a yardstick too: its first votes are held against the formula.
  ///
  /// - Parameter settings: put in the place of what every scenario has, behind what the file sets.
  /// - Throws: the first thing wrong with the file, or with a scenario that it names.
  package static func read(
    path: String, settings: [(key: String, value: String)] = []
  ) throws(Complaint) -> Yardstick {
    let text = try SourceText.read(path: path)
    guard let tree = try YAMLTree.read(text: text, file: path) else {
      throw Complaint(
        at: Place(file: path), "the file is empty; expected a yardstick, which begins with 'yardstick: 1'")
    }
    if case .map(let entries) = tree.content, entries.contains(where: { $0.key == "faultline" }) {
      return try ofScenario(ScenarioReader.read(path: path, settings: settings), path, settings)
    }
    let fields = try FieldReader(tree, name: "", keys: top, whole: "the yardstick")
    _ = try fields.required("yardstick").integer(in: 1...1)
    let shared = try fields.optional("gate").map(gate) ?? Yardstick.Gate()
    var cases: [Yardstick.Case] = []
    let home = folder(of: path)
    for element in try fields.required("cases").list("a list of cases") {
      let next = try read(element, of: fields, in: home, shared, settings)
      guard !cases.contains(where: { $0.name == next.name }) else {
        throw Complaint(at: element.value.place, "cases: \(quoted(next.name)) is there twice; expected it once")
      }
      cases.append(next)
    }
    guard !cases.isEmpty else { throw try fields.required("cases").complaint(expected: "at least one case") }
    let name = try fields.required("name")
    guard ScenarioReader.isName(try name.text("a name"), limit: 64) else {
      throw name.complaint(expected: "a name of a to z, 0 to 9 and '-'")
    }
    let trials = try trials(fields)
    let orders = try orders(fields.optional("order"), cases)
    try refuseOpenCases(cases, trials, orders, fields)
    return Yardstick(
      name: try name.text("a name"), title: try fields.required("title").text("a title"),
      source: try fields.required("source").text("where it was published"),
      notes: try fields.optional("notes")?.text("a text") ?? "", trials: trials, cases: cases, orders: orders)
  }

  private static func ofScenario(
    _ scenario: Scenario, _ path: String, _ settings: [(key: String, value: String)]
  ) throws(Complaint) -> Yardstick {
    guard case .raftKV = scenario.cluster.program else {
      throw Complaint(
        at: Place(file: path),
        "the scenario is of the program '\(scenario.cluster.program.name)'; expected 'raft-kv', or a yardstick")
    }
    var only = Yardstick.Case(name: scenario.name, path: path, settings: settings, scenario: scenario)
    only.gate = Yardstick.Gate(splitVote: .closedForm)
    return Yardstick(
      name: scenario.name, title: scenario.name, source: "Ongaro's formula for split votes", notes: "",
      trials: .elections(100_000), cases: [only], orders: [])
  }

  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
  }

  private static func trials(_ fields: FieldReader) throws(Complaint) -> Yardstick.Trials {
    let (key, field) = try fields.exactlyOne(of: ["elections", "runs"])
    let count = Int(try field.integer(in: 1...UInt64(Yardstick.mostTrials)))
    return key == "elections" ? .elections(count) : .runs(count)
  }

  // MARK: Cases

  private static func read(
    _ field: Field, of yardstick: FieldReader, in home: String, _ shared: Yardstick.Gate,
    _ extra: [(key: String, value: String)]
  ) throws(Complaint) -> Yardstick.Case {
    let fields = try FieldReader(field.value, name: "cases", keys: caseKeys)
    let label = try fields.required("name")
    let name = try label.text("a name")
    guard !name.isEmpty, !name.contains("|") else { throw label.complaint(expected: "a name without '|'") }
    guard let file = fields.optional("scenario") ?? yardstick.optional("scenario") else {
      throw Complaint(
        at: field.value.place, "cases: \(quoted(name)) has no scenario; expected one here or for all cases")
    }
    let named = try file.text("the path of a scenario")
    let path = named.hasPrefix("/") ? named : home + named
    var settings: [(key: String, value: String)] = []
    if let set = fields.optional("set") {
      guard case .map(let entries) = set.value.content else {
        throw set.complaint(expected: "settings, such as {cluster.nodes: 7}")
      }
      settings = entries.map { ($0.key, flow($0.value)) }
    }
    let scenario: Scenario
    do {
      // First alone: what is wrong with the file's own settings is the file's.
      if !extra.isEmpty { _ = try ScenarioReader.read(path: path, settings: settings) }
      scenario = try ScenarioReader.read(path: path, settings: settings + extra)
    } catch  where error.file == "--set" && extra.isEmpty {
      throw Complaint(at: (fields.optional("set") ?? field).value.place, "cases: \(quoted(name)): \(error.message)")
    }
    guard case .raftKV = scenario.cluster.program else {
      throw Complaint(
        at: field.value.place,
        "cases: \(quoted(name)): \(path) is of the program '\(scenario.cluster.program.name)'; expected 'raft-kv'")
    }
    var read = Yardstick.Case(
      name: name, path: normal(path), settings: settings + extra, scenario: scenario)
    read.published = try fields.optional("published").map(published) ?? .init()
    read.gate = try fields.optional("gate").map(gate) ?? shared
    if let holds = fields.optional("holds") {
      let word = try holds.word(of: ["true", "false", "told"])
      read.holds = word == "told" ? nil : word == "true"
      read.isTold = word == "told"
    }
    try refuseGatesWithoutFigures(read, field)
    return read
  }

  /// A gate without a figure behind it would always be open.
  private static func refuseGatesWithoutFigures(_ read: Yardstick.Case, _ field: Field) throws(Complaint) {
    let (gate, published) = (read.gate, read.published)
    let missing: String? =
      if gate.distance != nil, published.quantiles.isEmpty {
        "'ks' needs quantiles"
      } else if gate.mean != nil, published.mean == nil {
        "'mean' needs a mean"
      } else if gate.median != nil, published.median == nil {
        "'median' needs the quantile of 50%"
      } else if gate.splitVote == .published, published.splitVote == nil || published.count == nil {
        "'split_vote: published' needs a share and 'of' how many"
      } else {
        nil
      }
    if let missing { throw Complaint(at: field.value.place, "cases: \(quoted(read.name)): the gate \(missing)") }
  }

  private static func published(_ field: Field) throws(Complaint) -> Yardstick.Published {
    let fields = try FieldReader(field.value, name: field.name, keys: publishedKeys)
    var published = Yardstick.Published()
    published.mean = try fields.optional("mean")?.positiveDuration()
    if let share = fields.optional("split_vote") {
      published.splitVote = try share.percentage()
      let places = try share.text("a share").drop { $0 != "." }.count { $0.isNumber }
      published.digit = (0..<places).reduce(0.01) { digit, _ in digit / 10 }
    }
    published.count = try fields.optional("of")?.integer(in: 1...1_000_000_000)
    guard let quantiles = fields.optional("quantiles") else { return published }
    guard case .map(let entries) = quantiles.value.content else {
      throw quantiles.complaint(expected: "lengths of time by share, such as {50%: 120ms}")
    }
    for entry in entries {
      let value = Field(name: quantiles.name, keyPlace: entry.place, value: entry.value)
      guard let share = try? Units.percentage(entry.key) else {
        throw Complaint(
          at: entry.place, "\(quantiles.name): found \(quoted(entry.key)); expected a share such as 50%")
      }
      let next = Yardstick.Quantile(share: share, value: try value.positiveDuration())
      if let last = published.quantiles.last, last.share.double >= share.double || last.value > next.value {
        throw Complaint(at: entry.place, "\(quantiles.name): \(quoted(entry.key)) is not above the one before it")
      }
      published.quantiles.append(next)
    }
    return published
  }

  /// What nothing is asked of would always pass, and what is asked in vain would look as if it had.
  private static func refuseOpenCases(
    _ cases: [Yardstick.Case], _ trials: Yardstick.Trials, _ orders: [Yardstick.Order], _ fields: FieldReader
  ) throws(Complaint) {
    let field = try fields.required("cases")
    let elements = try field.list("a list of cases")
    for (place, each) in cases.enumerated() {
      func refuse(_ words: String) -> Complaint {
        Complaint(at: elements[place].value.place, "cases: \(quoted(each.name)) \(words)")
      }
      switch trials {
      case .runs:
        guard each.gate == .init(), each.published == .init() else {
          throw refuse("is of whole runs, which have no 'gate' and nothing 'published'; expected 'holds' alone")
        }
        guard each.holds != nil || each.isTold else { throw refuse("has no 'holds'; expected true, false or told") }
      case .elections:
        guard each.holds == nil, !each.isTold else {
          throw refuse("is of elections, of which nothing 'holds'; expected a gate")
        }
        guard each.gate != .init() || orders.contains(where: { $0.cases.contains(place) }) else {
          throw refuse("has no gate and no place in an order; expected one of the two")
        }
      }
    }
    if case .runs = trials, let order = fields.optional("order") {
      throw Complaint(at: order.keyPlace, "order: whole runs have no times; expected 'elections'")
    }
  }

  private static func gate(_ field: Field) throws(Complaint) -> Yardstick.Gate {
    let fields = try FieldReader(field.value, name: field.name, keys: gateKeys)
    func below(_ key: String) throws(Complaint) -> Ratio? {
      guard let field = fields.optional(key) else { return nil }
      let share = try field.percentage()
      guard share != .one, !share.isZero else {
        throw field.complaint(expected: "a share above 0 % and below 100 %")
      }
      return share
    }
    return Yardstick.Gate(
      distance: try below("ks"), mean: try below("mean"), median: try below("median"),
      splitVote: try fields.optional("split_vote")?.word(Yardstick.Gate.SplitVote.self))
  }

  private static func orders(_ field: Field?, _ cases: [Yardstick.Case]) throws(Complaint) -> [Yardstick.Order] {
    var orders: [Yardstick.Order] = []
    for element in try field?.list("a list of orders") ?? [] {
      let fields = try FieldReader(element.value, name: "order", keys: ["cases", "factor"])
      var places: [Int] = []
      for name in try fields.required("cases").list("the names of cases, the fastest first") {
        let text = try name.text("the name of a case")
        guard let place = cases.firstIndex(where: { $0.name == text }) else {
          throw name.complaint(expected: "the name of a case" + suggestion(for: text, among: cases.map(\.name)))
        }
        guard !places.contains(place) else {
          throw Complaint(at: name.value.place, "order.cases: \(quoted(text)) is there twice; expected it once")
        }
        places.append(place)
      }
      guard places.count > 1 else { throw try fields.required("cases").complaint(expected: "at least two cases") }
      orders.append(
        Yardstick.Order(cases: places, factor: try fields.optional("factor")?.integer(in: 1...1_000_000) ?? 1))
    }
    return orders
  }

  // MARK: Texts

  /// For people: without `.`, and without `..` behind a folder's name.
  private static func normal(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/", omittingEmptySubsequences: false) where part != "." {
      if part == "..", let last = parts.last, last != "..", !last.isEmpty {
        parts.removeLast()
      } else {
        parts.append(part)
      }
    }
    return parts.joined(separator: "/")
  }

  /// As a setting is written on a command line.
  private static func flow(_ tree: Tree) -> String {
    switch tree.content {
    case .text(let text, let plain): plain ? text : Spelling.quoted(text)
    case .list(let elements): Spelling.list(elements.map(flow))
    case .map(let entries): Spelling.map(entries.map { ($0.key, flow($0.value)) })
    }
  }
}

extension Yardstick.Published {
  package var median: Nanoseconds? { quantiles.first { $0.share == Ratio(1, 2) }?.value }
}
