import Telemetry

/// What `MeshJudge` watches over.
package enum MeshInvariant {
  /// Nobody holds a member in a higher incarnation than it has ever had: members alone raise their own.
  package static let incarnationIsOwn: StaticText = "incarnation-is-own"
  /// In one incarnation a member that is held dead is not held alive again by the same node in the same life (SWIM,
  /// section 4.2).
  package static let deathIsFinal: StaticText = "death-is-final"
  /// A request is answered only after its key's owner has served it.
  package static let ownerServes: StaticText = "owner-serves"
  /// Nodes send to their neighbours alone.
  package static let linksAreKept: StaticText = "links-are-kept"
  /// A version of the registry is the same wherever it is held.
  package static let registryAgrees: StaticText = "registry-agrees"
  /// A node's registry never goes back to an earlier version within a life.
  package static let registryMovesOn: StaticText = "registry-moves-on"
  /// Nodes that know of the same lessons hold the same: strong eventual consistency (Shapiro et al., 2011, section 2).
  package static let lessonsAgree: StaticText = "lessons-agree"

  package static let all = [
    incarnationIsOwn, deathIsFinal, ownerServes, linksAreKept, registryAgrees, registryMovesOn, lessonsAgree,
  ]
}
