import Node
import Primitives

/// Which keys a workload asks for.
public enum KeyDistribution: Hashable, Sendable {
  /// Each of `count` keys alike.
  case uniform(count: Int)
  /// Key number k with weight 1/kˢ, s in thousandths: 990 is 0.99.
  case zipf(count: Int, exponentThousandths: Int)

  public var count: Int {
    switch self {
    case .uniform(let count), .zipf(let count, _): count
    }
  }
}

/// What clients of the key-value store ask for: a mix of operations over keys.
public struct KVWorkload: RequestSource, Hashable {
  public typealias Request = KVOperation
  public typealias Response = KVOutcome

  /// Weights in thousandths of a per cent, 100,000 in all, by `KVOperation.Kind`.
  public let weights: [UInt64]
  public let keys: KeyDistribution
  /// Bytes of each written value, from 8; the first eight carry the operation's number.
  public let valueSize: Int
  /// Weights in thousandths of a per cent, 100,000 in all, by `ReadMode`: how gets are to be answered.
  public let reads: [UInt64]
  private let tables: Boxed<Tables>

  /// Made once and shared by all requests.
  private struct Tables: Hashable {
    /// By number.
    let names: [KVKey]
    /// Cumulative weights of the keys, scaled to 2⁶³; empty where they are uniform.
    let cumulative: [UInt64]
  }

  static let kindPurpose = Purpose(128, "workload-kind")
  static let keyPurpose = Purpose(129, "workload-key")
  static let expectedPurpose = Purpose(130, "workload-expected")
  static let readPurpose = Purpose(131, "workload-read")

  /// Every get in this way.
  public static func reads(_ mode: ReadMode) -> [UInt64] {
    ReadMode.allCases.map { $0 == mode ? 100_000 : 0 }
  }

  /// - Precondition: one weight for each kind, and for each way to read, 100,000 in all; 1 to 10⁶ keys;
  ///   `valueSize` from 8.
  public init(
    weights: [UInt64], keys: KeyDistribution, valueSize: Int = 8, reads: [UInt64] = Self.reads(.readIndex)
  ) {
    precondition(reads.count == ReadMode.allCases.count && reads.reduce(0, +) == 100_000)
    precondition(weights.count == KVOperation.Kind.allCases.count && weights.reduce(0, +) == 100_000)
    precondition(keys.count >= 1 && keys.count <= 1_000_000 && valueSize >= 8)
    self.weights = weights
    self.keys = keys
    self.valueSize = valueSize
    self.reads = reads
    tables = Boxed(
      Tables(names: (0..<keys.count).map(KVKey.init(number:)), cumulative: Self.cumulativeWeights(keys)))
  }

  private static func cumulativeWeights(_ keys: KeyDistribution) -> [UInt64] {
    guard case .zipf(let count, let exponent) = keys else { return [] }
    let power = Double(exponent) / 1000
    var sums: [Double] = []
    var sum = 0.0
    for rank in 1...count {
      sum += Elementary.exponential(-power * Elementary.logarithm(Double(rank)))
      sums.append(sum)
    }
    return sums.map { UInt64($0 / sum * 9223372036854775808.0) }
  }

  public func request(number: UInt64, choices: Choices) -> KVOperation {
    let about = Entities(number)
    let kind = KVOperation.Kind(rawValue: UInt8(pick(Self.kindPurpose, weights, choices, about)))!
    let key = tables.value.names[key(choices, about)]
    switch kind {
    case .get: return .get(key, ReadMode(rawValue: UInt8(pick(Self.readPurpose, reads, choices, about)))!)
    case .put: return .put(key, value(number))
    case .delete: return .delete(key)
    case .cas:
      // Most guesses at the present value are wrong; asking for an absent key is the one that can be right
      // without knowing the others' writes, and a recent operation's number is right now and then.
      let back = choices.choose(Self.expectedPurpose, about, 0, below: 32)
      let expected = back == 0 || back > number ? nil : value(number - back)
      return .compareAndSet(key, expected: expected, new: value(number))
    }
  }

  private func pick(_ purpose: Purpose, _ weights: [UInt64], _ choices: Choices, _ about: Entities) -> Int {
    // What is certain needs no draw.
    if let only = weights.firstIndex(of: 100_000) { return only }
    var ticket = choices.choose(purpose, about, 0, below: 100_000)
    for (position, weight) in weights.enumerated() {
      if ticket < weight { return position }
      ticket -= weight
    }
    return weights.count - 1
  }

  private func key(_ choices: Choices, _ about: Entities) -> Int {
    guard !tables.value.cumulative.isEmpty else {
      return Int(choices.choose(Self.keyPurpose, about, 0, below: UInt64(keys.count)))
    }
    if case .number(let key)? = choices.fixed(Self.keyPurpose, about, 0) {
      return Int(min(key, UInt64(keys.count - 1)))
    }
    let ticket = choices.word(Self.keyPurpose, about, 0) >> 1
    var low = 0
    var high = tables.value.cumulative.count - 1
    while low < high {
      let middle = (low + high) / 2
      if tables.value.cumulative[middle] > ticket { high = middle } else { low = middle + 1 }
    }
    return low
  }

  private func value(_ number: UInt64) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: valueSize)
    for position in 0..<8 { bytes[position] = UInt8(truncatingIfNeeded: number >> UInt64(8 * position)) }
    return bytes
  }
}
