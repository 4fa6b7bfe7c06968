import ArgumentParser
import Foundation
import Mutants
import Primitives
import Reports

/// The package's regressions of mutants, by mutant.
struct KeptRegressions {
  private var files: [String: [(regression: Regression, firstSeed: UInt64)]] = [:]

  /// None.
  init() {}

  /// - Throws: `ExitCode` 65, after complaints, where a file is no scenario or is not called after a mutant and a judge.
  init(home: String) throws {
    let folder = "\(home)/scenarios/regressions"
    guard let paths = ScenarioFiles.yamlFiles(in: folder), !paths.isEmpty else { return }
    var isSound = true
    for file in try ScenarioFiles.read(paths) {
      guard let regression = Regression(path: file.path) else {
        Terminal.complain("\(file.path): found this name; expected one such as D01-election-safety-2.yaml")
        isSound = false
        continue
      }
      files[regression.mutant, default: []].append((regression, file.scenario.seed))
    }
    if !isSound { throw ExitCode(Exit.badInput) }
  }

  subscript(mutant: String) -> [(regression: Regression, firstSeed: UInt64)] { files[mutant] ?? [] }
}

/// Regressions before their mutants: which are still some.
struct RegressionTrials {
  let core: String
  let log: String
  private(set) var count = 0
  private(set) var complaints: [String] = []

  init(core: String, log: String) {
    self.core = core
    self.log = log
  }

  /// Complains at once of those that the mutant does not fail, or the core does.
  mutating func carryOut(
    _ regressions: [(regression: Regression, firstSeed: UInt64)], of mutant: Mutant, on executable: String,
    tell: (String) -> Void
  ) throws {
    guard !regressions.isEmpty else { return }
    let start = ContinuousClock.now
    let before = complaints.count
    for (regression, firstSeed) in regressions where !Interruption.isRequested {
      count += 1
      do {
        let complaint = try regression.complaint(executable, core: core, firstSeed: firstSeed, log: log) {
          Interruption.isRequested
        }
        guard let complaint else { continue }
        Terminal.complain(complaint)
        complaints.append(complaint)
      } catch {
        Terminal.complain("\(error)")
        throw ExitCode(Exit.internalError)
      }
    }
    guard !Interruption.isRequested else { return }
    let failing = regressions.count - (complaints.count - before)
    let time = PeopleText.duration(Int64((ContinuousClock.now - start) / .nanoseconds(1)))
    tell(
      "\(mutant.id): fails \(failing) of \(PeopleText.count(UInt64(regressions.count), "regression")), in \(time)\n"
    )
  }

  /// “24 of 24 regressions fail on their mutants, and pass on the core”.
  var sentence: String {
    let sound = count - complaints.count
    return
      "\(sound) of \(PeopleText.count(UInt64(count), "regression")) fail on their mutants, and pass on the core"
  }
}
