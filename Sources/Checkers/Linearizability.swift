import Primitives

/// Judges whether a history has a legal order: one in which every operation takes effect at some moment between its
/// call and its end (Herlihy and Wing, "Linearizability", 1990, section 2).
///
/// Each key is an object of its own, and a history is linearizable when it is for each object (there, theorem 1).
/// Operations that failed did not happen, and reads of unknown outcome tell nothing: both are left out. An operation
/// of unknown outcome may take effect at any time after its call, or never.
package struct Linearizability: Sendable {
  package enum Model: String, Sendable, CaseIterable {
    /// Read and write.
    case register
    /// Read, write and compare-and-set.
    case casRegister = "cas-register"
    /// Get, put, append, delete and compare-and-set, by key.
    case kv
    /// Add elements, each once, and read them all.
    case set

    /// What operations a history of this model may have.
    package var functions: [ClientHistory.Function] {
      switch self {
      case .register: [.read, .write]
      case .casRegister: [.read, .write, .cas]
      case .kv: [.read, .write, .append, .delete, .cas]
      case .set: [.read, .add]
      }
    }
  }

  package enum Verdict: Sendable {
    case linearizable
    case violated(LinearizabilityExplanation)
    /// The budget was used up at this key, by number.
    case inconclusive(key: Int32)
  }

  /// Steps of the search for all objects together: minutes at most.
  package static let standardBudget = 50_000_000

  /// Steps of a second search, for an explanation that is easier to understand.
  private static let explanationBudget = 1_000_000

  package let model: Model
  package let budget: Int

  package init(_ model: Model, budget: Int = Linearizability.standardBudget) {
    self.model = model
    self.budget = budget
  }

  /// The first object in the order of the history's keys that has no legal order decides.
  ///
  /// - Parameter progress: told how many operations are judged; false stops, and the verdict is inconclusive.
  package func judge(
    _ history: ClientHistory, progress: (Int) -> Bool = { _ in true }
  ) -> Verdict {
    var left = budget
    var judged = 0
    var exhausted: Int32?
    for (key, places) in objects(history) {
      let preparation = LinearizabilityPreparation(history, places, model)
      var search = preparation.search(budget: left)
      switch search.run() {
      case .legal: break
      case .illegal(var item, var order, var states):
        var plain = preparation.search(budget: Self.explanationBudget)
        plain.looksAhead = false
        if case .illegal(let later, let before, let left) = plain.run() {
          (item, order, states) = (later, before, left)
        }
        return .violated(
          LinearizabilityExplanation(search, history, key: key, item: item, order: order, states: states))
      case .exhausted: exhausted = exhausted ?? key
      }
      left = max(search.budget, budget / 100)
      judged += places.count
      guard progress(judged) else { return .inconclusive(key: key) }
    }
    return exhausted.map { .inconclusive(key: $0) } ?? .linearizable
  }

  /// Operations that count, by key, keys in order of their first operation.
  private func objects(_ history: ClientHistory) -> [(key: Int32, places: [Int])] {
    var objects: [(key: Int32, places: [Int])] = []
    var known: [Int32: Int] = [:]
    for place in history.operations.indices {
      let operation = history.operations[place]
      guard operation.outcome != .fail, operation.promise == .linearizable,
        operation.outcome != .unknown || operation.function != .read
      else { continue }
      if let object = known[operation.key] {
        objects[object].places.append(place)
      } else {
        known[operation.key] = objects.count
        objects.append((operation.key, [place]))
      }
    }
    return objects
  }
}
