import Membership
import Primitives
import Testing

/// The time to the first detection of a crash (section 3.1 and the analysis before it), for groups of finite size.
///
/// Definition: a crash at c is detected in period K if the first probe that finds it arrives in
/// (c + (K − 1)T, c + KT]. Members' periods are not synchronised: each has a phase of its own. Every live member
/// still sends exactly one probe in any window of length T, and every probe arrives after the same delay, so that in
/// each such window n − 1 independent probes arrive somewhere, each at the crashed member with probability 1/(n − 1).
/// K is therefore geometric with p = 1 − (1 − 1/(n − 1))^(n − 1), whatever the phases, and its mean is 1/p; for large
/// n that is the paper's e/(e − 1).
///
/// A probe that began at s is seen to fail at s + T, when the first member suspects its target.
@Suite("First detection")
struct FirstDetectionTests {
  static func periods(
    _ trials: Int, members: Int, _ selection: Membership.TargetSelection, seed: UInt64
  ) throws -> [Int64] {
    let settings = try settings(selection)
    var base = Cluster(members, seed: seed, settings)
    base.run(for: .seconds(5))
    var luck = Luck(~seed)
    var periods: [Int64] = []
    for _ in 0..<trials {
      var cluster = base
      cluster.luck = Luck(luck.next())
      // A period's time and more, so that no probe that arrives after the crash was on its way before.
      cluster.run(for: settings.period + Nanoseconds(Int64(1 + luck.draw(below: UInt64(settings.period.count)))))
      let victim = n(UInt32(luck.draw(below: UInt64(members))))
      let crash = cluster.now
      cluster.crash(victim)
      while cluster.observations.isEmpty, cluster.step() {}
      let first = try #require(cluster.observations.first)
      guard first.action == .suspected(victim, .own) else {
        Issue.record("the first to be seen is the crash")
        continue
      }
      let arrival = first.at - settings.period + Cluster.delay - crash
      periods.append((arrival.count + settings.period.count - 1) / settings.period.count)
    }
    return periods
  }

  @Test(
    "At random, the mean over 10,000 crashes has the finite-size value in its 99 % interval",
    arguments: [(10, 10_000), (100, 10_000), (1_000, 400)])
  func mean(members: Int, trials: Int) throws {
    let periods = try Self.periods(trials, members: members, .random, seed: 17).map(Double.init)
    let count = Double(periods.count)
    let mean = periods.reduce(0, +) / count
    let variance = periods.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    let halfWidth = 2.576 * (variance / count).squareRoot()
    var nobody = 1.0
    for _ in 1..<members { nobody *= 1 - 1 / Double(members - 1) }
    let expected = 1 / (1 - nobody)
    #expect(abs(mean - expected) <= halfWidth, "\(mean) ± \(halfWidth), expected \(expected)")
    // The tail is geometric: within four standard errors, so many wait longer than three periods.
    let tail = nobody * nobody * nobody
    let late = periods.reduce(0) { $0 + ($1 > 3 ? 1 : 0) } / count
    #expect(abs(late - tail) <= 4 * (tail * (1 - tail) / count).squareRoot(), "\(late), expected \(tail)")
  }

  @Test("In round-robin order it is never later than 2n − 1 periods", arguments: [2, 3, 5, 10])
  func bound(members: Int) throws {
    let periods = try Self.periods(1_000, members: members, .roundRobin, seed: 18)
    #expect(periods.min()! >= 1)
    #expect(periods.max()! <= Int64(2 * members - 1))
  }
}
