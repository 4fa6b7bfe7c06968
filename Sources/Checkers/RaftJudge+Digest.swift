import Primitives

/// What decides which violations the judges will find, for the state hash of a simulation.
extension RaftJudge {
  @inlinable
  public var isViolated: Bool { !violations.isEmpty }

  public func fold(into digest: inout Digest) {
    for view in views {
      digest.fold(view.log.count, view.log.hash(at: view.log.count))
      view.disk.fold(into: &digest)
      view.votes.fold(into: &digest)
      for follower in view.followers { follower.fold(into: &digest) }
      for read in view.reads { digest.fold(read.request.rawValue, read.committed) }
    }
    committed.fold(into: &digest)
    leaderships.fold(into: &digest)
    for seen in configurations { digest.fold(seen.index, seen.hash) }
  }
}

extension DiskView {
  func fold(into digest: inout Digest) {
    digest.fold(durable.state.term, durable.state.vote.map { UInt64($0.rawValue) + 1 } ?? 0)
    digest.fold(durable.count)
  }
}

extension VoteLedger {
  func fold(into digest: inout Digest) {
    for vote in cast { digest.fold(vote.term, UInt64(vote.candidate.rawValue)) }
    for each in waiting { digest.fold(each.vote.term, UInt64(each.vote.candidate.rawValue)) }
  }
}

extension Correspondence {
  func fold(into digest: inout Digest) {
    digest.fold(life, acknowledged)
    digest.fold(told, lastTold.map { $0 + 1 } ?? 0)
  }
}

extension CommittedLog {
  func fold(into digest: inout Digest) {
    digest.fold(count, chain.hash(at: count))
    digest.fold(judged)
  }
}

extension Leaderships {
  func fold(into digest: inout Digest) {
    for leadership in known { digest.fold(leadership.term, UInt64(leadership.process)) }
  }
}

extension GossipJudge {
  @inlinable
  public var isViolated: Bool { !violations.isEmpty }

  public func fold(into digest: inout Digest) {
    for rumour in rumours {
      digest.fold(rumour.number)
      for node in rumour.knownAt.indices {
        digest.fold(rumour.knownAt[node] == nil ? 0 : 1, rumour.told[node] ? 1 : 0)
      }
    }
  }
}
