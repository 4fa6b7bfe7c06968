import Foundation
import Pages
import Primitives
import Reports
import Testing

@Suite("The story of a run")
struct RunStoryTests {
  private static let summary = """
    {"scenario":"s","seed":1,"version":"1","verdict":"violation","digest":"d","virtual_ns":60000000000,
     "expectations":[{"name":"thrash","verdict":"violated","detail":"2, expected at most 0"}],
     "incidents":[INCIDENTS],"replay":"./faultline run s.yaml"}
    """
  private static let ledger = """
    {"faults":[{"id":1,"name":"link n1→n2 at 10s","kind":"timed","without_target":0,"effects":{"messages_affected":9},
      "occurrences":[{"from_ns":10000000000,"until_ns":40000000000,"branch":0,"what":"link {loss: 70%}","hosts":["n1","n2"]}]}]}
    """

  private static func incident(_ cause: String, at seconds: Int, end: Int) -> String {
    """
    {"node":"n1","at_ns":\(seconds)000000000,"cause":"\(cause)","subject":"n2","true":true,"by":"loss 70 %, above 5 %",
     "actions":[{"at_ns":\(seconds)000000000,"remedy":"reroute","subject":"n2","outcome":"done"}],
     "end":"closed","end_ns":\(end)000000000,"end_by":"loss 1 %, below 4 %"}
    """
  }

  private static func story(_ incidents: [String], ledger: String? = ledger) throws -> (RunStory, RunRecord) {
    let files = [
      "summary.json": summary.replacing("INCIDENTS", with: incidents.joined(separator: ",")), "ledger.json": ledger,
    ]
    let record = try RunRecord(
      files: { name in
        (files[name] ?? nil).map { .success(Array($0.utf8)) } ?? .failure(.init("there is none"))
      }, film: .failure(.init("there is no tape")))
    return (RunStory(record), record)
  }

  @Test("A loop that takes a fault to be over while it acts is where it went wrong")
  func early() throws {
    let (story, record) = try Self.story([
      Self.incident("link_loss", at: 15, end: 20), Self.incident("link_loss", at: 25, end: 45),
    ])
    #expect(story.headline == "s missed thrash: 2, expected at most 0.")
    #expect(story.moment == 20_000_000_000 && story.subject == "n1")
    let why = story.why.joined(separator: " ")
    #expect(
      why.contains("n1 diagnosed link loss of n2 2 times (at 15\u{A0}s, 25\u{A0}s), did reroute, and once took it"))
    #expect(why.contains("Acting then: “link {loss: 70%}” (n1, n2) since 10\u{A0}s until 40\u{A0}s."))
    #expect(
      story.course.map(\.text) == [
        "↯ link {loss: 70%}", "n1 diagnoses link loss of n2 (loss 70 %, above 5 %)", "n1: reroute of n2, done",
        "n1: link loss of n2 is closed (loss 1 %, below 4 %), though “link n1→n2 at 10s” still acts",
      ])
    #expect(record.lacking.count == 3, "the run, its history and its scenario")
  }

  @Test("Strikes of one kind that overlap are told as one, and those on whom it shows come first")
  func strikes() throws {
    let ledger = """
      {"faults":[{"id":1,"name":"pauses","kind":"nemesis","without_target":0,"effects":{},"occurrences":[
      {"from_ns":8000000000,"until_ns":16000000000,"branch":0,"hosts":["n2"],"what":"pause n2"},
      {"from_ns":10000000000,"until_ns":12000000000,"branch":0,"hosts":["n1"],"what":"pause n1"},
      {"from_ns":11000000000,"until_ns":17000000000,"branch":0,"hosts":["n1"],"what":"pause n1"}]}]}
      """
    let (story, _) = try Self.story([Self.incident("link_loss", at: 15, end: 16)], ledger: ledger)
    #expect(
      story.why.last?.replacing("\u{A0}", with: " ")
        == "Acting then: “pause n1” since 10 s until 17 s; “pause n2” since 8 s until 16 s.")
  }

  @Test("Who is dead stays dead: that is no fault taken to be over too soon")
  func dead() throws {
    let (story, _) = try Self.story([Self.incident("node_down", at: 15, end: 20)])
    #expect(!story.course.contains { $0.text.contains("still acts") })
    #expect(story.moment == 40_000_000_000, "when the last fault ended")
  }

  @Test("Where no fault was injected it says so, and a long sentence is cut and told below")
  func plain() throws {
    let (story, _) = try Self.story([Self.incident("link_loss", at: 15, end: 20)], ledger: "{\"faults\":[]}")
    #expect(story.why.contains { $0.contains("No fault was injected in this run.") })
    #expect(story.focus.lowerBound >= 0 && story.focus.upperBound <= 60_000_000_001)
  }
}
