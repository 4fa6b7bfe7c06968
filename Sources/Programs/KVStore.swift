import Node
import Primitives

/// The replicated state machine: values by key, and what each client's recent requests came to, so that a
/// request that entered the log twice is applied once (Raft paper, section 8; Ongaro's dissertation, 6.3).
struct KVStore: Hashable, Sendable {
  struct Session: Hashable, Sendable {
    let client: Endpoint
    /// Requests below it are over for the client: a copy of one that comes late is not applied.
    var oldestOpen: RequestID
    var outcomes: [Result]
  }

  struct Result: Hashable, Sendable {
    let request: RequestID
    let outcome: KVOutcome
  }

  // Looked up and never iterated: its order is not the run's.
  private var values: [KVKey: [UInt8]] = [:]
  /// In order of the client's endpoint.
  private var sessions: [Session] = []
  /// A sum over everything the store holds, whatever the order it came in: equal for equal content.
  private(set) var fingerprint: UInt64 = 0

  subscript(key: KVKey) -> [UInt8]? { values[key] }

  /// Returns nil for a request that is over for its client.
  mutating func apply(_ command: KVCommand) -> KVOutcome? {
    let session = session(of: command.client)
    forget(session, below: command.oldestOpen)
    guard command.request.rawValue >= sessions[session].oldestOpen.rawValue else { return nil }
    if let known = sessions[session].outcomes.first(where: { $0.request == command.request }) {
      return known.outcome
    }
    let outcome = perform(command.operation)
    let result = Result(request: command.request, outcome: outcome)
    sessions[session].outcomes.append(result)
    fingerprint &+= weight(of: result, client: command.client)
    return outcome
  }

  private mutating func perform(_ operation: KVOperation) -> KVOutcome {
    switch operation {
    case .get(let key): return .value(values[key])
    case .put(let key, let value):
      set(key, to: value)
      return .done
    case .delete(let key):
      set(key, to: nil)
      return .done
    case .compareAndSet(let key, let expected, let new):
      guard values[key] == expected else { return .mismatch }
      set(key, to: new)
      return .done
    }
  }

  private mutating func set(_ key: KVKey, to value: [UInt8]?) {
    if let old = values[key] { fingerprint &-= weight(of: key, old) }
    if let value { fingerprint &+= weight(of: key, value) }
    values[key] = value
  }

  // MARK: Sessions

  private mutating func session(of client: Endpoint) -> Int {
    let place = sessions.firstIndex { !($0.client < client) } ?? sessions.count
    if place == sessions.count || sessions[place].client != client {
      sessions.insert(Session(client: client, oldestOpen: RequestID(0), outcomes: []), at: place)
    }
    return place
  }

  private mutating func forget(_ session: Int, below oldestOpen: RequestID) {
    guard oldestOpen.rawValue > sessions[session].oldestOpen.rawValue else { return }
    let client = sessions[session].client
    fingerprint &-= avalanche(client.word) &* sessions[session].oldestOpen.rawValue
    fingerprint &+= avalanche(client.word) &* oldestOpen.rawValue
    sessions[session].oldestOpen = oldestOpen
    for result in sessions[session].outcomes where result.request.rawValue < oldestOpen.rawValue {
      fingerprint &-= weight(of: result, client: client)
    }
    sessions[session].outcomes.removeAll { $0.request.rawValue < oldestOpen.rawValue }
  }

  // MARK: Weights

  private func weight(of key: KVKey, _ value: [UInt8]) -> UInt64 {
    var digest = Digest()
    digest.fold(bytes: key.bytes)
    digest.fold(bytes: value)
    return digest.words.high
  }

  private func weight(of result: Result, client: Endpoint) -> UInt64 {
    var digest = Digest()
    digest.fold(client.word, result.request.rawValue)
    result.outcome.fold(into: &digest)
    return digest.words.high
  }
}
