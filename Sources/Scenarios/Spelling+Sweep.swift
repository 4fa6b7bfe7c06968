extension Spelling {
  /// Any part of a scenario on one line.
  static func flow(_ tree: Tree) -> String {
    if tree.isNothing { return "null" }
    return switch tree.content {
    case .text(let text, let plain): plain && isPlain(text) ? text : quoted(text)
    case .list(let elements): list(elements.map(flow))
    case .map(let entries): map(entries.map { (isPlain($0.key) ? $0.key : quoted($0.key), flow($0.value)) })
    }
  }

  /// Whether a text needs no quotation marks, wherever it stands.
  private static func isPlain(_ text: String) -> Bool {
    let isSafe = text.utf8.allSatisfy { byte in
      (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
        || "._%/+-".utf8.contains(byte)
    }
    return isSafe && !text.isEmpty && text != "-" && !text.hasPrefix("---") && !text.hasPrefix("%")
  }

  static func sweep(_ plan: SweepPlan) -> String {
    var pairs: Pairs = []
    if let seeds = plan.seeds { pairs.append(("seeds", "\(seeds.lowerBound)..\(seeds.upperBound)")) }
    if !plan.variations.isEmpty {
      let vary = plan.variations.map { variation in
        (isPlain(variation.key) ? variation.key : quoted(variation.key), list(variation.alternatives))
      }
      pairs.append(("vary", map(vary)))
    }
    return map(pairs)
  }
}
