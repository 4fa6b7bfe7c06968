import Foundation

/// How rows are printed: each as soon as it is measured.
struct Table {
  let format: Options.Format

  func printHeader() {
    guard format == .text else { return }
    print(Self.line("benchmark", "value", "reference", "ratio", "unit"))
  }

  func printRow(_ row: Benchmark) throws {
    switch format {
    case .text:
      print(
        Self.line(
          row.name, Self.number(row.value), row.reference.map(Self.number) ?? "-",
          row.ratio.map { Self.number($0) + "x" } ?? "-", row.unit))
    case .json:
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      print(String(decoding: try encoder.encode(row), as: UTF8.self))
    }
  }

  private static func number(_ value: Double) -> String { String(format: "%.2f", value) }

  private static func line(_ name: String, _ value: String, _ reference: String, _ ratio: String, _ unit: String)
    -> String
  {
    func left(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - text.count))
    }
    func right(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    return left(name, 32) + right(value, 10) + right(reference, 12) + right(ratio, 10) + "  " + unit
  }
}
