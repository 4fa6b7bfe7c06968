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

  /// In the order in which they were made.
  private(set) var changes: ContiguousArray<Change> = []
  /// How many each replica has made.
  private(set) var made = VersionVector()

  mutating func append(_ change: Change) {
    changes.append(change)
    made[change.dot.replica] = change.dot.number
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
    let seen = changes.filter { known.contains($0.dot) }
    var state = State()
    var removals: [UInt64: [VersionVector]] = [:]
    var register = Cell()
    var map: [UInt64: Cell] = [:]
    for change in seen {
      switch change.operation {
      case .increment(let amount): state.counter += amount
      case .adjust(let amount): state.balance += amount
      case .remove(let element): removals[element, default: []].append(change.past)
      case .write(let value): register.take(value, change.timestamp)
      case .put(let key, let value): map[key, default: Cell()].take(value, change.timestamp)
      case .delete(let key): map[key, default: Cell()].take(nil, change.timestamp)
      case .add, .read: break
      }
    }
    for change in seen {
      // It stays until somebody removes it who knows of this addition.
      guard case .add(let element) = change.operation else { continue }
      let isRemoved = removals[element, default: []].contains { $0.contains(change.dot) }
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

  /// The objects that are not as in the other state.
  func differences(from other: SharedHistory.State) -> [String] {
    [
      counter == other.counter ? nil : "the counter",
      balance == other.balance ? nil : "the balance",
      elements == other.elements ? nil : "the set",
      register == other.register ? nil : "the register",
      map == other.map ? nil : "the map",
    ].compactMap(\.self)
  }
}
