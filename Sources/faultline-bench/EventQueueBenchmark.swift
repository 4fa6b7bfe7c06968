import Foundation

/// The event queue under the hold model against `std::priority_queue`, with 64 bytes of payload on both
/// sides. The runs alternate, so that a busy neighbour slows both; each side warms up with two rounds of
/// its pending events and proves by a checksum that it popped the same events in the same order.
struct EventQueueBenchmark: BenchmarkGroup {
  let name = "queue"
  let rows = ["queue/hold/1000", "queue/hold/100000", "queue/hold/1000000"]

  private static let events = 2_000_000

  func measure(_ row: String, options: Options) throws -> Benchmark {
    let pending = Int(row.split(separator: "/")[2])!
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("faultline-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let reference = ReferenceProgram(source: options.referenceSource, in: folder)

    var costs: [Double] = []
    var referenceCosts: [Double] = []
    for _ in 0..<options.runs {
      var model = HoldModel(pending: pending)
      model.hold(2 * pending)
      costs.append(ProcessClock.nanoseconds { model.hold(Self.events) } / Double(Self.events))
      if let answer = try reference?.run(pending: pending, events: Self.events) {
        guard answer.checksum == model.checksum else {
          throw ReferenceError(message: "\(row): the queue and its reference popped different events")
        }
        referenceCosts.append(answer.cost)
      }
    }
    return Benchmark(
      name: row, value: median(costs), unit: "ns/event",
      reference: referenceCosts.isEmpty ? nil : median(referenceCosts))
  }
}
