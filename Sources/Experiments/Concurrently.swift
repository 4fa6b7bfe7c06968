import Dispatch
import Synchronization

/// The same work on each element, on as many threads as there are elements.
func concurrently<Element: Sendable, Result: Sendable>(
  _ elements: [Element], _ work: @Sendable @escaping (Element) -> Result
) -> [Result] {
  guard elements.count > 1 else { return elements.map(work) }
  let results = Mutex([Result?](repeating: nil, count: elements.count))
  DispatchQueue.concurrentPerform(iterations: elements.count) { place in
    let result = work(elements[place])
    results.withLock { $0[place] = result }
  }
  return results.withLock { $0.compactMap { $0 } }
}

/// The same work on each seed, `jobs` threads at a time, and what came of it in the order of the seeds; nil where it was stopped.
///
/// - Parameters:
///   - slice: seeds that a thread takes at a time.
///   - finished: told how many more are over; false stops all.
func concurrently<Result: Sendable>(
  seeds: ClosedRange<UInt64>, jobs: Int, slice: Int, finished: @Sendable @escaping (Int) -> Bool,
  _ work: @Sendable @escaping (UInt64) -> Result
) -> [Result]? {
  let count = Int(seeds.upperBound - seeds.lowerBound) + 1
  let slices = (count + slice - 1) / slice
  let results = Mutex([[Result]](repeating: [], count: slices))
  let next = Mutex(0)
  DispatchQueue.concurrentPerform(iterations: max(1, min(jobs, slices))) { _ in
    while true {
      let number = next.withLock { number in
        defer { number += 1 }
        return number
      }
      guard number < slices else { return }
      let first = seeds.lowerBound + UInt64(number * slice)
      let done = (0..<min(slice, count - number * slice)).map { work(first + UInt64($0)) }
      results.withLock { $0[number] = done }
      guard finished(done.count) else { return next.withLock { $0 = slices } }
    }
  }
  let all = results.withLock { $0.flatMap { $0 } }
  return all.count == count ? all : nil
}
