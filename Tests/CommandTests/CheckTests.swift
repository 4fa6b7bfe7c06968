import Foundation
import Testing

@Suite("faultline check")
struct CheckTests {
  static func check(_ text: String, _ name: String, _ arguments: String...) throws -> Tool.Answer {
    try Tool.within { (folder: String) throws -> Tool.Answer in
      let path = "\(folder)/\(name)"
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      return try Tool.run(["check", path] + arguments)
    }
  }

  static let stale = """
    {:process 0, :type :invoke, :f :write, :value 1}
    {:process 0, :type :ok, :f :write, :value 1}
    {:process 0, :type :invoke, :f :read, :value nil}
    {:process 0, :type :ok, :f :read, :value nil}
    """

  @Test("A wrong history is exit 1 with an explanation, a right one exit 0")
  func verdicts() throws {
    let wrong = try Self.check(Self.stale, "h.edn", "--model", "register")
    #expect(wrong.status == 1 && wrong.output.contains("read and got nothing"))
    let right = try Self.check(
      Self.stale.replacing(":read, :value nil}", with: ":read, :value 1}"), "h.edn", "--model", "register")
    #expect(right.status == 0 && right.output.contains("have a legal order"))
  }

  @Test("EDN needs a model, a file that is no history is exit 65 with its place")
  func refusals() throws {
    #expect(try Self.check(Self.stale, "h.edn").status == 64)
    let bad = try Self.check("{:process 0", "h.edn", "--model", "register")
    #expect(bad.status == 65 && bad.errors.contains("h.edn:1:1: this map does not end"))
    #expect(try Tool.run("check", "/no/such/history.jsonl").status == 65)
    #expect(try Self.check("{", "h.jsonl", "--model", "stack").status == 64)
    #expect(try Self.check("{", "h.jsonl", "--guarantee", "hope").status == 64)
  }

  @Test("A run's own history is judged again, as JSON too")
  func ownHistory() throws {
    try Tool.within { (folder: String) throws -> Void in
      #expect(try Tool.run("run", Tool.leaderCrash, "--out", folder, "--quiet").status == 0)
      let history = try #require(try Tool.files(in: folder).keys.first { $0.hasSuffix("history.jsonl") })
      let answer = try Tool.run(
        "check", "\(folder)/\(history)", "--format", "json", "--guarantee", "linearizable", "--guarantee",
        "read-your-writes", "--guarantee", "monotonic-reads", "--guarantee", "monotonic-writes",
        "--guarantee", "committed-reads")
      #expect(answer.status == 0, "\(answer.errors)")
      let verdicts = try answer.lines.map(Tool.object).compactMap { $0["verdict"] as? String }
      #expect(verdicts == Array(repeating: "held", count: 5))
    }
  }
}
