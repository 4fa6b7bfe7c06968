import Primitives

extension Membership {
  /// One of the paper's three messages. Each tells whose probe of whom it belongs to, so that a proxy needs no memory
  /// of what it relays.
  public struct Message: Hashable, Sendable {
    public enum Form: UInt8, Hashable, Sendable, CaseIterable {
      case ping, ack
      /// The paper's ping-req: please ping the target.
      case pingRequest
    }

    public let form: Form
    /// The number of the initiator's protocol period.
    public let sequence: UInt32
    /// Whose probe it is.
    public let initiator: NodeID
    /// Whom it probes.
    public let target: NodeID
    /// On the back of the message (section 4.1), at most 255.
    public let updates: [Update]

    public init(_ form: Form, sequence: UInt32, initiator: NodeID, target: NodeID, updates: [Update] = []) {
      self.form = form
      self.sequence = sequence
      self.initiator = initiator
      self.target = target
      self.updates = updates
    }
  }
}
