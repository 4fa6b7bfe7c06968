import Primitives

/// Writes an SVG in the style of the page, with a scale of time. Coordinates have one digit behind the point.
struct SVGText {
  private var text: String

  /// - Parameter style: CSS; empty where the drawing stands in a page.
  init(width: Double, height: Double, title: String, style: String) {
    text = """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(Self.number(width))" height="\(Self.number(height))" \
      viewBox="0 0 \(Self.number(width)) \(Self.number(height))" role="img">\
      <title>\(HTMLText.escaped(title))</title>

      """
    if !style.isEmpty { text += "<style>\n\(HTMLText.escaped(style))</style>\n" }
  }

  var finished: String { text + "</svg>\n" }

  mutating func text(_ content: String, _ kind: String, x: Double, y: Double, anchor: String = "") {
    let anchor = anchor.isEmpty ? "" : " text-anchor=\"\(anchor)\""
    text +=
      "<text class=\"\(HTMLText.escaped(kind))\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\"\(anchor)>\(HTMLText.escaped(content))</text>\n"
  }

  /// - Parameter hue: a term, whose colour it has; empty for none.
  mutating func rect(
    _ kind: String, x: Double, y: Double, width: Double, height: Double, hue: String = "", title: String
  ) {
    let style = UInt64(hue).map { " style=\"--hue:var(--term-\($0 % 8))\"" } ?? ""
    text +=
      "<rect class=\"\(HTMLText.escaped(kind))\"\(style) x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" "
      + "width=\"\(Self.number(width))\" height=\"\(Self.number(height))\"><title>\(HTMLText.escaped(title))</title></rect>\n"
  }

  mutating func line(_ kind: String, from: (Double, Double), to: (Double, Double), title: String = "") {
    let title = title.isEmpty ? "" : "<title>\(HTMLText.escaped(title))</title>"
    text +=
      "<path class=\"\(kind)\" d=\"M\(Self.number(from.0)) \(Self.number(from.1))L\(Self.number(to.0)) \(Self.number(to.1))\">\(title)</path>\n"
  }

  mutating func dot(_ kind: String, x: Double, y: Double, title: String) {
    text +=
      "<circle class=\"\(kind)\" cx=\"\(Self.number(x))\" cy=\"\(Self.number(y))\" r=\"1.8\"><title>\(HTMLText.escaped(title))</title></circle>\n"
  }

  mutating func cross(_ x: Double, _ y: Double) {
    text += "<path class=\"cross\" d=\"M\(Self.number(x - 3.5)) \(Self.number(y - 3.5))l7 7m0 -7l-7 7\"/>\n"
  }

  /// The head of an arrow.
  mutating func head(_ kind: String, from: (Double, Double), to: (Double, Double)) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1)
    let length = max(0.001, (dx * dx + dy * dy).squareRoot())
    let (ux, uy) = (dx / length * 6, dy / length * 6)
    // A third of a right angle to either side: cosine 0.92, sine 0.39.
    func wing(_ side: Double) -> String {
      "\(Self.number(to.0 - ux * 0.92 + side * uy * 0.39)) \(Self.number(to.1 - uy * 0.92 - side * ux * 0.39))"
    }
    text +=
      "<path class=\"head \(kind)\" d=\"M\(wing(1))L\(Self.number(to.0)) \(Self.number(to.1))L\(wing(-1))\"/>\n"
  }

  /// - Parameter hue: of eight.
  mutating func shape(_ kind: String, _ points: [(Double, Double)], hue: Int, title: String) {
    path(kind, points, hue: hue, title: title, end: "Z")
  }

  mutating func path(_ kind: String, _ points: [(Double, Double)], hue: Int, title: String, end: String = "") {
    let line = points.map { "\(Self.number($0.0)) \(Self.number($0.1))" }.joined(separator: "L")
    text +=
      "<path class=\"\(kind)\" style=\"--hue:var(--term-\(hue % 8))\" d=\"M\(line)\(end)\"><title>\(HTMLText.escaped(title))</title></path>\n"
  }

  /// A curve that is level from each point to the next.
  ///
  /// - Parameter base: where it begins.
  mutating func steps(_ kind: String, _ points: [(Double, Double)], from base: Double, hue: Int, title: String) {
    guard let first = points.first else { return }
    var line = "M\(Self.number(first.0)) \(Self.number(base))"
    for point in points { line += "H\(Self.number(point.0))V\(Self.number(point.1))" }
    text +=
      "<path class=\"\(kind)\" style=\"--hue:var(--term-\(hue % 8))\" d=\"\(line)\"><title>\(HTMLText.escaped(title))</title></path>\n"
  }

  /// Marks of time at round distances.
  mutating func scale(from: Int64, until: Int64, left: Double, width: Double, y: Double) {
    let span = max(1, until - from)
    let rough = max(1, span / 8)
    var power: Int64 = 1
    while power <= rough / 10 { power *= 10 }
    let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough } ?? power * 10
    var at = (from + step - 1) / step * step
    while at <= until {
      let x = left + Double(at - from) / Double(span) * width
      line("tick", from: (x, y), to: (x, y + 5))
      text(PeopleText.moment(at), "tick", x: x, y: y + 17, anchor: "middle")
      at += step
    }
  }

  private static func number(_ value: Double) -> String {
    let tenths = Int64((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
  }
}
