/// Arithmetic of majorities over a fixed set of voters.
public struct Quorum: Hashable, Sendable {
  public let voters: Int

  /// - Precondition: at least one voter.
  public init(voters: Int) {
    precondition(voters >= 1, "a cluster has at least one voter")
    self.voters = voters
  }

  /// The smallest number that any two majorities must overlap with: ⌊n/2⌋ + 1, counting oneself.
  @inlinable
  public var majority: Int { voters / 2 + 1 }

  /// The highest index that a majority of `matches` has reached.
  ///
  /// - Precondition: one element for each voter.
  public func committed(_ matches: some Sequence<LogIndex>) -> LogIndex {
    let sorted = matches.sorted(by: >)
    precondition(sorted.count == voters, "one match index for each voter")
    return sorted[majority - 1]
  }
}

/// Who granted and who refused a vote, each member counted once whatever the network repeats.
public struct VoteTally: Hashable, Sendable {
  private(set) var answers: [Bool?]

  public init(voters: Int) { answers = Array(repeating: nil, count: voters) }

  /// The first answer of a member stands.
  public mutating func record(member: Int, granted: Bool) {
    if answers[member] == nil { answers[member] = granted }
  }

  public var granted: Int { answers.count { $0 == true } }

  public func isWon(_ quorum: Quorum) -> Bool { granted >= quorum.majority }
}
