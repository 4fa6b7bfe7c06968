import Primitives

/// What the digest costs the event loop: one fold of two words, each depending on the last.
struct DigestBenchmark: BenchmarkGroup {
  let name = "digest"
  let rows = ["digest/fold"]

  private static let folds = 20_000_000

  func measure(_ row: String, options: Options) throws -> Benchmark {
    var digest = Digest()
    // Warms up; the first run would otherwise pay for the processor's waking.
    Self.fold(into: &digest)
    var costs: [Double] = []
    for _ in 0..<options.runs {
      costs.append(ProcessClock.nanoseconds { Self.fold(into: &digest) } / Double(Self.folds))
    }
    // Uses the result, so that no fold can be optimised away.
    precondition(digest != Digest(), "a digest that stands still")
    return Benchmark(name: row, value: median(costs), unit: "ns/fold")
  }

  private static func fold(into digest: inout Digest) {
    for word in 0..<UInt64(folds) { digest.fold(word, word &* 3) }
  }
}
