import Primitives

/// Points drawn uniformly on a square, and the links of a random geometric graph over them (Gilbert, "Random plane
/// networks", 1961). Integers throughout.
struct RandomPlane {
  /// The square's side. Two squares of lengths then add up within 64 bits.
  private static let side: UInt64 = 1 << 31

  private struct Point {
    let x, y: UInt64

    func squaredDistance(to other: Point) -> UInt64 {
      let (dx, dy) = (x > other.x ? x - other.x : other.x - x, y > other.y ? y - other.y : other.y - y)
      return dx * dx + dy * dy
    }
  }

  /// Two points and how far they are apart, in the order in which they are linked.
  private struct Pair: Comparable {
    let squaredLength: UInt64
    let first, second: UInt32

    static func < (left: Pair, right: Pair) -> Bool {
      (left.squaredLength, left.first, left.second) < (right.squaredLength, right.first, right.second)
    }
  }

  private let points: ContiguousArray<Point>

  init(points count: Int, seed: UInt64) {
    let choices = Choices(seed: seed)
    points = ContiguousArray(
      (0..<UInt64(count)).map { number in
        Point(
          x: choices.choose(.topologyPoint, Entities(number), 0, below: Self.side),
          y: choices.choose(.topologyPoint, Entities(number), 1, below: Self.side))
      })
  }

  /// The `wished` nearest pairs, and then the nearest of those that join two pieces, until there is one piece.
  ///
  /// - Parameter wished: at most the number of pairs.
  func edges(wished: Int) -> [Edge] {
    // A disc of a cell's width around a point holds π times a cell's points: of about n² · π / 2 pairs over all
    // cells, enough are near each other.
    var cells = max(1, Self.squareRoot(points.count * points.count / max(wished, points.count)))
    var pairs = self.pairs(cells: cells) { _, _ in true }
    while pairs.count < wished {
      cells = cells * 3 / 4
      pairs = self.pairs(cells: cells) { _, _ in true }
    }
    pairs.sort()
    var pieces = Pieces(points.count)
    for pair in pairs.prefix(wished) { pieces.join(Int(pair.first), Int(pair.second)) }
    var taken = ContiguousArray(pairs.prefix(wished))
    var rest = ContiguousArray(pairs.dropFirst(wished))
    while true {
      for pair in rest where pieces.join(Int(pair.first), Int(pair.second)) { taken.append(pair) }
      guard pieces.count > 1 else { break }
      // Whatever joins two pieces is longer than all pairs that were looked at.
      cells /= 2
      rest = self.pairs(cells: cells) { pieces.root($0) != pieces.root($1) }
      rest.sort()
    }
    let radius = wished == 0 ? 0 : taken[wished - 1].squaredLength
    return taken.map { pair in
      Edge(NodeID(pair.first), NodeID(pair.second), cost: Self.cost(pair.squaredLength, squaredRadius: radius))
    }
  }

  /// The quarter of the radius, from 1 to 4.
  private static func cost(_ squaredLength: UInt64, squaredRadius: UInt64) -> UInt32 {
    let sixteenth = squaredRadius / 16
    if squaredLength <= sixteenth { return squaredRadius == 0 ? 4 : 1 }
    if squaredLength <= 4 * sixteenth { return 2 }
    return squaredLength <= 9 * sixteenth ? 3 : 4
  }

  /// All pairs that are at most a cell's width apart, and all there are where there is one cell.
  ///
  /// - Parameters:
  ///   - cells: in each direction; at least 1.
  ///   - isWanted: which pairs count, the lower point first.
  private func pairs(cells: Int, where isWanted: (Int, Int) -> Bool) -> ContiguousArray<Pair> {
    let longest = cells == 1 ? UInt64.max : (Self.side / UInt64(cells)) * (Self.side / UInt64(cells))
    let place = points.map { (Self.cell($0.x, of: cells), Self.cell($0.y, of: cells)) }
    // The points cell by cell, ascending within each.
    var offsets = ContiguousArray(repeating: 0, count: cells * cells + 1)
    for (column, row) in place { offsets[row * cells + column + 1] += 1 }
    for cell in 0..<(cells * cells) { offsets[cell + 1] += offsets[cell] }
    var order = ContiguousArray(repeating: 0, count: points.count)
    var filled = offsets
    for (number, (column, row)) in place.enumerated() {
      order[filled[row * cells + column]] = number
      filled[row * cells + column] += 1
    }
    var found: ContiguousArray<Pair> = []
    for (number, (column, row)) in place.enumerated() {
      for near in max(0, row - 1)...min(cells - 1, row + 1) {
        // Three cells of a row lie behind one another.
        let (from, to) = (near * cells + max(0, column - 1), near * cells + min(cells - 1, column + 1))
        for other in order[offsets[from]..<offsets[to + 1]] where other > number {
          let squaredLength = points[number].squaredDistance(to: points[other])
          guard squaredLength <= longest, isWanted(number, other) else { continue }
          found.append(Pair(squaredLength: squaredLength, first: UInt32(number), second: UInt32(other)))
        }
      }
    }
    return found
  }

  private static func cell(_ coordinate: UInt64, of cells: Int) -> Int { Int(coordinate * UInt64(cells) / side) }

  /// Rounded down.
  private static func squareRoot(_ square: Int) -> Int {
    var (low, high) = (0, square + 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if middle.multipliedReportingOverflow(by: middle).overflow || middle * middle > square {
        high = middle
      } else {
        low = middle
      }
    }
    return low
  }
}

/// Which points hang together (union by the lower root, with path halving).
private struct Pieces {
  private var parents: ContiguousArray<Int>
  private(set) var count: Int

  init(_ points: Int) {
    parents = ContiguousArray(0..<points)
    count = points
  }

  func root(_ point: Int) -> Int {
    var point = point
    while parents[point] != point { point = parents[point] }
    return point
  }

  /// Whether they were apart.
  @discardableResult
  mutating func join(_ first: Int, _ second: Int) -> Bool {
    let (one, other) = (flatRoot(first), flatRoot(second))
    guard one != other else { return false }
    parents[max(one, other)] = min(one, other)
    count -= 1
    return true
  }

  private mutating func flatRoot(_ point: Int) -> Int {
    var point = point
    while parents[point] != point {
      parents[point] = parents[parents[point]]
      point = parents[point]
    }
    return point
  }
}

extension Purpose {
  static let topologyPoint = Purpose(200, "topology-point")
}
