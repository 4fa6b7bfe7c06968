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
