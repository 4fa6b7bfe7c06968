import Telemetry

/// What `RaftJudge` watches over, by the names that its violations carry. The first five are the paper's own
/// (figure 3); the others are what those rest on once disks forget and processes come back.
package enum RaftInvariant {
  /// At most one leader in each term.
  package static let electionSafety: StaticText = "election-safety"
  /// A leader never overwrites or removes entries of its own log.
  package static let leaderAppendOnly: StaticText = "leader-append-only"
  /// Two logs with an entry of the same index and term are the same up to there.
  package static let logMatching: StaticText = "log-matching"
  /// A committed entry is in the log of every leader of a later term.
  package static let leaderCompleteness: StaticText = "leader-completeness"
  /// All servers apply the same entries in the same order, and come to the same store.
  package static let stateMachineSafety: StaticText = "state-machine-safety"
  /// A server votes for one candidate in each term.
  package static let oneVotePerTerm: StaticText = "one-vote-per-term"
  /// A vote or an acknowledgement leaves once what it promises is durable.
  package static let promiseBeforeDurable: StaticText = "promise-before-durable"
  /// Commit and applied index never fall within a life; applied ≤ commit ≤ the log's end.
  package static let commitMonotonicity: StaticText = "commit-monotonicity"
  /// The term never falls, neither within a life nor below what the server found on its disk.
  package static let termMonotonicity: StaticText = "term-monotonicity"
  /// A leader commits by counting only entries of its own term (section 5.4.2).
  package static let commitsOwnTerm: StaticText = "commits-own-term"
  /// What a leader commits is durable on a majority.
  package static let committedIsDurable: StaticText = "committed-is-durable"
  /// What a client is told of is durable on a majority.
  package static let acknowledgedIsDurable: StaticText = "acknowledged-is-durable"
  /// A server finds on its disk everything that was durable when it went down, and goes on from that.
  package static let recoveredState: StaticText = "recovered-state"
  /// The log in memory is the log that was written.
  package static let storedLog: StaticText = "stored-log"
  /// A server forgets no entry that no durable snapshot of its own stands for (section 7).
  package static let forgottenIsInASnapshot: StaticText = "forgotten-is-in-a-snapshot"

  /// A leader has the votes of a majority of its configuration's voters, of both halves of a joint one (section 6).
  package static let electedByMajority: StaticText = "elected-by-majority"
  /// A leader appends a configuration only once an entry of its term, and the configuration before, are committed (section 6;
  /// Ongaro, raft-dev, 2015).
  package static let changesWait: StaticText = "changes-wait"
  /// Voters change by a joint configuration of the old and the new ones (section 6).
  package static let changesAreJoint: StaticText = "changes-are-joint"

  /// A read without an entry in the log answers with all that was committed when it came (dissertation, 6.4).
  package static let readsAreCurrent: StaticText = "reads-are-current"
  /// Who asks in an earlier term is told the present one (figure 2).
  package static let staleRequestsAreAnswered: StaticText = "stale-requests-are-answered"
  /// Whoever has a term's vote gets it again when it asks again (figure 2).
  package static let voteIsRepeated: StaticText = "vote-is-repeated"
  /// A leader whose message was rejected looks for where the logs agree no higher than before (section 5.3).
  package static let searchDescends: StaticText = "search-descends"
  /// A leader goes on from what a follower has acknowledged.
  package static let acknowledgedIsNotSentAgain: StaticText = "acknowledged-is-not-sent-again"
  /// A leader takes no entry of its own leadership for known that it has not sent.
  package static let nothingIsSkipped: StaticText = "nothing-is-skipped"

  /// A server that has lost entries votes for nobody until it has them again.
  package static let impairedAbstains: StaticText = "impaired-abstains"
  /// A leader gives nobody a vote, and advises nobody to ask for one (dissertation, 4.2.3 and 9.6).
  package static let leaderGrantsNothing: StaticText = "leader-grants-nothing"
  /// Who has just heard a leader advises nobody to ask for votes (dissertation, 9.6), and where a quorum is checked votes for nobody
  /// (4.2.3).
  package static let heardLeaderIsKept: StaticText = "heard-leader-is-kept"
  /// A server writes in no version above its own, and nothing comes of a message in one, except that it is refused.
  package static let speaksWhatIsUnderstood: StaticText = "speaks-what-is-understood"

  package static let all = [
    electionSafety, leaderAppendOnly, logMatching, leaderCompleteness, stateMachineSafety, oneVotePerTerm,
    promiseBeforeDurable, commitMonotonicity, termMonotonicity, commitsOwnTerm, committedIsDurable,
    acknowledgedIsDurable,
    recoveredState, storedLog, forgottenIsInASnapshot, electedByMajority, changesWait, changesAreJoint,
    readsAreCurrent,
    staleRequestsAreAnswered, voteIsRepeated,
    searchDescends,
    acknowledgedIsNotSentAgain, nothingIsSkipped, impairedAbstains, leaderGrantsNothing, heardLeaderIsKept,
    speaksWhatIsUnderstood,
  ]
}
