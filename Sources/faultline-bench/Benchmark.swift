/// One line of the table: what was measured and what it was measured against.
struct Benchmark: Encodable {
  let name: String
  /// The median of the runs.
  let value: Double
  let unit: String
  /// The median of the yardstick's runs, in the same unit; nil where there is none, or where it could not
  /// be built here.
  var reference: Double?

  /// Whether the value is a speed and not a cost.
  var moreIsBetter = false

  /// How many times as fast as the yardstick: above 1 is faster.
  var ratio: Double? { reference.map { moreIsBetter ? value / $0 : $0 / value } }

  private enum CodingKeys: String, CodingKey { case name, value, unit, reference, ratio }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(value, forKey: .value)
    try container.encode(unit, forKey: .unit)
    // Absent values are written as null: every row has the same keys.
    try container.encode(reference, forKey: .reference)
    try container.encode(ratio, forKey: .ratio)
  }
}

/// Benchmarks that are measured together.
protocol BenchmarkGroup {
  /// The first word of its rows' names.
  var name: String { get }

  /// Names of its rows, in order, without measuring.
  var rows: [String] { get }

  /// Others, which are measured only where they are asked for by name: they take minutes.
  var longRows: [String] { get }

  /// Measures one row.
  func measure(_ row: String, options: Options) throws -> Benchmark
}

extension BenchmarkGroup {
  var longRows: [String] { [] }
}

/// The middle value; the mean of the two middle ones of an even number.
func median(_ values: [Double]) -> Double {
  precondition(!values.isEmpty, "no runs, no median")
  let sorted = values.sorted()
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
