import Node
import Primitives
import Raft

/// A server's votes in all of its lives.
struct VoteLedger: Sendable {
  struct Vote: Hashable, Sendable {
    let term: Term
    let candidate: NodeID
  }

  /// One for each term, ascending.
  private(set) var cast = ContiguousArray<Vote>()
  private(set) var waiting = ContiguousArray<(token: WriteToken, vote: Vote)>()

  /// The vote leaves. Returns the candidate that had this term's vote before, where it was another one.
  mutating func leave(_ vote: Vote) -> NodeID? {
    // Votes come in the order of terms, but for broken servers.
    var place = cast.count
    while place > 0, cast[place - 1].term > vote.term { place -= 1 }
    if place > 0, cast[place - 1].term == vote.term {
      let earlier = cast[place - 1].candidate
      return earlier == vote.candidate ? nil : earlier
    }
    cast.insert(vote, at: place)
    return nil
  }

  /// Whether it has left, or waits for its write.
  func hasPromised(_ vote: Vote) -> Bool { hasCast(vote) || waiting.contains { $0.vote == vote } }

  func hasCast(_ vote: Vote) -> Bool { cast.last { $0.term <= vote.term } == vote }

  /// The vote leaves once that write is durable; a crash before takes it back.
  mutating func wait(_ vote: Vote, for token: WriteToken) {
    if let last = waiting.last, last == (token, vote) { return }
    waiting.append((token, vote))
  }

  /// The votes that leave now, in order.
  mutating func complete(_ token: WriteToken) -> [Vote] {
    guard !waiting.isEmpty else { return [] }
    let votes = waiting.filter { $0.token <= token }.map(\.vote)
    waiting.removeAll { $0.token <= token }
    return votes
  }

  mutating func crash() { waiting.removeAll() }
}
