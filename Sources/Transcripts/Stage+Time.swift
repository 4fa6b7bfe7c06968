import Primitives
import Raft

extension Stage {
  /// Moves the clock of one server, or of all, and fires what falls due on the way: the soonest first, of
  /// several at one moment the lowest server's.
  mutating func tick(_ length: Nanoseconds, node: Int?) {
    let ticking = node.map { [$0] } ?? Array(servers.indices)
    var left = length
    while true {
      var soonest: (wait: Nanoseconds, node: Int)?
      for node in ticking {
        guard let due = servers[node].due else { continue }
        let wait = max(.zero, due - servers[node].time)
        if wait <= left, soonest.map({ wait < $0.wait }) ?? true { soonest = (wait, node) }
      }
      guard let (wait, node) = soonest else { break }
      for node in ticking { servers[node].time = servers[node].time + wait }
      left = left - wait
      fire(node)
    }
    for node in ticking { servers[node].time = servers[node].time + left }
  }

  private mutating func fire(_ node: Int) {
    if servers[node].heartbeatDue != nil { heartbeat(node) } else { campaign(node) }
  }

  /// A timer that was cancelled by what it fired stays so.
  mutating func heartbeat(_ node: Int) {
    servers[node].heartbeatDue = nil
    tell("\(Words.node(node))'s heartbeat timer fires at \(clock(node))", .timer)
    step(node) { $0.heartbeatTimerFired(at: $1, &$2) }
  }

  mutating func campaign(_ node: Int) {
    servers[node].electionTimerRuns = false
    tell("\(Words.node(node))'s election timer fires at \(clock(node))", .timer)
    step(node) { $0.electionTimerFired(at: $1, &$2) }
  }

  func clock(_ node: Int) -> String { Words.duration(servers[node].time - .zero) }

  /// Delivers and writes until nothing moves. Returns whether that came to an end.
  mutating func stabilise() -> Bool {
    for _ in 0..<20_000 {
      if let place = network.firstIndex(where: { !$0.isHeld }) {
        deliver(at: place)
      } else if let node = servers.firstIndex(where: { !$0.writes.isEmpty }) {
        finishWrite(node)
      } else {
        return true
      }
    }
    return false
  }

  /// The oldest write is done, and what was owed for it.
  mutating func finishWrite(_ node: Int) {
    completeWrite(node)
    if servers[node].raft.owesReplication, !batching { step(node) { $0.replicate(at: $1, &$2) } }
  }
}
