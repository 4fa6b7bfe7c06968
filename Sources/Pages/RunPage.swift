import Foundation
import Primitives
import Reports
import World

/// `report.html`: a run on one page that needs nothing else. The same run gives the same bytes.
package struct RunPage {
  private let record: RunRecord
  private let story: RunStory
  /// gzip (RFC 1952).
  private let compressed: ([UInt8]) -> [UInt8]
  private var summary: RunSummary { record.summary }

  package init(_ record: RunRecord, compressed: @escaping ([UInt8]) -> [UInt8]) {
    self.record = record
    story = RunStory(record)
    self.compressed = compressed
  }

  package var bytes: [UInt8] {
    PageFrame.page(
      "\(summary.scenario), seed \(summary.seed)",
      { html in
        head(&html)
        verdict(&html)
        lacking(&html)
        timeline(&html)
        if record.film != nil { messages(&html) }
        if record.explanation != nil { order(&html) }
        RunTables(record, story).write(into: &html)
      },
      after: { html in
        html.raw("<script type=\"application/octet-stream\" id=\"film\">")
        html.raw(Data(compressed(RunPageData(record, story).bytes)).base64EncodedString())
        html.raw("</script>\n<script>\n(() => {\n'use strict';\n\(Self.script)})();\n</script>\n")
      })
  }

  // MARK: Parts

  private func head(_ html: inout HTMLText) {
    PageFrame.head(
      &html,
      [
        summary.scenario, "seed \(summary.seed)", "\(PeopleText.duration(summary.virtualNS)) of virtual time",
        PeopleText.count(summary.events, "event"), "version \(summary.version)", "digest \(summary.digest)",
      ])
  }

  private func verdict(_ html: inout HTMLText) {
    PageFrame.verdict(&html, summary.verdict.rawValue, story.headline) { html in
      if !summary.description.isEmpty {
        html.element("p", "class=\"quiet\"", "The scenario: \(summary.description)")
      }
      for sentence in story.why { html.element("p", sentence) }
      let course = story.course
      if !course.isEmpty {
        html.element("h4", "How it came to this")
        html.element("div", "id=\"course\"") { html in
          HTMLTable(heads: [], rows: course.map { [.moment($0.at, of: story.subject(of: $0)), .text($0.text)] })
            .write(into: &html)
        }
      }
      if let smallest = record.smallest {
        html.element("p", "The smallest scenario that fails in the same way:")
        html.element("pre", smallest)
      }
      if !summary.replay.isEmpty {
        html.element("span", "class=\"quiet\"", "To see it again:")
        html.element("code", "class=\"command\"", summary.replay)
      }
    }
  }

  private func lacking(_ html: inout HTMLText) {
    html.raw("<section class=\"lacking\" id=\"broken\" hidden></section>\n")
    guard !record.lacking.isEmpty else { return }
    html.element("section", "class=\"lacking\" id=\"lacking\"") { html in
      html.element("h2", "What is not shown")
      for sentence in record.lacking { html.element("p", sentence) }
    }
  }

  private func timeline(_ html: inout HTMLText) {
    html.element("section") { html in
      html.element("h2", "The run")
      Self.tools(&html, for: "timeline")
      html.raw(
        "<div class=\"picture\" id=\"timeline\" tabindex=\"0\" role=\"application\" aria-label=\"Timeline: arrow keys pan and choose a process, plus and minus zoom, Home shows all\">"
      )
      html.raw(LanesDrawing(record).svg(alone: false))
      html.raw("</div>\n")
      html.raw(Self.lanesLegend(record.film?.names ?? []))
    }
  }

  private func messages(_ html: inout HTMLText) {
    html.element("section") { html in
      html.element("h2", "Message by message")
      Self.tools(&html, for: "spacetime")
      html.raw(
        "<div class=\"bar-of-tools\"><label><input type=\"checkbox\" id=\"show-clients\"> clients too</label>")
      html.raw(
        "<label>only <input type=\"text\" id=\"rows\" size=\"12\" placeholder=\"n1, n4\" aria-label=\"only these processes\"></label>"
      )
      html.raw(
        "<label>operation <input type=\"number\" id=\"operation\" min=\"0\" style=\"width:90px\" aria-label=\"light the path of this operation\"></label></div>"
      )
      html.raw("<div class=\"kinds\" id=\"kinds\" role=\"group\" aria-label=\"kinds of messages\"></div>")
      html.raw(
        "<div class=\"pair\"><div><div class=\"picture\" id=\"spacetime\" tabindex=\"0\" role=\"application\" aria-label=\"Messages: arrow keys pan and choose a process, plus and minus zoom, n and p go from message to message\">"
      )
      html.raw(SpacetimeDrawing(record, window: story.focus).svg(alone: false))
      html.raw("</div>\n\(Self.messagesLegend)</div>")
      html.raw(
        "<div class=\"look\" id=\"look\" aria-live=\"polite\"><p class=\"quiet\">Choose a process at a moment to see its state there, or a message to see all that led to it and came of it.</p></div></div>"
      )
    }
  }

  private func order(_ html: inout HTMLText) {
    guard let explanation = record.explanation else { return }
    html.element("section", "id=\"linearizability\"") { html in
      html.element("h2", "Why the history has no legal order")
      html.element("p", explanation.sentence)
      html.raw("<div class=\"picture\" id=\"order\"></div>")
      html.raw("<p class=\"quiet\"><span id=\"order-note\"></span> Bars: operations of ")
      html.add(explanation.key.isEmpty ? "the object" : "key \(explanation.key)")
      html.raw(
        " by client, from call to answer. The line goes through the longest legal order; each is taken to have happened where it meets the bar. Choose a bar to see its way through the cluster.</p>"
      )
    }
  }

  private static func tools(_ html: inout HTMLText, for id: String) {
    html.raw("<div class=\"bar-of-tools\">")
    for (what, label) in [
      ("in", "Zoom in"), ("out", "Zoom out"), ("left", "←"), ("right", "→"), ("all", "Whole run"),
      ("focus", "What matters"), ("fault", "Next fault"),
    ] {
      let name = label == "←" ? " aria-label=\"earlier\"" : label == "→" ? " aria-label=\"later\"" : ""
      html.raw("<button type=\"button\" data-do=\"\(what)\" data-of=\"\(id)\"\(name)>\(label)</button>")
    }
    html.raw("<output id=\"\(id)-window\"></output></div>")
  }

  // MARK: What never changes

  /// - Parameter names: what the processes show of themselves.
  private static func lanesLegend(_ names: [String]) -> String {
    let roles = "Lanes are coloured by term: <b>strong</b> leads, pale follows, dashed stands for election."
    let modes = "Lanes show the loop's mode: pale healthy, pink degraded, red critical, green recovering."
    let lanes = names.contains("role") ? roles : names.contains("mode") ? modes : ""
    return """
      <div class="legend"><span>\(lanes)</span><span>Dark: down. Grey: paused.</span><span>↯ amber: a fault, on the lanes that it touches.</span>
      <span><svg width="30" height="10"><path class="clock" d="M0 5h28"/></svg>its clock is ahead</span>
      <span><svg width="30" height="10"><path class="clock behind" d="M0 5h28"/></svg>behind</span>
      <span><svg width="30" height="10"><path class="disk level-1" d="M0 5h14"/><path class="disk level-4" d="M14 5h14"/></svg>its disk holds writes not synced yet: seldom, all the time</span>
      <span><svg width="30" height="10"><path class="availability" d="M0 5h28"/></svg>how many of the operations succeeded</span>
      <span>Red line: a violation.</span><span>Blue frame: what is shown message by message.</span>
      <span>Drag or use the arrow keys to pan; Ctrl and the wheel, pinch, or + and − to zoom; ] for the next fault.</span></div>
      """
  }

  private static let messagesLegend = """
    <div class="legend"><span>Time goes to the right. A stroke is a message, from where it left to where it arrived.</span>
    <span><svg width="30" height="10"><path class="stroke lost" d="M0 5h24"/><path class="cross" d="M22 2l6 6m0 -6l-6 6"/></svg>lost</span>
    <span><svg width="30" height="10"><path class="stroke held" d="M0 5h28"/></svg>held back</span>
    <span><svg width="30" height="10"><path class="stroke affected" d="M0 5h28"/></svg>under a fault</span>
    <span><svg width="30" height="10"><path class="stroke copy" d="M0 5h28"/></svg>a copy</span>
    <span><svg width="30" height="10"><path class="stroke lit" d="M0 5h28"/></svg>on the path that is lit</span>
    <span><svg width="30" height="10"><rect class="sync" y="3" width="26" height="4"/></svg>a write on its way to the disk, dotted where the run ended first</span>
    <span>n and p go from message to message.</span></div>
    """

  private static let script = [
    PackageResources.film_js, PackageResources.axis_js, PackageResources.timeline_js,
    PackageResources.spacetime_js, PackageResources.look_js, PackageResources.order_js,
    PackageResources.page_js,
  ].map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
}
