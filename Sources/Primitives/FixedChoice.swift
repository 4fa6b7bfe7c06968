/// A choice that somebody makes in the place of chance: the key that names it, and the value it is to have.
public struct FixedChoice: Hashable, Sendable {
  /// Of the kind that the choice asks for; another kind leaves it to chance.
  public enum Value: Hashable, Sendable {
    /// Whether something happens.
    case truth(Bool)
    /// Which of several, from 0.
    case number(UInt64)
    /// How long something takes, not below zero.
    case length(Nanoseconds)
  }

  /// Purpose, entities and occurrence, in that order.
  struct Key: Hashable, Comparable, Sendable {
    let purpose: UInt16
    let first: UInt64
    let second: UInt64
    let occurrence: UInt64

    init(_ purpose: Purpose, _ entities: Entities, _ occurrence: UInt64) {
      self.purpose = purpose.rawValue
      first = entities.first
      second = entities.second
      self.occurrence = occurrence
    }

    static func < (left: Key, right: Key) -> Bool {
      (left.purpose, left.first, left.second, left.occurrence)
        < (right.purpose, right.first, right.second, right.occurrence)
    }
  }

  let key: Key
  public let value: Value

  public init(_ purpose: Purpose, _ entities: Entities, _ occurrence: UInt64, _ value: Value) {
    key = Key(purpose, entities, occurrence)
    self.value = value
  }

  /// In the order of their keys, each key once, with the value that was given last.
  static func table(_ choices: [FixedChoice]) -> ContiguousArray<FixedChoice> {
    var table: ContiguousArray<FixedChoice> = []
    // Sorting is stable: of equal keys the one given last is the last.
    for choice in choices.sorted(by: { $0.key < $1.key }) {
      if table.last?.key == choice.key { table.removeLast() }
      table.append(choice)
    }
    return table
  }
}
