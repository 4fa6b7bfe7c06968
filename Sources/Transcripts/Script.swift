import Primitives
import Raft

/// A conversation with a group of Raft servers: lines in, an account of what they did out.
///
/// Everything is chosen by the lines: time, the order of messages, what is lost and what reaches a disk.
package struct Script: Sendable {
  private(set) var stage = Stage()
  private var hasCluster = false
  /// What a script may let pile up before it has to deliver or drop.
  static let networkLimit = 20_000

  package init() {}

  /// The words that a command may begin with.
  package static var words: [String] { Command.words }

  /// Carries out one line.
  ///
  /// - Returns: what happened, a line each; nil where the line is blank or a comment.
  /// - Throws: where the line says nothing that can be done; nothing has changed then.
  package mutating func execute(_ line: String) throws(ScriptError) -> [String]? {
    let timing = stage.servers.first?.raft.rules.timing ?? .standard
    let parsed = try Command.parse(
      line, cluster: hasCluster ? stage.servers.count : nil,
      timing: Command.Timeouts(shortest: timing.shortest, longest: timing.longest))
    guard let command = parsed else { return nil }
    if let reason = refusal(of: command) { throw ScriptError(line.prefix { $0.isWhitespace }.count + 1, reason) }
    perform(command)
    let account = stage.takeAccount()
    return account.isEmpty ? ["nothing happens"] : account
  }

  /// The servers as they stand, in order.
  package var states: [ServerState] { stage.servers.map(ServerState.init) }

  // MARK: What cannot be done now

  private func refusal(of command: Command) -> String? {
    switch command {
    case .campaign(let node), .heartbeat(let node), .propose(let node, _), .replicate(let node), .read(let node),
      .leaseRead(let node), .snapshot(let node), .change(let node, _), .handOver(let node, _), .crash(let node, _):
      if let reason = isDown(node) { return reason }
    case .restart(let node):
      if stage.servers[node].isUp { return "\(Words.node(node)) is up, expected a node that has crashed" }
    case .write(let node, _), .failWrite(let node):
      if let reason = isDown(node) { return reason }
      if stage.servers[node].writes.isEmpty {
        return "\(Words.node(node)) has no write under way"
          + (stage.promptDisks ? "; 'disks manual' leaves writes to the script" : "")
      }
    case .deliver(let selection), .drop(let selection), .duplicate(let selection), .hold(let selection),
      .release(let selection), .reorder(let selection), .corrupt(let selection):
      let known = Set(stage.network.map(\.number))
      if let number = selection.numbers.first(where: { !known.contains($0) }) {
        return "no message m\(number) is under way"
      }
    default: break
    }
    switch command {
    case .drop, .crash, .show, .showLog, .showNetwork, .restartScript, .addNodes: return nil
    default:
      guard stage.network.count > Self.networkLimit else { return nil }
      return "\(stage.network.count) messages are under way, expected at most \(Self.networkLimit); drop some first"
    }
  }

  private func isDown(_ node: Int) -> String? {
    stage.servers[node].isUp ? nil : "\(Words.node(node)) is down, expected a node that runs"
  }

  // MARK: Commands

  private mutating func perform(_ command: Command) {
    switch command {
    case .addNodes(let settings):
      hasCluster = true
      stage.servers = settings.servers()
      for node in stage.servers.indices { stage.start(node) }
    case .tick(let length, let node): stage.tick(length, node: node)
    case .timeout(let node, let length): stage.servers[node].timeout = length
    case .campaign(let node): stage.campaign(node)
    case .heartbeat(let node): stage.heartbeat(node)
    case .propose(let node, let texts): stage.propose(texts, to: node)
    case .replicate(let node): stage.step(node) { $0.replicate(at: $1, &$2) }
    case .batching(let isOn): stage.batching = isOn
    case .read(let node): stage.read(node)
    case .leaseRead(let node): stage.leaseRead(node)
    case .snapshot(let node): stage.takeSnapshot(node)
    case .change(let node, let change): stage.change(change, at: node)
    case .handOver(let node, let successor): stage.handOver(from: node, to: successor)
    case .crash(let node, let keepsLog): stage.crash(node, keepsLog: keepsLog)
    case .restart(let node): stage.restart(node)
    case .disks(let isPrompt): stage.setDisks(isPrompt: isPrompt)
    case .write(let node, let count):
      for _ in 0..<count where !stage.servers[node].writes.isEmpty { stage.finishWrite(node) }
    case .failWrite(let node):
      stage.tell("\(Words.node(node))'s write \(stage.servers[node].writes[0].number) fails, and with it the node")
      stage.crash(node, keepsLog: false)
    case .stabilise: if !stage.stabilise() { stage.tell("the servers do not fall silent") }
    case .report(let isTerse): stage.isTerse = isTerse
    case .restartScript: self = Script()
    default: performOnNetwork(command)
    }
  }

  private mutating func performOnNetwork(_ command: Command) {
    switch command {
    case .deliver(let selection): stage.deliver(selection)
    case .drop(let selection): stage.drop(selection)
    case .duplicate(let selection): stage.duplicate(selection)
    case .hold(let selection): stage.setHeld(true, selection)
    case .release(let selection): stage.setHeld(false, selection)
    case .reorder(let selection): stage.reorder(selection)
    case .corrupt(let selection): stage.corrupt(selection)
    case .cut(let groups):
      for (place, group) in groups.enumerated() {
        for other in groups[..<place] {
          stage.cut(from: group, to: other)
          stage.cut(from: other, to: group)
        }
      }
    case .cutOneWay(let from, let to): stage.cut(from: from, to: to)
    case .heal: stage.cuts = []
    case .disconnect(let left, let right): stage.disconnect(left, right)
    case .show(let node): stage.show(node)
    case .showLog(let node): stage.showLog(node)
    case .showNetwork: stage.showNetwork()
    default: break
    }
  }
}
