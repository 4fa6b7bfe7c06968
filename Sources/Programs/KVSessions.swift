import Node
import Primitives
import Raft

/// The store's sessions. What changes them returns by how much the store's fingerprint changes.
struct KVSessions: Sendable {
  fileprivate struct Session: Sendable {
    /// The index of the entry that opened it.
    let id: LogIndex
    let client: UInt64
    /// The index of the last entry of its own.
    var used: LogIndex
    /// Requests below it are over for the client: a copy of one that comes late is not applied.
    var oldestOpen: UInt64 = 0
    var outcomes: ContiguousArray<Known> = []

    var weight: UInt64 { avalanche(id &* MixingConstant.a ^ client) }

    // Here, so that the table is looked into once for a request.
    mutating func use(at index: LogIndex, oldestOpen oldest: UInt64) -> UInt64 {
      used = index
      guard oldest > oldestOpen else { return 0 }
      var change = KVSessions.weight(id, oldest) &- KVSessions.weight(id, oldestOpen)
      oldestOpen = oldest
      var kept = 0
      for position in outcomes.indices {
        if outcomes[position].request < oldest {
          change &-= outcomes[position].weight
        } else {
          if kept != position { outcomes.swapAt(kept, position) }
          kept += 1
        }
      }
      if kept < outcomes.count { outcomes.removeLast(outcomes.count - kept) }
      return change
    }
  }

  fileprivate struct Known: Sendable {
    let request: UInt64
    let outcome: KVOutcome
    let weight: UInt64
  }

  /// Ascending by id.
  private var sessions: ContiguousArray<Session> = []

  var count: Int { sessions.count }

  func find(_ id: LogIndex) -> Int? {
    var low = 0
    var high = sessions.count
    while low < high {
      let middle = (low + high) / 2
      if sessions[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low < sessions.count && sessions[low].id == id ? low : nil
  }

  mutating func open(_ id: LogIndex, _ client: UInt64) -> UInt64 {
    sessions.append(Session(id: id, client: client, used: id))
    return sessions[sessions.count - 1].weight
  }

  /// - Precondition: there is a session.
  mutating func closeOldest() -> UInt64 {
    var oldest = 0
    for place in sessions.indices where sessions[place].used < sessions[oldest].used { oldest = place }
    let session = sessions.remove(at: oldest)
    return session.outcomes.reduce(session.weight &+ Self.weight(session.id, session.oldestOpen)) {
      $0 &+ $1.weight
    }
  }

  /// The session is used by the entry at `index`; results of requests before `oldestOpen` are forgotten.
  mutating func use(_ place: Int, at index: LogIndex, oldestOpen: UInt64) -> UInt64 {
    sessions[place].use(at: index, oldestOpen: oldestOpen)
  }

  func isOver(_ request: UInt64, in place: Int) -> Bool { request < sessions[place].oldestOpen }

  func outcome(of request: UInt64, in place: Int) -> KVOutcome? {
    for known in sessions[place].outcomes where known.request == request { return known.outcome }
    return nil
  }

  /// - Parameter mark: stands for the entry that the result came from.
  mutating func record(_ outcome: KVOutcome, of request: UInt64, in place: Int, mark: UInt64) -> UInt64 {
    let weight = avalanche(foldedProduct(mark ^ MixingConstant.d, request ^ MixingConstant.e ^ outcome.result.word))
    sessions[place].outcomes.append(Known(request: request, outcome: outcome, weight: weight))
    return weight
  }

  // MARK: Snapshots

  /// A session as a snapshot has kept it.
  struct Restored {
    fileprivate let session: Session
    fileprivate let position: Int

    init(from reader: inout WireReader) throws(WireError) {
      position = reader.position
      var session = Session(
        id: try reader.word64(), client: try reader.word64(), used: try reader.word64(),
        oldestOpen: try reader.word64())
      for _ in 0..<(try reader.word32()) {
        let (request, weight) = (try reader.word64(), try reader.word64())
        let position = reader.position
        let outcome = try KVOutcome.decode(kind: try reader.byte(), at: position, from: &reader)
        session.outcomes.append(Known(request: request, outcome: outcome, weight: weight))
      }
      self.session = session
    }
  }

  func encode(into writer: inout WireWriter) {
    writer.write(UInt32(sessions.count))
    for session in sessions {
      writer.write(session.id)
      writer.write(session.client)
      writer.write(session.used)
      writer.write(session.oldestOpen)
      writer.write(UInt32(session.outcomes.count))
      for known in session.outcomes {
        writer.write(known.request)
        writer.write(known.weight)
        known.outcome.encode(into: &writer)
      }
    }
  }

  /// Returns what it adds to the store's fingerprint.
  mutating func restore(_ restored: Restored) throws(WireError) -> UInt64 {
    let session = restored.session
    guard session.id > sessions.last?.id ?? 0 else {
      throw WireError(position: restored.position, expected: "a session opened after the one before")
    }
    sessions.append(session)
    return session.outcomes.reduce(session.weight &+ Self.weight(session.id, session.oldestOpen)) {
      $0 &+ $1.weight
    }
  }

  private static func weight(_ id: LogIndex, _ oldestOpen: UInt64) -> UInt64 {
    oldestOpen == 0 ? 0 : avalanche(id &* MixingConstant.b &+ oldestOpen)
  }
}

extension KVOutcome.Result {
  /// Tells results of one entry apart.
  fileprivate var word: UInt64 {
    switch self {
    case .value(nil): 1 << 56
    case .value: 2 << 56
    case .mismatch: 3 << 56
    default: 0
    }
  }
}
