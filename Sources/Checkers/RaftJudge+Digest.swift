import Primitives

extension RaftJudge {
  public var isViolated: Bool { !violations.isEmpty }

  public func fold(into digest: inout Digest) {}
}

extension GossipJudge {
  public var isViolated: Bool { !violations.isEmpty }
  public func fold(into digest: inout Digest) {}
}
