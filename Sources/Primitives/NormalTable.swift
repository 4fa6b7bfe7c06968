/// The standard normal distribution from a table of its cumulative function at multiples of 1/64 from −9
/// to +9, made once with `Elementary` and cubic Hermite interpolation between the points (the slopes are
/// the density, which is known exactly). The error stays below 1e-9.
package struct NormalTable: Sendable {
  private static let step = 1.0 / 64
  private static let bound = 9.0
  private static let half = 576
  /// Ranges of probability that are looked up at once.
  private static let ranges = 1024

  private static let inverseRootTwoPi = 0.398942280401432677939946059934

  private static let shared = NormalTable()

  /// The quantile of 0.99, by which a distribution's 99th percentile tells its deviation.
  package static let upperPercentile = quantile(0.99)

  /// Cumulative probability at −9 + i/64, by Simpson's rule over each cell (error below 1e-14 a cell).
  private let points: ContiguousArray<Double>
  /// The density there, by the width of a cell.
  private let slopes: ContiguousArray<Double>
  /// The last cell that begins at or below i/1024.
  private let cells: ContiguousArray<Int>

  private init() {
    var points = ContiguousArray<Double>(repeating: 0, count: 2 * Self.half + 1)
    var sum = 0.0
    for index in 1...Self.half {
      let left = -Self.bound + Double(index - 1) * Self.step
      let middle = Self.density(left + Self.step / 2)
      sum += Self.step / 6 * (Self.density(left) + 4 * middle + Self.density(left + Self.step))
      points[index] = sum
    }
    // The middle is known: ½. Scaling removes what lies below −9 and the rule's error; symmetry does the rest.
    let scale = 0.5 / points[Self.half]
    for index in 0...Self.half {
      points[index] *= scale
      points[2 * Self.half - index] = 1 - points[index]
    }
    var cells = ContiguousArray<Int>()
    var cell = 0
    for range in 0...Self.ranges {
      while cell < 2 * Self.half - 1, points[cell + 1] <= Double(range) / Double(Self.ranges) { cell += 1 }
      cells.append(cell)
    }
    self.points = points
    self.cells = cells
    slopes = ContiguousArray(
      points.indices.map { Self.density(-Self.bound + Double($0) * Self.step) * Self.step })
  }

  private static func density(_ value: Double) -> Double {
    inverseRootTwoPi * Elementary.exponential(-value * value / 2)
  }

  /// P(X ≤ value).
  package static func cumulative(_ value: Double) -> Double {
    guard value > -bound else { return 0 }
    guard value < bound else { return 1 }
    let position = (value + bound) / step
    let cell = Swift.min(Int(position), 2 * half - 1)
    return shared.curve(of: cell).value(at: position - Double(cell))
  }

  /// The value below which a fraction `probability` of the distribution lies; within ±9.
  package static func quantile(_ probability: Double) -> Double { shared.quantile(probability) }

  private func quantile(_ probability: Double) -> Double {
    guard probability > points[1] else { return -Self.bound + Self.step }
    guard probability < points[2 * Self.half - 1] else { return Self.bound - Self.step }
    let range = Int(probability * Double(Self.ranges))
    var low = cells[range]
    var high = cells[range + 1] + 1
    while high - low > 1 {
      let middle = (low + high) / 2
      if points[middle] <= probability { low = middle } else { high = middle }
    }
    return -Self.bound + (Double(low) + curve(of: low).position(of: probability)) * Self.step
  }

  private func curve(of cell: Int) -> Cubic {
    Cubic(from: points[cell], to: points[cell + 1], slopes: slopes[cell], slopes[cell + 1])
  }
}

/// The cubic with given values and slopes at 0 and 1 (Hermite), rising in between.
private struct Cubic {
  let constant: Double
  let linear: Double
  let quadratic: Double
  let cubic: Double

  init(from: Double, to: Double, slopes first: Double, _ second: Double) {
    constant = from
    linear = first
    quadratic = 3 * (to - from) - 2 * first - second
    cubic = first + second - 2 * (to - from)
  }

  func value(at t: Double) -> Double { ((cubic * t + quadratic) * t + linear) * t + constant }

  /// Where the value is reached, in 0...1. Newton's method, always four steps: a cell of the table is so nearly
  /// straight that the second is good to 1e-9 of it.
  func position(of value: Double) -> Double {
    var t = (value - constant) / (linear + quadratic + cubic)
    for _ in 0..<4 {
      let slope = (3 * cubic * t + 2 * quadratic) * t + linear
      t -= (self.value(at: t) - value) / slope
      t = Swift.min(Swift.max(t, 0), 1)
    }
    return t
  }
}
