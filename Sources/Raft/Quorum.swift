import Primitives

/// Arithmetic of majorities among a group's members, who are known by their places.
public struct Quorum: Hashable, Sendable {
  /// Voters among whom a majority decides.
  private struct Half: Hashable, Sendable {
    let count: Int
    /// Their places; nil for all from 0 on, as in nearly every group.
    let places: [Int]?

    var majority: Int { Quorum.majority(of: count) }

    func place(_ number: Int) -> Int { places.map { $0[number] } ?? number }

    func reached(_ reached: (Int) -> UInt64) -> UInt64 {
      // Few voters and no memory of their own: asked for with every acknowledgement.
      guard count <= 16 else {
        return (0..<count).map { reached(place($0)) }.sorted(by: >)[majority - 1]
      }
      var best: UInt64 = 0
      for voter in 0..<count {
        let value = reached(place(voter))
        guard value > best else { continue }
        var reaching = 0
        for other in 0..<count where reached(place(other)) >= value { reaching += 1 }
        if reaching >= majority { best = value }
      }
      return best
    }

    func isMet(_ agrees: (Int) -> Bool) -> Bool {
      var agreeing = 0
      for voter in 0..<count where agrees(place(voter)) { agreeing += 1 }
      return agreeing >= majority
    }
  }

  private let incoming: Half
  /// While a configuration is joint.
  private let outgoing: Half?

  /// - Precondition: at least one voter.
  public init(voters: Int) {
    precondition(voters >= 1, "a cluster has at least one voter")
    incoming = Half(count: voters, places: nil)
    outgoing = nil
  }

  /// - Parameter members: the configuration's, in ascending order.
  init(_ configuration: Configuration, among members: [NodeID]) {
    func half(_ voters: [NodeID]) -> Half {
      Half(count: voters.count, places: voters == members ? nil : voters.map { members.firstIndex(of: $0)! })
    }
    incoming = half(configuration.voters)
    outgoing = configuration.isJoint ? half(configuration.outgoing) : nil
  }

  /// The smallest number that any two majorities must overlap with: ⌊n/2⌋ + 1, counting oneself.
  @inlinable
  public static func majority(of voters: Int) -> Int { voters / 2 + 1 }

  /// The highest number that a majority has reached; of a joint configuration a majority of each half.
  ///
  /// - Parameter reached: what the member at a place has reached.
  public func reached(_ reached: (Int) -> UInt64) -> UInt64 {
    // Of nobody there is no majority.
    guard incoming.count > 0 else { return 0 }
    guard let outgoing else { return incoming.reached(reached) }
    return min(incoming.reached(reached), outgoing.reached(reached))
  }

  /// Whether a majority agrees; of a joint configuration a majority of each half.
  public func isMet(_ agrees: (Int) -> Bool) -> Bool {
    incoming.count > 0 && incoming.isMet(agrees) && outgoing?.isMet(agrees) ?? true
  }
}

/// Who granted and who refused a vote, each member counted once whatever the network repeats.
public struct VoteTally: Hashable, Sendable {
  private(set) var answers: [Bool?]

  public init(members: Int) { answers = Array(repeating: nil, count: members) }

  /// The first answer of a member stands.
  public mutating func record(member: Int, granted: Bool) {
    if answers[member] == nil { answers[member] = granted }
  }

  public func isWon(_ quorum: Quorum) -> Bool { quorum.isMet { answers[$0] == true } }

  var refusing: Int { answers.count { $0 == false } }

  /// Of other members than before.
  mutating func move(from before: [NodeID], to after: [NodeID]) {
    answers = after.map { node in before.firstIndex(of: node).flatMap { answers[$0] } }
  }
}
