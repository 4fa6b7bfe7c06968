import Primitives
import Raft
import Scenarios

/// Measures elections: how long each took, how many terms, and whether its first vote was split.
///
/// An election is open from when nobody leads any more, or somebody stands in a leader's place, until a leader is found who
/// counts, by `Scenario.ElectionMeasure`.
package struct ElectionMeter: Sendable {
  package struct Election: Hashable, Sendable {
    package let duration: Nanoseconds
    /// Stood for, the leader's own included.
    package let terms: UInt64
    /// The first of them elected nobody.
    package let isSplit: Bool

    package init(duration: Nanoseconds, terms: UInt64, isSplit: Bool) {
      self.duration = duration
      self.terms = terms
      self.isSplit = isSplit
    }
  }

  /// A leader of whom it is not known yet whether it counts.
  private struct Claim: Sendable {
    let process: Int
    let term: Term
    let at: Instant
    /// As it was elected.
    let terms: UInt64
    let isSplit: Bool
    /// Who has not heard it yet.
    var deaf: Set<Int>
  }

  package let rule: Scenario.ElectionMeasure
  /// How long a stable leader leads at least; it leads longer than this.
  private let steadiness: Nanoseconds
  package private(set) var elections: [Election] = []
  /// Since when nobody leads; nil while somebody does.
  private var lostAt: Instant? = .zero
  private var candidateSince: Instant?
  private var terms: UInt64 = 0
  /// The first and the last term that was stood for in this election.
  private var firstTerm: Term?
  private var lastTerm: Term = 0
  private var firstIsWon = false
  private var claim: Claim?
  /// Who was elected last, and leads still.
  private var leader: Int?

  package init(_ rule: Scenario.ElectionMeasure, heartbeat: Nanoseconds) {
    self.rule = rule
    let (span, isEndless) = heartbeat.count.multipliedReportingOverflow(by: Int64(rule.heartbeats))
    steadiness = Nanoseconds(isEndless ? .max : span)
  }

  /// Whether messages of leaders matter.
  package var listens: Bool { claim != nil && rule.until == .heard }

  /// - Parameter asks: whether only to find out if an election could be won.
  package mutating func stand(for term: Term, asks: Bool, at now: Instant) {
    // Whoever has led for so long has counted; this is another election.
    if let claim, isStable(claim, at: now) { close(claim, at: claim.at) }
    if candidateSince == nil { candidateSince = now }
    if lostAt == nil { lostAt = now }
    guard !asks else { return }
    if firstTerm == nil { firstTerm = term }
    if term > lastTerm {
      lastTerm = term
      terms += 1
    }
  }

  /// - Parameter others: members that are up, but for the leader.
  package mutating func win(_ term: Term, by process: Int, others: Set<Int>, at now: Instant) {
    leader = process
    if firstTerm == nil || term == firstTerm { firstIsWon = true }
    let claim = Claim(
      process: process, term: term, at: now, terms: max(terms, 1), isSplit: !firstIsWon, deaf: others)
    switch rule.until {
    case .elected: close(claim, at: now)
    case .heard where others.isEmpty: close(claim, at: now)
    case .heard, .stable: self.claim = claim
    }
  }

  /// A server obeys a leader.
  package mutating func hear(_ term: Term, by process: Int, at now: Instant) {
    guard var claim, claim.term == term else { return }
    claim.deaf.remove(process)
    self.claim = claim
    if claim.deaf.isEmpty { close(claim, at: now) }
  }

  /// A leader ends, or steps down: the one that was elected last, or one from before that has heard of it late.
  package mutating func lose(_ process: Int, at now: Instant) {
    if let claim, claim.process == process {
      if isStable(claim, at: now) { close(claim, at: claim.at) }
      self.claim = nil
    }
    guard leader == process else { return }
    leader = nil
    if lostAt == nil { lostAt = now }
  }

  /// A server ends, and hears nothing any more.
  package mutating func lose(listener process: Int, at now: Instant) {
    if let claim, claim.deaf.contains(process) { hear(claim.term, by: process, at: now) }
  }

  /// Nobody stands any longer.
  package mutating func forgetCandidacies() {
    // Whoever is in doubt was elected by them.
    guard claim == nil else { return }
    if leader != nil || rule.from == .candidacy { begin(lostAt: leader == nil ? lostAt : nil) }
    candidateSince = nil
  }

  /// All that is decided at `now`: a leader is stable while it still leads.
  package func elections(at now: Instant) -> [Election] {
    guard let claim, isStable(claim, at: now) else { return elections }
    return elections + [election(of: claim, at: claim.at)].compactMap { $0 }
  }

  private func isStable(_ claim: Claim, at now: Instant) -> Bool {
    rule.until == .stable && now - claim.at > steadiness
  }

  private mutating func close(_ claim: Claim, at end: Instant) {
    if let election = election(of: claim, at: end) { elections.append(election) }
    self.claim = nil
    begin(lostAt: nil)
  }

  private func election(of claim: Claim, at end: Instant) -> Election? {
    guard let since = rule.from == .loss ? lostAt : candidateSince else { return nil }
    return Election(duration: end - since, terms: claim.terms, isSplit: claim.isSplit)
  }

  private mutating func begin(lostAt: Instant?) {
    self.lostAt = lostAt
    candidateSince = nil
    (firstTerm, firstIsWon, terms) = (nil, false, 0)
  }
}
