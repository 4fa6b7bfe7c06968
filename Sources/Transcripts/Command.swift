import Primitives
import Raft

/// What one line of a script asks for.
enum Command: Hashable, Sendable {
  case addNodes(ClusterSettings)
  case tick(Nanoseconds, node: Int?)
  case timeout(Int, Nanoseconds)
  case campaign(Int)
  case heartbeat(Int)
  case propose(Int, [String])
  case replicate(Int)
  case batching(Bool)
  case read(Int)
  case leaseRead(Int)
  case snapshot(Int)
  case change(Int, MembershipChange)
  case handOver(Int, to: Int?)
  case deliver(Selection)
  case drop(Selection)
  case duplicate(Selection)
  case hold(Selection)
  case release(Selection)
  case reorder(Selection)
  case corrupt(Selection)
  case crash(Int, keepsLog: Bool)
  case restart(Int)
  case disks(isPrompt: Bool)
  case write(Int, count: Int)
  case failWrite(Int)
  case cut([[Int]])
  case cutOneWay(from: [Int], to: [Int])
  case heal
  case disconnect(Int, Int)
  case stabilise
  case show(Int?)
  case showLog(Int?)
  case showNetwork
  case report(isTerse: Bool)
  case restartScript

  static let words = [
    "add", "tick", "timeout", "campaign", "heartbeat", "propose", "replicate", "batching", "read", "lease-read",
    "snapshot", "change", "hand-over",
    "deliver", "drop", "duplicate", "hold", "release", "reorder", "corrupt", "crash", "restart", "disks", "write",
    "fail-write",
    "cut", "heal", "disconnect", "stabilise", "show", "report", "new",
  ]

  /// nil for a line without a command.
  static func parse(_ line: String, cluster: Int?, timing: Timeouts) throws(ScriptError) -> Command? {
    var reader = try LineReader(line, nodes: cluster ?? 0)
    guard !reader.isAtEnd else { return nil }
    let first = reader.next
    guard first.kind == .word, words.contains(first.text) else {
      throw ScriptError(at: first, expected: "a command: \(LineReader.list(words))", of: words)
    }
    switch first.text {
    case "add":
      guard cluster == nil else {
        throw ScriptError(first.column, "found a second cluster, expected one; 'new' forgets the first")
      }
    case "new", "report", "batching", "disks": break
    default:
      guard cluster != nil else { throw ScriptError(at: first, expected: "'add nodes COUNT' before anything else") }
    }
    _ = reader.take()
    var command = try aboutTime(first.text, &reader, timing)
    if command == nil { command = try aboutMessages(first.text, &reader) }
    if command == nil { command = try aboutSurroundings(first.text, &reader) }
    try reader.end()
    return command
  }

  /// Between which bounds the script may set a time-out.
  struct Timeouts { let shortest, longest: Nanoseconds }

  private static func aboutTime(
    _ word: String, _ reader: inout LineReader, _ timing: Timeouts
  ) throws(ScriptError) -> Command? {
    switch word {
    case "add": return .addNodes(try reader.cluster())
    case "tick":
      let length = try reader.duration(upTo: .seconds(10), "a duration")
      return .tick(length, node: reader.isAtEnd ? nil : try reader.node())
    case "timeout":
      let node = try reader.node()
      let token = reader.next
      let length = try reader.duration(upTo: .seconds(1_000), "a duration")
      guard length >= timing.shortest, length < timing.longest else {
        let range = "\(Words.duration(timing.shortest)) to below \(Words.duration(timing.longest))"
        throw ScriptError(at: token, expected: "a time-out in the cluster's range, \(range)")
      }
      return .timeout(node, length)
    case "campaign": return .campaign(try reader.node())
    case "heartbeat": return .heartbeat(try reader.node())
    case "replicate": return .replicate(try reader.node())
    case "batching": return .batching(try reader.choice(["on", "off"]) == "on")
    case "read": return .read(try reader.node())
    case "lease-read": return .leaseRead(try reader.node())
    case "snapshot": return .snapshot(try reader.node())
    case "change": return .change(try reader.node(), try change(&reader))
    case "hand-over":
      let node = try reader.node()
      if reader.isAtEnd { return .handOver(node, to: nil) }
      _ = try reader.choice(["to"])
      return .handOver(node, to: try reader.node())
    case "propose":
      let node = try reader.node()
      var texts: [String] = []
      repeat {
        let token = reader.take()
        guard token.kind == .quoted || token.kind == .word, !token.text.isEmpty else {
          throw ScriptError(at: token, expected: "a command for the log such as \"x=1\", of one letter at least")
        }
        texts.append(token.text)
      } while !reader.isAtEnd
      return .propose(node, texts)
    default: return nil
    }
  }

  private static func aboutMessages(_ word: String, _ reader: inout LineReader) throws(ScriptError) -> Command? {
    switch word {
    case "deliver": .deliver(try reader.selection())
    case "drop": .drop(try reader.selection())
    case "duplicate": .duplicate(try reader.selection())
    case "hold": .hold(try reader.selection())
    case "release": .release(try reader.selection())
    case "reorder": .reorder(try reader.selection())
    case "corrupt": .corrupt(try reader.selection())
    default: nil
    }
  }

  private static func aboutSurroundings(_ word: String, _ reader: inout LineReader) throws(ScriptError) -> Command?
  {
    switch word {
    case "crash":
      let node = try reader.node()
      if reader.isAtEnd { return .crash(node, keepsLog: false) }
      _ = try reader.choice(["keeping-log"])
      return .crash(node, keepsLog: true)
    case "restart": return .restart(try reader.node())
    case "disks": return .disks(isPrompt: try reader.choice(["manual", "prompt"]) == "prompt")
    case "write":
      let node = try reader.node()
      if reader.isAtEnd { return .write(node, count: 1) }
      if reader.next.text == "all" {
        _ = reader.take()
        return .write(node, count: 1_000)
      }
      return .write(node, count: try reader.count(1...1_000, of: "a count of writes or all"))
    case "fail-write": return .failWrite(try reader.node())
    case "cut": return try cut(&reader)
    case "heal": return .heal
    case "disconnect":
      let first = try reader.node()
      let token = reader.next
      let second = try reader.node()
      guard first != second else { throw ScriptError(at: token, expected: "another node") }
      return .disconnect(first, second)
    case "stabilise": return .stabilise
    case "show": return try show(&reader)
    case "report": return .report(isTerse: try reader.choice(["outcomes", "everything"]) == "outcomes")
    case "new": return .restartScript
    default: return nil
    }
  }

  /// `add n4 n5 learn n6 remove n1`, or `abandon`.
  private static func change(_ reader: inout LineReader) throws(ScriptError) -> MembershipChange {
    let words = ["add", "learn", "remove"]
    var word = try reader.choice(words + ["abandon"])
    if word == "abandon" { return .abandon }
    var nodes: [String: [NodeID]] = [:]
    repeat {
      repeat { nodes[word, default: []].append(NodeID(UInt32(try reader.node()))) } while reader.isNode(reader.next)
      if !reader.isAtEnd { word = try reader.choice(words) }
    } while !reader.isAtEnd
    return .become(adding: nodes["add"] ?? [], learning: nodes["learn"] ?? [], removing: nodes["remove"] ?? [])
  }

  private static func show(_ reader: inout LineReader) throws(ScriptError) -> Command {
    if reader.isAtEnd { return .show(nil) }
    if reader.isNode(reader.next) { return .show(try reader.node()) }
    let token = reader.next
    guard let word = try? reader.choice(["log", "network"]) else {
      throw ScriptError(at: token, expected: "a node, log or network", of: ["log", "network"])
    }
    if word == "network" { return .showNetwork }
    return .showLog(reader.isAtEnd ? nil : try reader.node())
  }

  /// `n1 n2 | n3` between groups, `n1 -> n2 n3` one way.
  private static func cut(_ reader: inout LineReader) throws(ScriptError) -> Command {
    var groups: [[Int]] = [[]]
    var isOneWay = false
    var seen: Set<Int> = []
    while !reader.isAtEnd {
      let token = reader.next
      if !groups[groups.count - 1].isEmpty, !isOneWay, reader.takeSign("|") {
        groups.append([])
      } else if groups.count == 1, !groups[0].isEmpty, reader.takeSign("->") {
        isOneWay = true
        groups.append([])
      } else if groups[groups.count - 1].isEmpty || reader.isNode(token) {
        let node = try reader.node()
        guard seen.insert(node).inserted else { throw ScriptError(at: token, expected: "each node once") }
        groups[groups.count - 1].append(node)
      } else {
        throw ScriptError(at: token, expected: isOneWay ? "a node" : "a node, '|' or the end of the line")
      }
    }
    // One group is cut off from all the others.
    if groups.count == 1 { groups.append((0..<reader.nodes).filter { !seen.contains($0) }) }
    guard groups.allSatisfy({ !$0.isEmpty }) else {
      throw ScriptError(at: reader.next, expected: "nodes on both sides, such as n1 | n2 n3")
    }
    return isOneWay ? .cutOneWay(from: groups[0], to: groups[1]) : .cut(groups)
  }
}
