import CRDT
import Primitives
import Programs

/// All changes of shared objects, each with what its replica knew before: what the objects' specifications are about.
/// It shares nothing with their code but operations, dots, moments and vectors.
struct SharedHistory: Sendable {
  struct Change: Sendable {
    let dot: Dot
    let operation: ReplicaOperation
    let past: VersionVector
    /// Of writes to register and map.
    let timestamp: HybridTimestamp?
  }

  /// By replica, in the order in which it made them; looked up and never walked.
  private var changes: [ReplicaID: ContiguousArray<Change>] = [:]
  /// How many each replica has made.
  private(set) var made = VersionVector()

  /// - Precondition: the change is its replica's next.
  mutating func append(_ change: Change) {
    let dot = made.next(change.dot.replica)
    precondition(dot == change.dot, "changes are numbered without gaps")
    changes[dot.replica, default: []].append(change)
  }

  /// Those that somebody knows, replica by replica.
  func changes(in known: VersionVector) -> some Sequence<ArraySlice<Change>> {
    known.entries.lazy.map { entry in
      let all = changes[entry.replica] ?? []
      return ArraySlice(all.prefix(Int(clamping: entry.count)))
    }
  }

  /// The last of those that put a value under a key of the map.
  func change(putting value: UInt64, under key: UInt64, in known: VersionVector) -> Change? {
    var last: Change?
    for some in changes(in: known) {
      for change in some where change.operation == .put(key, value) {
        guard let at = change.timestamp else { continue }
        if last?.timestamp.map({ $0 < at }) ?? true { last = change }
      }
    }
    return last
  }

  /// The latest moment of a write among them.
  func latest(in known: VersionVector) -> HybridTimestamp? {
    var latest: HybridTimestamp?
    for some in changes(in: known) {
      for change in some { if let at = change.timestamp, latest.map({ $0 < at }) ?? true { latest = at } }
    }
    return latest
  }

  /// What the objects are for whoever knows certain changes.
  struct State: Equatable, Sendable {
    var counter: UInt64 = 0
    var balance: Int64 = 0
    var elements: Set<UInt64> = []
    var register: UInt64?
    var map: [UInt64: UInt64] = [:]
  }

  func state(knowing known: VersionVector) -> State {
    var state = State()
    var removals: [UInt64: [VersionVector]] = [:]
    var register = Cell()
    var map: [UInt64: Cell] = [:]
    var additions: [(element: UInt64, dot: Dot)] = []
    for change in changes(in: known).joined() {
      switch change.operation {
      case .increment(let amount): state.counter += amount
      case .adjust(let amount): state.balance += amount
      case .remove(let element): removals[element, default: []].append(change.past)
      case .write(let value): register.take(value, change.timestamp)
      case .put(let key, let value): map[key, default: Cell()].take(value, change.timestamp)
      case .delete(let key): map[key, default: Cell()].take(nil, change.timestamp)
      case .add(let element): additions.append((element, change.dot))
      case .read: break
      }
    }
    for (element, dot) in additions where !state.elements.contains(element) {
      // It stays until somebody removes it who knows of this addition.
      let isRemoved = removals[element]?.contains { $0.contains(dot) } ?? false
      if !isRemoved { state.elements.insert(element) }
    }
    state.register = register.value
    state.map = map.compactMapValues(\.value)
    return state
  }

  /// Where the last write is what counts.
  private struct Cell {
    var value: UInt64?
    var at: HybridTimestamp?

    mutating func take(_ value: UInt64?, _ timestamp: HybridTimestamp?) {
      guard let timestamp, at.map({ $0 < timestamp }) ?? true else { return }
      (self.value, at) = (value, timestamp)
    }
  }
}

extension SharedHistory.State {
  /// What a replica has.
  init(_ objects: SharedObjects) {
    counter = objects.counter.value
    balance = objects.balance.value
    elements = Set(objects.set.elements)
    register = objects.register.value
    for key in objects.map.keys { map[key] = objects.map[key] }
  }

  /// Whether that is what a read tells of it.
  func reads(as reading: ReplicaReading) -> Bool {
    reading.counter == counter && reading.balance == balance && reading.elements == elements.count
      && reading.register == register && reading.keys == map.count
  }

  /// The first key of the map whose value is another.
  func differingKey(from other: SharedHistory.State) -> UInt64? {
    Set(map.keys).union(other.map.keys).filter { map[$0] != other.map[$0] }.min()
  }

  /// What is not as in the other state: `12 in the counter, which should have 14`, `nothing under key 3 of the map, which
  /// should have 9`.
  func differences(from other: SharedHistory.State) -> [String] {
    func words(_ value: UInt64?) -> String { value.map { "\($0)" } ?? "nothing" }
    func sentence(_ is: String, _ place: String, _ should: String) -> String {
      "\(`is`) \(place), which should have \(should)"
    }
    var different: [String] = []
    if counter != other.counter { different.append(sentence("\(counter)", "in the counter", "\(other.counter)")) }
    if balance != other.balance { different.append(sentence("\(balance)", "in the balance", "\(other.balance)")) }
    if let added = elements.subtracting(other.elements).min() {
      different.append("\(added) in the set, which should not have it")
    } else if let lacking = other.elements.subtracting(elements).min() {
      different.append("no \(lacking) in the set, which should have it")
    }
    if register != other.register {
      different.append(sentence(words(register), "in the register", words(other.register)))
    }
    if let key = differingKey(from: other) {
      different.append(sentence(words(map[key]), "under key \(key) of the map", words(other.map[key])))
    }
    return different
  }
}
