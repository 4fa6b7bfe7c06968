import Primitives
import Reports

/// A figure for each case, a row for each: where it lies, where it was expected, and between what it may be.
package struct RowsDrawing {
  package struct Row {
    let name: String
    /// One for each range of seeds, with what it says.
    let measured: [(value: Double, title: String)]
    /// nil where nothing is.
    let expected: Double?

    package init(name: String, measured: [(value: Double, title: String)], expected: Double?) {
      self.name = name
      self.measured = measured
      self.expected = expected
    }
  }

  private let title: String
  private let note: String
  private let rows: [Row]
  private let axis: [(value: Double, word: String)]
  private let band: ClosedRange<Double>?
  private let width = 720.0
  private let left = 330.0
  private let step = 17.0

  /// - Parameters:
  ///   - note: what it shows, below the drawing.
  ///   - axis: from the first to the last, ascending; at least two.
  ///   - band: what is shaded: where measured figures may lie.
  package init(
    title: String, note: String, axis: [(value: Double, word: String)], band: ClosedRange<Double>? = nil,
    _ rows: [Row]
  ) {
    self.title = title
    self.note = note
    self.axis = axis
    self.band = band
    self.rows = rows
  }

  /// nil where there is nothing to draw.
  package var svg: String? {
    guard !rows.isEmpty else { return nil }
    let (top, bottom) = (14.0, 14.0 + step * Double(rows.count))
    var svg = SVGText(width: width, height: bottom + 44, title: title, style: PageFrame.style)
    svg.rect("ground", x: 0, y: 0, width: width, height: bottom + 44, title: title)
    if let band {
      let (from, to) = (place(band.lowerBound), place(band.upperBound))
      svg.shape(
        "band", [(from, top), (to, top), (to, bottom), (from, bottom)], hue: 0, title: "where figures may lie")
    }
    for mark in axis {
      svg.line("base", from: (place(mark.value), top), to: (place(mark.value), bottom))
      svg.text(mark.word, "tick", x: place(mark.value), y: bottom + 14, anchor: "middle")
    }
    for (number, row) in rows.enumerated() { draw(row, y: top + step * (Double(number) + 0.5), &svg) }
    svg.text(note, "note", x: 12, y: bottom + 34)
    return svg.finished
  }

  private func draw(_ row: Row, y: Double, _ svg: inout SVGText) {
    svg.text(row.name, "label", x: left - 16, y: y + 4, anchor: "end")
    if let expected = row.expected {
      svg.line(
        "median", from: (place(expected), y - 7.5), to: (place(expected), y + 7.5), title: "\(row.name), expected")
    }
    for (number, each) in row.measured.enumerated() {
      // Those of two ranges that are the same would lie on one another.
      svg.dot(
        "point", x: place(each.value), y: y + (number % 2 == 0 ? -2.5 : 2.5), title: "\(row.name): \(each.title)")
    }
  }

  private func place(_ value: Double) -> Double {
    let (low, high) = (axis.first!.value, axis.last!.value)
    return left + min(1, max(0, (value - low) / (high - low))) * (width - left - 24)
  }
}
