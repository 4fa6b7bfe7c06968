import Foundation
import Primitives
import Reports
import Synchronization

/// The line that tells how far the work is; shown on a terminal ten times a second, and nowhere else.
final class ProgressDisplay: Sendable {
  private struct State {
    var events: UInt64 = 0
    var runs: UInt64 = 0
    var failures: UInt64 = 0
    var shownAt: ContinuousClock.Instant?
    var isShown = false
  }

  private let isOn: Bool
  private let total: UInt64
  private let start = ContinuousClock().now
  private let state = Mutex(State())

  /// - Parameter runs: how many there will be.
  init(isOn: Bool, runs: UInt64) {
    self.isOn = isOn && Terminal.errorIsTerminal
    total = runs
  }

  /// A run among others has got so far; of a single run also how far in virtual time.
  func advance(events: UInt64, virtual: (now: Nanoseconds, of: Nanoseconds)) {
    guard isOn else { return }
    state.withLock { state in
      state.events += events
      show(&state, virtual)
    }
  }

  func finishRun(failed: Bool) {
    guard isOn else { return }
    state.withLock { state in
      state.runs += 1
      if failed { state.failures += 1 }
      show(&state, nil)
    }
  }

  /// Removes the line, so that other text can stand there.
  func clear() {
    guard isOn else { return }
    state.withLock { state in
      if state.isShown { Terminal.tell("\r\u{1B}[2K") }
      state.isShown = false
    }
  }

  private func show(_ state: inout State, _ virtual: (now: Nanoseconds, of: Nanoseconds)?) {
    let now = ContinuousClock().now
    if let last = state.shownAt, now - last < .milliseconds(100) { return }
    guard total > 1 || virtual != nil else { return }
    state.shownAt = now
    state.isShown = true
    let elapsed = Double((now - start) / .nanoseconds(1))
    let done: ProgressLine.Done =
      total > 1 ? .runs(state.runs, of: total) : .virtual(virtual?.now ?? .zero, of: virtual?.of ?? .zero)
    var line = ProgressLine(done, failures: state.failures)
    if elapsed > 0 { line.eventsPerSecond = Double(state.events) / elapsed * 1e9 }
    let fraction = line.fraction
    if fraction > 0.02 { line.remaining = Nanoseconds(Int64(elapsed / fraction * (1 - fraction))) }
    let text = line.text(
      style: Terminal.style(isTerminal: true), width: Terminal.width(STDERR_FILENO) - 1)
    Terminal.tell("\r\u{1B}[2K" + text)
  }
}
