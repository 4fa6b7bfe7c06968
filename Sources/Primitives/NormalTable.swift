/// The standard normal distribution from a table of its cumulative function at multiples of 1/64 from −9
/// to +9, made once with `Elementary` and cubic Hermite interpolation between the points (the slopes are
/// the density, which is known exactly). The error stays below 1e-9.
package enum NormalTable {
  private static let step = 1.0 / 64
  private static let bound = 9.0
  private static let half = 576

  private static let inverseRootTwoPi = 0.398942280401432677939946059934

  private static func density(_ value: Double) -> Double {
    inverseRootTwoPi * Elementary.exponential(-value * value / 2)
  }

  /// Cumulative probability at −9 + i/64, by Simpson's rule over each cell (error below 1e-14 a cell).
  private static let points: ContiguousArray<Double> = {
    var table = ContiguousArray<Double>(repeating: 0, count: 2 * half + 1)
    var sum = 0.0
    for index in 1...half {
      let left = -bound + Double(index - 1) * step
      sum += step / 6 * (density(left) + 4 * density(left + step / 2) + density(left + step))
      table[index] = sum
    }
    // The middle is known: ½. Scaling removes what lies below −9 and the rule's error; symmetry does the rest.
    let scale = 0.5 / table[half]
    for index in 0...half {
      table[index] *= scale
      table[2 * half - index] = 1 - table[index]
    }
    return table
  }()

  /// P(X ≤ value).
  package static func cumulative(_ value: Double) -> Double {
    guard value > -bound else { return 0 }
    guard value < bound else { return 1 }
    let position = (value + bound) / step
    let cell = Swift.min(Int(position), 2 * half - 1)
    let t = position - Double(cell)
    let left = -bound + Double(cell) * step
    return hermite(
      t, points[cell], points[cell + 1], density(left) * step, density(left + step) * step)
  }

  /// The value below which a fraction `probability` of the distribution lies; within ±9.
  package static func quantile(_ probability: Double) -> Double {
    guard probability > points[1] else { return -bound + step }
    guard probability < points[2 * half - 1] else { return bound - step }
    var low = 0
    var high = 2 * half
    while high - low > 1 {
      let middle = (low + high) / 2
      if points[middle] <= probability { low = middle } else { high = middle }
    }
    // Bisection inside the cell: monotone, and the same number of steps for every value.
    let left = -bound + Double(low) * step
    let from = density(left) * step
    let to = density(left + step) * step
    var lower = 0.0
    var upper = 1.0
    for _ in 0..<40 {
      let middle = (lower + upper) / 2
      if hermite(middle, points[low], points[low + 1], from, to) <= probability {
        lower = middle
      } else {
        upper = middle
      }
    }
    return left + lower * step
  }

  private static func hermite(
    _ t: Double, _ from: Double, _ to: Double, _ slopeFrom: Double, _ slopeTo: Double
  ) -> Double {
    let square = t * t
    let cube = square * t
    return (2 * cube - 3 * square + 1) * from + (cube - 2 * square + t) * slopeFrom
      + (3 * square - 2 * cube) * to + (cube - square) * slopeTo
  }
}
