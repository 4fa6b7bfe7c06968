import ArgumentParser

/// `A..B`, both ends included.
struct SeedRange: ExpressibleByArgument, Hashable, Sendable {
  let seeds: ClosedRange<UInt64>

  init?(argument: String) {
    let ends = argument.split(separator: ".", omittingEmptySubsequences: false)
    guard ends.count == 3, ends[1].isEmpty, let low = UInt64(ends[0]), let high = UInt64(ends[2]), low <= high,
      high - low < 100_000_000
    else { return nil }
    seeds = low...high
  }

  var defaultValueDescription: String { "\(seeds.lowerBound)..\(seeds.upperBound)" }
}
