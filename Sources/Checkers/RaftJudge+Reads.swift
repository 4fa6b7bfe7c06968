import Node
import Primitives
import Programs
import Raft

/// A read that waits at a server for its answer.
struct OpenRead: Sendable {
  let client: NodeID
  let request: RequestID
  let attempt: UInt32
  /// How much was committed anywhere when the server got it, the first time.
  let committed: LogIndex
  /// How often the network brought it, and so how many answers there may be.
  var copies = 1

  func isTry(_ attempt: UInt32, of request: RequestID, by client: NodeID) -> Bool {
    self.attempt == attempt && self.request == request && self.client == client
  }
}

/// Reads without an entry in the log answer with all that was committed when they came (dissertation, 6.4): what
/// linearizability asks of every key, whether or not a client happens to look at the right one.
extension RaftJudge {
  mutating func noteRead(_ request: KVRequest, from client: Endpoint, _ step: Step) {
    guard case .get(_, let mode) = request.operation else { return }
    switch mode {
    case .readIndex, .lease, .follower:
      let read = OpenRead(
        client: client.host, request: request.request, attempt: request.attempt, committed: committed.count)
      let place = views[step.process].reads.lastIndex {
        $0.isTry(request.attempt, of: request.request, by: client.host)
      }
      if let place { views[step.process].reads[place].copies += 1 } else { views[step.process].reads.append(read) }
    // An entry of the log is in order by itself, and the last two promise less.
    case .log, .session, .stale: break
    }
  }

  mutating func judgeReads(_ effects: borrowing Effects<RaftKV>, _ step: Step) {
    guard !views[step.process].reads.isEmpty else { return }
    effects.items.lendEach { effect in
      guard case .send(.response(let response), let client, _, _) = effect else { return }
      judgeRead(response, to: client.host, step)
    }
  }

  private mutating func judgeRead(_ response: KVResponse, to client: NodeID, _ step: Step) {
    let place = views[step.process].reads.firstIndex {
      $0.isTry(response.attempt, of: response.request, by: client)
    }
    guard let place else { return }
    let read = views[step.process].reads[place]
    if read.copies == 1 {
      views[step.process].reads.remove(at: place)
    } else {
      views[step.process].reads[place].copies -= 1
    }
    guard case .outcome(let outcome) = response.answer, case .value = outcome.result else { return }
    guard outcome.index < read.committed else { return }
    record(
      RaftInvariant.readsAreCurrent, step,
      """
      \(step.name) answered a read at entry \(outcome.index), though entry \(read.committed) was committed when it got \
      it; it should know all up to that one.
      """)
  }
}
