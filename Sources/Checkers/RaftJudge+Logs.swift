/// One server's log beside another's.
package enum LogRelation: UInt64, Sendable {
  case equal, behind, ahead
  /// Neither is the beginning of the other.
  case diverged
}

extension RaftJudge {
  /// The log of `server` as seen from that of `other`, both as last written. O(1).
  package func relation(ofLogOf server: Int, to other: Int) -> LogRelation {
    let (count, others) = (views[server].log.count, views[other].log.count)
    let common = min(count, others)
    guard views[server].log.hash(at: common) == views[other].log.hash(at: common) else { return .diverged }
    return count == others ? .equal : count < others ? .behind : .ahead
  }

  /// The server with the best claim to lead by its log: the later last term, then the longer one, then the first.
  package var mostUpToDate: Int {
    var best = 0
    for server in views.indices.dropFirst() {
      let (log, leading) = (views[server].log, views[best].log)
      if (log.term(at: log.count), log.count) > (leading.term(at: leading.count), leading.count) { best = server }
    }
    return best
  }
}
