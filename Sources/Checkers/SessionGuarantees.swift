import Primitives

/// What clients may rely on although they read from servers that lag behind: for each client three of "Session
/// Guarantees for Weakly Consistent Replicated Data" (Terry and others, 1994), and one for all. Each is judged over the
/// log indices that answers carry: how much of the one log the state contained that an answer tells of.
package enum SessionGuarantee: String, Sendable, CaseIterable {
  /// A read contains every write that the client had finished when it asked.
  case readYourWrites = "read-your-writes"
  /// A read contains what every read did that the client had finished when it asked.
  case monotonicReads = "monotonic-reads"
  /// A client's writes take effect in the order in which it made them.
  case monotonicWrites = "monotonic-writes"
  /// A read returns what the log's entries up to its index make of its key: some state that was there, however old.
  case committedReads = "committed-reads"

  package enum Verdict: Sendable {
    case held
    case violated(String)
    /// No answer carries an index that this could be judged by.
    case unjudged
  }

  package func judge(_ history: ClientHistory) -> Verdict {
    self == .committedReads ? judgeCommittedReads(history) : judgeOrder(history)
  }

  /// Stale reads promise no order, and are left out.
  private func judgeOrder(_ history: ClientHistory) -> Verdict {
    var clients = [Client](repeating: Client(), count: history.processes.count)
    var judged = false
    // In order of calls; ends are taken in as far as they lie before the call.
    for place in history.operations.indices {
      let operation = history.operations[place]
      guard operation.promise != .stale, operation.outcome == .ok || operation.outcome == .mismatch,
        operation.index > 0
      else { continue }
      let process = Int(operation.process)
      let isRead = operation.function == .read
      clients[process].advance(to: operation, in: history)
      if isJudged(read: isRead) {
        judged = true
        let owed = self == .monotonicReads ? clients[process].read : clients[process].written
        if let owed, owed.index > operation.index, self != .monotonicWrites || !isRead {
          return .violated(sentence(history, place, after: owed.place))
        }
      }
      clients[process].add(.init(index: operation.index, place: place), isRead: isRead)
    }
    return judged ? .held : .unjudged
  }

  private func isJudged(read: Bool) -> Bool { self == .monotonicWrites ? !read : read }

  private func sentence(_ history: ClientHistory, _ place: Int, after earlier: Int) -> String {
    let (late, early) = (
      LinearizabilityExplanation.Line(history, place), LinearizabilityExplanation.Line(history, earlier)
    )
    let (after, before) = (history.operations[place].index, history.operations[earlier].index)
    return
      "\(late.text) tells of \(after) log entries, although \(early.text) had told of \(before) before it began"
  }

  private struct Mark: Sendable {
    let index: UInt64
    let place: Int
  }

  /// What a client has finished.
  private struct Client: Sendable {
    var written: Mark?
    var read: Mark?
    private var open: [(mark: Mark, isRead: Bool)] = []

    mutating func add(_ mark: Mark, isRead: Bool) { open.append((mark, isRead)) }

    mutating func advance(to next: ClientHistory.Operation, in history: ClientHistory) {
      for done in open where history.operations[done.mark.place].precedes(next) {
        if done.isRead {
          if done.mark.index > read?.index ?? 0 { read = done.mark }
        } else if done.mark.index > written?.index ?? 0 {
          written = done.mark
        }
      }
      open.removeAll { history.operations[$0.mark.place].precedes(next) }
    }
  }
}
