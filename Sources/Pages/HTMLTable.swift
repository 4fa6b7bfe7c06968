import Primitives

/// A table of a page.
struct HTMLTable {
  enum Cell {
    case text(String)
    /// Written by this program, and no one else's words in it.
    case drawing(String)
    /// ns of virtual time, to which the page goes, and to the process of that name where one is named.
    case moment(Int64, of: String? = nil)
    /// Several of them, each with what happened; of more than a dozen the rest are counted.
    case moments([(at: Int64, text: String)])
    /// A sentence and the command that shows it.
    case command(String, command: String)
    /// A line, and smaller ones below it; what is empty is left out.
    case lines([String])
  }

  let heads: [String]
  /// Columns of numbers.
  var numbers: Set<Int> = []
  let rows: [[Cell]]

  private static let most = 12

  func write(into html: inout HTMLText) {
    html.raw("<div class=\"scroll\"><table>")
    if heads.contains(where: { !$0.isEmpty }) {
      html.raw("<thead><tr>")
      for (place, head) in heads.enumerated() {
        html.raw(numbers.contains(place) ? "<th class=\"n\">" : "<th>")
        html.add(head)
        html.raw("</th>")
      }
      html.raw("</tr></thead>")
    }
    html.raw("<tbody>\n")
    for row in rows {
      html.raw("<tr>")
      for (place, cell) in row.enumerated() {
        html.raw(numbers.contains(place) ? "<td class=\"n\">" : "<td>")
        Self.write(cell, &html)
        html.raw("</td>")
      }
      html.raw("</tr>\n")
    }
    html.raw("</tbody></table></div>\n")
  }

  private static func write(_ cell: Cell, _ html: inout HTMLText) {
    switch cell {
    case .text(let text): html.add(text)
    case .drawing(let svg): html.raw(svg)
    case .moment(let at, let process): moment(at, of: process, &html)
    case .moments(let all):
      for (place, each) in all.prefix(most).enumerated() {
        if place > 0 { html.raw("; ") }
        moment(each.at, of: nil, &html)
        html.add(each.text)
      }
      if all.count > most { html.add("; and \(all.count - most) more") }
    case .command(let sentence, let command):
      html.add(sentence)
      html.element("code", "class=\"command\"", command)
    case .lines(let lines):
      html.add(lines.first ?? "")
      for line in lines.dropFirst() where !line.isEmpty {
        html.raw("<br>")
        html.element("small", line)
      }
    }
  }

  private static func moment(_ at: Int64, of process: String?, _ html: inout HTMLText) {
    html.raw("<button type=\"button\" data-goto=\"\(at)\"")
    if let process { html.raw(" data-process=\"\(HTMLText.escaped(process))\"") }
    html.raw(">\(PeopleText.moment(at))</button>")
  }
}
