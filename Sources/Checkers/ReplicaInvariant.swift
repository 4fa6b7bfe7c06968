import Telemetry

/// What `ReplicaJudge` watches over.
package enum ReplicaInvariant {
  /// Replicas that know the same changes are in the same state ("Conflict-free replicated data types", Shapiro et al.,
  /// 2011, definition 2.3).
  package static let strongConvergence: StaticText = "strong-convergence"
  /// A replica's state is what its objects' specifications make of the changes that it knows.
  package static let stateFollowsChanges: StaticText = "state-follows-changes"
  /// A write has a later timestamp than every write that its replica knew, so that it wins.
  package static let laterWriteWins: StaticText = "later-write-wins"
  /// What a replica tells others or answers with is on its disk before.
  package static let durableBeforeTold: StaticText = "durable-before-told"
  /// A replica numbers its changes one by one, and in a new life begins anew under another name.
  package static let changesAreNumbered: StaticText = "changes-are-numbered"
  /// A replica knows only changes that were made.
  package static let nothingInvented: StaticText = "nothing-invented"
  /// What was on a replica's disk it knows in its next life.
  package static let nothingForgotten: StaticText = "nothing-forgotten"
  /// Within a life a replica forgets nothing at all.
  package static let knowledgeGrows: StaticText = "knowledge-grows"

  package static let all = [
    strongConvergence, stateFollowsChanges, laterWriteWins, durableBeforeTold, changesAreNumbered, nothingInvented,
    nothingForgotten, knowledgeGrows,
  ]
}
