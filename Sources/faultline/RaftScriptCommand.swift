import ArgumentParser
import Foundation
import Transcripts

/// `faultline raft-script`: a conversation with Raft servers.
struct RaftScriptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "raft-script",
    abstract: "Carry out a script of Raft servers, and print each server's state after every command.",
    discussion: """
      One command a line; '#' opens a comment. After each command one JSON line for each node is written at once, so \
      that a program can converse through pipes. Blank lines and comments are answered by nothing.

      A bad line ends the script: exit code 65, and FILE:LINE:COLUMN with what was found and expected on standard \
      error; the states up to then have been printed.

        add nodes COUNT [KEY=VALUE …]   begin; keys below
        tick 50ms [NODE]                move all clocks, or one; timers fire
        timeout NODE 180ms              the node's election time-out
        campaign|heartbeat NODE         its timer fires now
        propose NODE TEXT …             commands for the log
        read|lease-read NODE            a read index; a read on the lease
        snapshot NODE                   it takes one, and forgets its log
        change NODE add|learn|remove NODE …, change NODE abandon
                                        who takes part, and who only learns
        hand-over NODE [to NODE]        another one is to lead
        batching on|off                 whether both wait for 'replicate NODE'
        deliver|drop|duplicate|hold|release|reorder
          [FROM->TO] [KIND] [COUNT|all] messages by their ends, or by numbers:
          m1 m2 …                       those that 'show network' shows
        cut n1 | n2 n3, cut n1 -> n2    links; 'heal' ends every cut
        disconnect NODE NODE            a connection is lost
        disks manual|prompt             who ends writes; 'manual':
        write NODE [COUNT|all]          its oldest writes reach the disk
        fail-write NODE                 its write fails, and it ends
        crash NODE [keeping-log]        then 'restart NODE'
        stabilise                       deliver and write until nothing moves
        show [NODE|log [NODE]|network]  with --events
        report outcomes|everything      how much --events tells
        new                             forget everything

      Keys: pre-vote=on, check-quorum=on, election=150ms..300ms, heartbeat=50ms, clock-error=1000 (ppm), batch, \
      batch-bytes, in-flight, in-flight-bytes, queue, queue-bytes, reads, trailing, piece, snapshot-in-flight, voters=3 (the first three \
      begin the group); and what is on the disks: log=1,1,2, \
      term=2, vote=n1, or of one node n2.log=1,1.

      docs/transcripts.md explains each.
      """)

  @Argument(help: "The script; without one, standard input.", completion: .file())
  var file: String?

  @Flag(help: "Before the states, print what each command made happen: {\"event\":TEXT} lines.")
  var events = false

  func run() throws {
    var script = Script()
    if let file, file != "-" {
      guard let data = FileManager.default.contents(atPath: file) else {
        Terminal.complain("\(file): found no file that can be read; expected a script")
        throw ExitCode(Exit.badInput)
      }
      let lines = String(decoding: data, as: UTF8.self).split(omittingEmptySubsequences: false) { $0.isNewline }
      for (number, line) in lines.enumerated() { try carryOut(String(line), number + 1, of: file, &script) }
      return
    }
    var number = 0
    while let line = readLine() {
      number += 1
      try carryOut(line, number, of: "<stdin>", &script)
    }
  }

  private func carryOut(_ line: String, _ number: Int, of name: String, _ script: inout Script) throws {
    let account: [String]?
    do {
      account = try script.execute(line)
    } catch {
      Terminal.tell("\(name):\(number):\(error.column): \(error.message)\n")
      throw ExitCode(Exit.badInput)
    }
    guard let account else { return }
    var lines = events ? try account.map { "{\"event\":\(try Self.quoted($0))}" } : []
    lines += script.states.map(\.json)
    // One write for one command, past any buffer: whoever reads the last line knows that it was.
    if !lines.isEmpty { try Terminal.print(lines.joined(separator: "\n") + "\n") }
  }

  private static func quoted(_ text: String) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    return String(decoding: try encoder.encode(text), as: UTF8.self)
  }
}
