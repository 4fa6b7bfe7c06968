/// What can be known of an object's states before the search.
struct LinearizabilityFacts {
  /// Whether states that appends make are unknown beforehand, and nothing here holds of them.
  var hasAppends = false
  /// Whether some compare-and-set is owed another value than it expects.
  var hasMismatches = false
  /// States that one operation at most can bring about, the start among them.
  private var writers: [Int32: Int] = [:]
  /// By state: the last moment at which an operation ends that needs it, or may.
  private var needs: [Int32: Int] = [:]
  /// The same of those that certainly took effect.
  private var sureNeeds: [Int32: Int] = [:]
  /// By state: the last call, by item, of an operation that needs it.
  private var calls: [Int32: Int] = [:]
  /// By element: the size of the smallest set that was read with it.
  var ranks: [Int32: Int] = [:]
  /// By state: the size of the set that it is, where one was read.
  var sizes: [Int32: Int] = [:]

  mutating func write(_ state: Int32) { writers[state, default: 0] += 1 }

  mutating func observe(_ state: Int32, item: Int) { calls[state] = max(calls[state] ?? -1, item) }

  /// Returns whether that is news.
  @discardableResult
  mutating func need(_ state: Int32, until moment: Int) -> Bool {
    guard moment > needs[state] ?? -1 else { return false }
    needs[state] = moment
    return true
  }

  mutating func needForSure(_ state: Int32, until moment: Int) {
    sureNeeds[state] = max(sureNeeds[state] ?? -1, moment)
  }

  /// Whether a write of the state is to be tried before its time although nobody under way needs it: not where its
  /// value would be overwritten before somebody sees it who must, nor where it can be hidden before any other write.
  func mayComeEarly(_ state: Int32, at moment: Int) -> Bool {
    if !isUnique(state) || hasMismatches { return true }
    return sureNeeds[state] ?? -1 < moment && need(of: state) >= moment
  }

  func isUnique(_ state: Int32) -> Bool { !hasAppends && writers[state] == 1 }

  /// The last moment at which the state may be needed; -1 for never.
  func need(of state: Int32) -> Int { hasAppends ? .max : needs[state] ?? -1 }

  /// The last moment at which what the effect brings about may be needed.
  func need(of effect: LinearizabilitySearch.Effect) -> Int {
    switch effect {
    case .write(let state), .cas(_, let state, _): hasMismatches ? .max : need(of: state)
    default: .max
    }
  }

  /// The last item that needs the state; -1 for none.
  func lastCall(needing state: Int32) -> Int { calls[state] ?? -1 }
}
