import Experiments
import Foundation
import Primitives
import Scenarios
import Testing
import World

@Suite("Tapes", .serialized)
struct TapeTests {
  private static func run(_ settings: (String, String)...) throws -> RunResult {
    let scenario = try ScenarioReader.read(
      path: "\(Shelf.root)/scenarios/raft/leader-crash.yaml", settings: settings.map { (key: $0.0, value: $0.1) })
    return try Run(scenario, telemetry: .off).perform()
  }

  private static func lines(_ result: RunResult) -> [UInt8] {
    TapeFile.lines(result.tape(version: "v"), choices: ScenarioWriter.choices(result.scenario))
  }

  @Test("What is written is read again")
  func roundTrip() throws {
    let result = try Self.run(("choices", "[{message: AppendEntries, from: n1, to: n2, number: 2, latency: 30ms}]"))
    let (tape, choices) = try TapeFile.read(Self.lines(result), file: "tape.jsonl")
    #expect(tape == result.tape(version: "v"))
    #expect(choices == ["{message: AppendEntries, from: n1, to: n2, number: 2, latency: 30ms}"])
    #expect(tape.checkpoints.count > 5)
    #expect(zip(tape.checkpoints, tape.checkpoints.dropFirst()).allSatisfy { $0.events < $1.events })
  }

  @Test("A repetition follows the tape; another run leaves it, and is stopped there")
  func following() throws {
    let tape = try Self.run().tape(version: "v")
    func follow(_ seed: UInt64) throws -> TapeFollower {
      var follower = TapeFollower(tape)
      let scenario = try Shelf.read("raft/leader-crash.yaml")
      var stopped = false
      do throws(Run.Interrupted) {
        let result = try Run(scenario, seed: seed, telemetry: .off).perform(progress: { follower.follows($0) })
        _ = follower.ends(result)
      } catch {
        stopped = true
      }
      #expect(stopped == (follower.drift?.after == nil && follower.drift != nil))
      return follower
    }
    #expect(try follow(7).drift == nil)
    let drift = try #require(try follow(8).drift)
    #expect(drift.by.events == Tape.slice)
  }

  @Test("Fixing one choice leaves what was before it as it was")
  func prefix() throws {
    let free = try Self.run()
    let fixed = try Self.run(("choices", "[{message: AppendEntries, from: n3, to: n1, number: 900, drop: true}]"))
    let same = zip(free.checkpoints, fixed.checkpoints).prefix { $0 == $1 }.count
    #expect(same > 0)
    #expect(free.digest != fixed.digest)
  }

  @Test("A tape of a long run has few checkpoints, at one distance")
  func spacing() throws {
    let result = try Self.run(("duration", "1200s"), ("workload.stop", "1199s"))
    #expect(result.checkpoints.count <= 512 && result.checkpoints.count > 200)
    let distance = result.checkpoints[0].events
    #expect(distance > Tape.slice)
    #expect(result.checkpoints.enumerated().allSatisfy { $1.events == distance * UInt64($0 + 1) })
  }

  private static let damages: [(name: String, change: @Sendable ([String]) -> [String], complaint: String)] = [
    ("empty", { _ in [] }, "t:1:1: the file is empty; expected a tape"),
    (
      "cut off", { Array($0.dropLast()) },
      "t:1:1: the tape has no end: it was cut off; expected a last line with \"end\":true"
    ),
    (
      "no header", { Array($0.dropFirst()) },
      "t:1:1: the tape is damaged here; expected its first line, with tape, version, scenario, seed and fingerprint"
    ),
    (
      "another format",
      { ["{\"tape\":2,\"version\":\"v\",\"scenario\":\"s\",\"seed\":1,\"fingerprint\":\"f\"}"] + $0.dropFirst() },
      "t:1:1: found a tape of format 2; expected format 1"
    ),
    (
      "rubbish", { [$0[0], "\u{0}\u{1}"] + $0.dropFirst() },
      "t:2:1: the tape is damaged here; expected a JSON object"
    ),
    (
      "a digest cut short", { [$0[0], "{\"events\":5,\"at_ns\":1,\"digest\":\"ab\"}"] + $0.dropFirst() },
      "t:2:1: the tape is damaged here; expected events, at_ns and a digest of 32 hexadecimal digits"
    ),
    (
      "out of order", { [$0[0], $0[2], $0[1]] + $0.dropFirst(3) },
      "t:3:1: the tape is damaged here; expected checkpoints in ascending order"
    ),
    ("more behind its end", { $0 + [$0[1]] }, "t:15:1: the tape is damaged here; expected nothing behind its end"),
  ]

  @Test("A damaged tape is refused with the line", arguments: damages.indices)
  func damaged(_ index: Int) throws {
    let damage = Self.damages[index]
    let text = String(decoding: Self.lines(try Self.run()), as: UTF8.self)
    let lines = damage.change(text.split(separator: "\n").map(String.init))
    let bytes = Array((lines.joined(separator: "\n") + (lines.isEmpty ? "" : "\n")).utf8)
    let complaint = #expect(throws: Complaint.self) { try TapeFile.read(bytes, file: "t") }
    let found = complaint?.description ?? ""
    if damage.name == "more behind its end" {
      #expect(found.hasSuffix("expected nothing behind its end"))
    } else {
      #expect(found == damage.complaint)
    }
  }

  @Test("A look at a moment shows what the run was then, by time and by event")
  func inspection() throws {
    let run = Run(try Shelf.read("raft/leader-crash.yaml"), telemetry: .off)
    let early = run.inspect(at: .time(.zero + .seconds(3)))
    #expect(early.at == .zero + .seconds(3))
    #expect(early.processes.map(\.state).allSatisfy { $0 == "up" })
    #expect(early.processes.count { $0.tags.contains("leader") } == 1)
    let down = run.inspect(at: .time(.zero + .seconds(8)))
    #expect(down.processes.count { $0.state == "down" } == 1)
    let byEvent = run.inspect(at: .event(early.events))
    #expect(byEvent.digest == early.digest && byEvent.events == early.events)
    let end = run.inspect(at: .event(.max))
    #expect(end.digest == (try run.perform()).digest)
  }

  @Test("The event log says every event once, in order, and changes nothing")
  func log() throws {
    let scenario = try Shelf.read(
      "raft/leader-crash.yaml", ("duration", "4s"), ("workload.stop", "3s"), ("faults", "[]"),
      ("expect", "[safety]"))
    var notes: [Note] = []
    let silent = try Run(scenario, telemetry: .off).perform()
    let loud = try Run(scenario, telemetry: .off).perform(notes: { notes += $0 })
    #expect(loud.digest == silent.digest)
    #expect(notes.filter { !$0.isEffect }.map(\.event) == Array(1...loud.events))
    #expect(notes.contains { $0.text.contains("RequestVote 0: in term 1") })
  }
}
