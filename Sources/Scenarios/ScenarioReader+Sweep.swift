extension ScenarioReader {
  /// Reads the section, and with it every point of its grid: nothing runs before all of them are scenarios.
  ///
  /// - Parameter tree: the whole scenario.
  static func sweep(_ field: Field?, of tree: Tree) throws(Complaint) -> SweepPlan? {
    guard let field else { return nil }
    let fields = try FieldReader(field.value, name: field.name, keys: Grammar.sweep)
    let seeds = try fields.optional("seeds").map { field throws(Complaint) in try seedRange(field) }
    let variations = try fields.optional("vary").map { field throws(Complaint) in try self.variations(field) } ?? []
    try checkPoints(variations, of: tree)
    return SweepPlan(
      seeds: seeds,
      variations: variations.map { variation in
        SweepPlan.Variation(key: variation.key, alternatives: variation.alternatives.map { Spelling.flow($0) })
      })
  }

  private static func seedRange(_ field: Field) throws(Complaint) -> ClosedRange<UInt64> {
    let expected = "seeds such as 1..1000, both ends included, at most 100,000,000 of them and none above 2⁶³ − 1"
    let text = try field.text(expected)
    let ends = text.split(separator: ".", omittingEmptySubsequences: false)
    guard ends.count == 3, ends[1].isEmpty, let low = try? Units.integer(String(ends[0])),
      let high = try? Units.integer(String(ends[2])), low <= high, high <= SweepPlan.greatestSeed,
      high - low < SweepPlan.seedLimit
    else { throw field.complaint(expected: expected) }
    return low...high
  }

  private struct Variation {
    let key: String
    let place: Place
    let alternatives: [Tree]
  }

  private static func variations(_ field: Field) throws(Complaint) -> [Variation] {
    guard case .map(let entries) = field.value.content, !entries.isEmpty else {
      throw field.complaint(expected: "a map of keys and lists, such as {cluster.nodes: [3, 5, 7]}")
    }
    var variations: [Variation] = []
    var points = 1
    for entry in entries {
      let first = entry.key.split(separator: ".", omittingEmptySubsequences: false).first.map(String.init) ?? ""
      guard !["faultline", "name", "seed", "sweep"].contains(first) else {
        throw Complaint(
          at: entry.place, "\(field.name): \(quoted(entry.key)) is the same at every point of a sweep")
      }
      let alternatives = Field(name: "\(field.name).\(entry.key)", keyPlace: entry.place, value: entry.value)
      let trees = try alternatives.oneOrMore("at least one alternative").map(\.value)
      guard case .list = entry.value.content else {
        throw alternatives.complaint(expected: "a list of alternatives, such as [3, 5, 7]")
      }
      var seen: Set<String> = []
      for tree in trees where !seen.insert(Spelling.flow(tree)).inserted {
        throw Complaint(at: tree.place, "\(alternatives.name): found \(tree.found) twice; expected it once")
      }
      points *= trees.count
      guard points <= SweepPlan.pointLimit else {
        throw Complaint(
          at: entry.place, "\(field.name): found more than 1,000 points; a grid has at most 1,000")
      }
      variations.append(Variation(key: entry.key, place: entry.place, alternatives: trees))
    }
    return variations
  }

  private static func checkPoints(_ variations: [Variation], of tree: Tree) throws(Complaint) {
    guard !variations.isEmpty, case .map(let entries) = tree.content else { return }
    var base = tree
    base.content = .map(entries.filter { $0.key != "sweep" })
    var points: [(tree: Tree, settings: [String])] = [(base, [])]
    for variation in variations {
      var next: [(Tree, [String])] = []
      for point in points {
        for alternative in variation.alternatives {
          var tree = point.tree
          try tree.set(variation.key, at: variation.place, to: alternative)
          next.append((tree, point.settings + ["\(variation.key)=\(Spelling.flow(alternative))"]))
        }
      }
      points = next
    }
    for point in points {
      do throws(Complaint) {
        _ = try scenario(point.tree)
      } catch {
        let place = Place(file: error.file, line: error.line, column: error.column)
        throw Complaint(
          at: place, "\(error.message); so it is at the sweep's point \(point.settings.joined(separator: ", "))")
      }
    }
  }
}
