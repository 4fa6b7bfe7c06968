import Primitives

extension Membership {
  /// What this member holds about another, or about itself: alive, or dead once it has left.
  ///
  /// - Precondition: `node` is of the group.
  public func held(about node: NodeID) -> Update {
    precondition(isMember(node), "a member is one of the group")
    return node == id
      ? Update(id, hasLeft ? .dead : .alive, incarnation: incarnation) : roster.held(about: node)
  }

  public func status(of node: NodeID) -> Status { held(about: node).status }

  /// Neither suspect nor dead.
  public func isAlive(_ node: NodeID) -> Bool { status(of: node) == .alive }

  public var aliveCount: Int { members - suspectCount - deadCount }
  public var suspectCount: Int { roster.suspects }
  public var deadCount: Int { roster.dead + (hasLeft ? 1 : 0) }

  /// Whatever is held about others and is not "alive in incarnation 0", in ascending order of nodes. A member that
  /// has refuted something once is among them for good.
  public var deviations: ContiguousArray<Update> { roster.records }

  /// Updates that have not been sent often enough yet.
  public var updatesInFlight: Int { news.items.count }

  /// Everything that decides how the member goes on, but for its settings and its timers: those are their owner's.
  /// Moments count as they lie before or after `now`.
  public func fold(into digest: inout Digest, at now: Instant) {
    digest.fold(UInt64(id.rawValue) << 32 | UInt64(incarnation), UInt64(sequence) << 1 | (hasLeft ? 1 : 0))
    digest.fold(UInt64(roster.records.count), UInt64(news.items.count))
    for record in roster.records { record.fold(into: &digest) }
    for item in news.items {
      item.update.fold(into: &digest)
      digest.fold(UInt64(item.sends))
    }
    digest.fold(UInt64(suspicions.count), Self.word(suspicionDue, now))
    for suspicion in suspicions { digest.fold(UInt64(suspicion.node.rawValue), Self.word(suspicion.end, now)) }
    digest.fold(probe.map { UInt64($0.target.rawValue) << 1 | ($0.isIndirect ? 1 : 0) } ?? .max)
    digest.fold(pass?.key ?? .max, UInt64(turn))
    digest.fold(UInt64(health), UInt64(sinceDeadContact))
  }

  private static func word(_ moment: Instant?, _ now: Instant) -> UInt64 {
    moment.map { UInt64(bitPattern: ($0 - now).count) } ?? UInt64(bitPattern: .min)
  }
}
