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

  /// The highest number that a majority has reached.
  ///
  /// - Parameter reached: what the voter at a position, below `voters`, has reached.
  public func reached(_ reached: (Int) -> UInt64) -> UInt64 {
    // Few voters and no memory of their own: asked for with every acknowledgement.
    guard voters <= 16 else { return (0..<voters).map(reached).sorted(by: >)[majority - 1] }
    var best: UInt64 = 0
    for position in 0..<voters {
      let value = reached(position)
      guard value > best else { continue }
      var count = 0
      for other in 0..<voters where reached(other) >= value { count += 1 }
      if count >= majority { best = value }
    }
    return best
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
