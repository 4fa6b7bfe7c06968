import Foundation
import Primitives
import Reports
import Results

/// How far a sweep is: a line on a terminal, ten times a second, and in a log one every half minute.
final class SweepProgress {
  private let isOn: Bool
  private let total: Int
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var shownAt: ContinuousClock.Instant
  private var done = 0
  private var failures = 0
  private var isShown = false

  init(isOn: Bool, seeds: Int) {
    self.isOn = isOn
    total = seeds
    start = clock.now
    shownAt = start
  }

  func finish(_ row: RunRow) {
    done += 1
    if row.verdict != .pass { failures += 1 }
  }

  /// So many in all, as somebody else has counted.
  func reach(_ count: Int) { done = count }

  func show() {
    guard isOn else { return }
    let now = clock.now
    let isTerminal = Terminal.errorIsTerminal
    guard now - shownAt >= (isTerminal ? .milliseconds(100) : .seconds(30)) else { return }
    shownAt = now
    var line = ProgressLine(.runs(UInt64(done), of: UInt64(total)), failures: UInt64(failures))
    let seconds = (now - start) / .seconds(1)
    if done > 0, seconds > 0 {
      line.seedsPerSecond = Double(done) / seconds
      line.remaining = Nanoseconds(Int64(seconds / Double(done) * Double(total - done) * 1e9))
    }
    guard isTerminal else { return Terminal.tell(line.text(style: .plain, width: 100) + "\n") }
    Terminal.tell(
      "\r\u{1B}[2K" + line.text(style: Terminal.style(isTerminal: true), width: Terminal.width(STDERR_FILENO) - 1))
    isShown = true
  }

  func clear() {
    if isShown { Terminal.tell("\r\u{1B}[2K") }
    isShown = false
  }
}
