import Node
import Primitives
import Raft

/// Clients that wait for entries of this server's log.
struct KVWaiting: Sendable {
  struct Client: Sendable {
    let index: LogIndex
    let term: Term
    let client: Endpoint
    let request: RequestID
    /// nil where a session is waited for.
    let attempt: UInt32?
    let since: Instant
  }

  /// In order of index. Of two at one index, at most one has the term of the entry that is committed there.
  private var clients: ContiguousArray<Client> = []
  /// So many of the first are answered.
  private var answered = 0

  mutating func add(_ client: Client) {
    var place = clients.count
    // A server that leads again after its log was cut short waits at indices where others wait still.
    while place > answered, clients[place - 1].index > client.index { place -= 1 }
    clients.insert(client, at: place)
  }

  /// The next that waits for the entry at `index`.
  mutating func next(at index: LogIndex) -> Client? {
    guard answered < clients.count, clients[answered].index == index else { return nil }
    answered += 1
    return clients[answered - 1]
  }

  mutating func forgetAnswered() {
    if answered > 0 { clients.removeFirst(answered) }
    answered = 0
  }

  /// Those that wait for entries up to there are not told any more.
  mutating func forget(upTo index: LogIndex) { clients.removeAll { $0.index <= index } }

  func fold(into digest: inout Digest) {
    digest.fold(UInt64(clients.count))
    for client in clients {
      digest.fold(client.index, client.term)
      digest.fold(client.request.rawValue, client.client.word)
      digest.fold(client.attempt.map { UInt64($0) + 1 } ?? 0)
    }
  }
}
