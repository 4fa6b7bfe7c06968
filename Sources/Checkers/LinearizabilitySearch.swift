import Primitives

/// Whether the operations on one object have a legal order (Wing and Gong, "Testing and Verifying Concurrent
/// Objects", 1993; Lowe, "Testing for linearizability", 2017, with its just-in-time linearization and its memory of
/// configurations that led nowhere).
///
/// The search goes through the moments at which operations ended. Just before an operation's end it must have
/// taken effect; no operation takes effect earlier than one of these moments makes it. A configuration is the
/// object's state with the set of those operations under way that have taken effect, and of those of unknown
/// outcome that were used. `LinearizabilitySearch+Moves` has the rules that keep the ways few.
struct LinearizabilitySearch {
  /// What an operation does to a state.
  enum Effect {
    case read(Int32)
    case write(Int32)
    /// `matched` nil where that is unknown.
    case cas(expected: Int32, new: Int32, matched: Bool?)
    case append(Int32)
    case add(Int32)

    var keepsState: Bool {
      switch self {
      case .read, .cas(_, _, matched: .some(false)): true
      default: false
      }
    }

    /// The state that it needs, where it needs one.
    var observed: Int32? {
      switch self {
      case .read(let state), .cas(let state, _, matched: .some(true)): state
      default: nil
      }
    }
  }

  /// An operation as the search knows it, by its place in order of calls.
  struct Item {
    let place: Int
    let process: Int32
    var effect: Effect
    let call: Int64
    var end: Int64
    /// The operation of the same process that ended at this one's call: at equal times, that order alone is sure.
    var before: Int32 = -1
    /// Whether another operation waits for this one so.
    var isAwaited = false
    /// Where it is while it is under way, or ended.
    var slot: Int32 = -1

    var isOpen: Bool { end == .max }
  }

  struct Configuration {
    var state: Int32
    /// Operations under way that have taken effect, by slot.
    var done = SlotSet()
    /// Of unknown outcome, used and still of use: ascending.
    var used: ContiguousArray<Int32> = []
    /// The end of a chain of operations in `chain`.
    var last: Int32 = -1
    var length = 0
  }

  enum Verdict {
    case legal
    /// Nothing leads over the end of this item.
    case illegal(item: Int, order: [Int], states: [Int32])
    case exhausted
  }

  /// A moment, and the configurations from which its operation's end may be reached.
  private struct Frame {
    let key: Key
    var open: [Way]
    // Asked and never iterated.
    var seen: Set<Key> = []
    let chainCount: Int
  }

  /// A configuration, and whether the operation itself was tried from it: others come second.
  struct Way {
    var configuration: Configuration
    var isTried = false
  }

  struct Key: Hashable {
    let moment: Int
    let state: Int32
    let done: SlotSet
    let used: ContiguousArray<Int32>

    init(_ configuration: Configuration, moment: Int) {
      self.moment = moment
      state = configuration.state
      done = configuration.done
      used = configuration.used
    }
  }

  let history: ClientHistory
  var states: LinearizabilityStates
  var items: [Item]
  /// What is known of states beforehand.
  var facts = LinearizabilityFacts()
  /// Items in order of their ends, those of known outcome.
  var ends: [Int32] = []
  /// By moment: how many items were called before its end.
  var begun: [Int] = []
  /// By slot: the item under way there at this moment, or -1.
  var slots: [Int32] = []
  /// Items of unknown outcome, in order of calls.
  var unknowns: [Int32] = []
  var chain: ContiguousArray<(item: Int32, parent: Int32)> = []
  let start: Int32
  /// Steps that may still be tried.
  var budget: Int
  /// Whether a state is kept while somebody will need it. Without, a search takes longer and fails later: at the
  /// operation that finds its state gone, which is the one that people understand.
  var looksAhead = true
  var moment = -1
  /// How far anything came.
  private var farthest = (moment: -1, order: [Int](), states: Set<Int32>(), length: -1)

  init(_ history: ClientHistory, _ items: [Item], states: LinearizabilityStates, start: Int32, budget: Int) {
    self.history = history
    self.items = items
    self.states = states
    self.start = start
    self.budget = budget
  }

  // MARK: The search

  mutating func run() -> Verdict {
    var failed: Set<Key> = []
    var frames: [Frame] = []
    var configuration = Configuration(state: start)
    while let next = advance(&configuration) {
      guard next < ends.count else { return .legal }
      let key = Key(configuration, moment: moment)
      if !failed.contains(key) {
        frames.append(Frame(key: key, open: [Way(configuration: configuration)], chainCount: chain.count))
      }
      // The newest frame that has another way.
      while true {
        guard budget > 0 else { return .exhausted }
        guard var frame = frames.popLast() else { return illegal() }
        retreat(to: frame.key.moment)
        if let arrived = explore(&frame.open, &frame.seen) {
          configuration = arrived
          frames.append(frame)
          break
        }
        chain.removeLast(chain.count - frame.chainCount)
        failed.insert(frame.key)
      }
      // It has taken effect; the moment is over.
      let item = Int(ends[moment])
      configuration.done.remove(Int(items[item].slot))
      slots[Int(items[item].slot)] = -1
    }
    return .legal
  }

  /// Goes on to the next moment whose operation has not taken effect yet. Returns it; `ends.count` for none.
  private mutating func advance(_ configuration: inout Configuration) -> Int? {
    while true {
      moment += 1
      guard moment < ends.count else { return moment }
      let first = moment == 0 ? 0 : begun[moment - 1]
      var reads = false
      for item in first..<begun[moment] where items[item].slot >= 0 {
        slots[Int(items[item].slot)] = Int32(item)
        if items[item].effect.keepsState { reads = true }
      }
      if reads { settle(&configuration) }
      if !configuration.used.isEmpty {
        configuration.used.removeAll { facts.need(of: items[Int($0)].effect) < moment }
      }
      let item = Int(ends[moment])
      let slot = Int(items[item].slot)
      guard configuration.done.contains(slot) else { return moment }
      configuration.done.remove(slot)
      slots[slot] = -1
    }
  }

  /// Goes back to an earlier moment: what has ended since is under way again, what was called since is not.
  private mutating func retreat(to earlier: Int) {
    while moment > earlier {
      if moment < ends.count {
        let first = begun[moment - 1]
        for item in first..<begun[moment] where items[item].slot >= 0 { slots[Int(items[item].slot)] = -1 }
      }
      moment -= 1
      let item = Int(ends[moment])
      slots[Int(items[item].slot)] = Int32(item)
    }
  }

  /// The next configuration in which the moment's operation has taken effect; nil where there is none any more.
  private mutating func explore(_ open: inout [Way], _ seen: inout Set<Key>) -> Configuration? {
    let item = Int(ends[moment])
    let slot = Int(items[item].slot)
    while let way = open.popLast(), budget > 0 {
      let configuration = way.configuration
      if configuration.done.contains(slot) { return configuration }
      if way.isTried {
        note(configuration)
        seen.insert(Key(configuration, moment: moment))
        for next in moves(from: configuration, towards: slot) where seen.insert(Key(next, moment: moment)).inserted
        {
          open.append(Way(configuration: next))
        }
      } else {
        open.append(Way(configuration: configuration, isTried: true))
        if let arrived = taking(item, in: configuration) { return arrived }
      }
    }
    return nil
  }

  // MARK: Failure

  private mutating func note(_ configuration: Configuration) {
    if moment > farthest.moment || (moment == farthest.moment && configuration.length > farthest.length) {
      if moment > farthest.moment { farthest.states = [] }
      farthest.moment = moment
      farthest.length = configuration.length
      farthest.order = order(configuration)
    }
    if moment == farthest.moment, farthest.states.count < 8 { farthest.states.insert(configuration.state) }
  }

  private func illegal() -> Verdict {
    .illegal(item: Int(ends[farthest.moment]), order: farthest.order, states: farthest.states.sorted())
  }

  /// The operations of a configuration in the order of their effects, as places in the history.
  private func order(_ configuration: Configuration) -> [Int] {
    var order: [Int] = []
    order.reserveCapacity(configuration.length)
    var link = configuration.last
    while link >= 0 {
      order.append(items[Int(chain[Int(link)].item)].place)
      link = chain[Int(link)].parent
    }
    return order.reversed()
  }
}

/// A set of slots: few, as a rule.
struct SlotSet: Hashable {
  private var low: UInt64 = 0
  /// Slots from 64 on; as long as it needs to be, so that equal sets are equal.
  private var high: ContiguousArray<UInt64> = []

  func contains(_ slot: Int) -> Bool {
    if slot < 64 { return low >> UInt64(slot) & 1 == 1 }
    let word = slot / 64 - 1
    return word < high.count && high[word] >> UInt64(slot % 64) & 1 == 1
  }

  mutating func insert(_ slot: Int) {
    guard slot >= 64 else {
      low |= 1 << UInt64(slot)
      return
    }
    let word = slot / 64 - 1
    while high.count <= word { high.append(0) }
    high[word] |= 1 << UInt64(slot % 64)
  }

  mutating func remove(_ slot: Int) {
    guard slot >= 64 else {
      low &= ~(1 << UInt64(slot))
      return
    }
    let word = slot / 64 - 1
    guard word < high.count else { return }
    high[word] &= ~(1 << UInt64(slot % 64))
    while high.last == 0 { high.removeLast() }
  }
}
