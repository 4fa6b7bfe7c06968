import Primitives

extension Membership {
  /// What is held about a member. In ascending order of what overrides what within one incarnation.
  public enum Status: UInt8, Hashable, Sendable, CaseIterable {
    case alive
    /// A probe of it has failed, and it has time to refute that.
    case suspect
    /// The paper's Confirm; also a member that has left.
    case dead
  }

  /// A claim about one member, as it is held and as it travels (sections 4.1 and 4.2).
  public struct Update: Hashable, Sendable {
    public let node: NodeID
    public let status: Status
    /// The member's own counter, which it alone raises, to refute a claim about the earlier ones.
    public let incarnation: UInt32

    public init(_ node: NodeID, _ status: Status, incarnation: UInt32) {
      self.node = node
      self.status = status
      self.incarnation = incarnation
    }

    /// Whether this replaces what is held about the same member: the higher incarnation, and within one the
    /// graver status. No two claims override each other, so that all who hear the same claims, in whatever order,
    /// end up with the same one.
    ///
    /// These are the rules of section 4.2 but for Confirm, which is final there: its member would have to come back
    /// under another name. Here it comes back with a higher incarnation, which therefore overrides an earlier
    /// Confirm, and is not itself overridden by one.
    public func overrides(_ held: Update) -> Bool {
      incarnation != held.incarnation ? incarnation > held.incarnation : status.rawValue > held.status.rawValue
    }
  }
}
