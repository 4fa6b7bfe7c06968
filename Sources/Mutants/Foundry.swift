import Foundation
import Synchronization

/// Builds one mutant after another in the work tree, ahead of the sweeps, and keeps the executables.
package final class Foundry: Sendable {
  package enum Outcome: Sendable {
    case built(executable: String, seconds: Double)
    /// It was there already.
    case kept(executable: String)
    case failed(String)
    case interrupted
  }

  private let tree: WorkTree
  private let sources: [String: String]
  private let swift: String
  private let isInterrupted: @Sendable () -> Bool
  private let outcomes = Mutex<[String: Outcome]>([:])

  /// - Parameter swift: the toolchain's `swift`.
  package init(
    _ tree: WorkTree, sources: [String: String], swift: String, isInterrupted: @escaping @Sendable () -> Bool
  ) {
    self.tree = tree
    self.sources = sources
    self.swift = swift
    self.isInterrupted = isInterrupted
  }

  /// The toolchain's `swift`; nil where there is none on the path.
  package static func toolchain() -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { "\($0)/swift" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// Begins to build, in this order, on a thread of its own.
  package func start(_ mutants: [Mutant]) {
    Thread.detachNewThread { [self] in
      for mutant in mutants {
        let outcome = isInterrupted() ? .interrupted : build(mutant)
        outcomes.withLock { $0[mutant.id] = outcome }
      }
    }
  }

  /// Waits for a mutant that is being built, or will be.
  package func outcome(for id: String) -> Outcome {
    while true {
      if let outcome = outcomes.withLock({ $0[id] }) { return outcome }
      usleep(50_000)
    }
  }

  private func build(_ mutant: Mutant) -> Outcome {
    let executable = tree.executable(named: WorkTree.name(of: mutant, in: sources))
    let manager = FileManager.default
    if manager.isExecutableFile(atPath: executable) { return .kept(executable: executable) }
    let start = ContinuousClock.now
    let log = "\(tree.folder)/\(mutant.id).log"
    do {
      try tree.settle(on: try WorkTree.planted(mutant, in: sources))
      try manager.createDirectory(atPath: "\(tree.folder)/bin", withIntermediateDirectories: true)
      // Where warnings are errors, a defect may have some.
      let scratch = "\(tree.folder)/scratch"
      let child = try Child(
        [
          swift, "build", "-c", "release", "--product", "faultline", "-debug-info-format", "none", "--package-path",
          tree.tree, "--scratch-path", scratch,
        ], errors: log, merged: true, without: "CI")
      while child.line(within: 3_600, isInterrupted: isInterrupted) == .silence {}
      if isInterrupted() {
        child.interrupt()
        _ = child.wait(within: 5)
        return .interrupted
      }
      let ending = child.wait()
      guard ending.status == 0 else {
        return .failed("\(mutant.path): does not build; see \(log)\n\(Self.error(in: log))")
      }
      let partial = executable + ".partial"
      try? manager.removeItem(atPath: partial)
      try manager.copyItem(atPath: "\(scratch)/release/faultline", toPath: partial)
      // Those of earlier texts of the patch are of no use any more.
      for name in try manager.contentsOfDirectory(atPath: "\(tree.folder)/bin")
      where name.hasPrefix("\(mutant.id)-") {
        if "\(tree.folder)/bin/\(name)" != partial { try manager.removeItem(atPath: "\(tree.folder)/bin/\(name)") }
      }
      try manager.moveItem(atPath: partial, toPath: executable)
    } catch {
      return .failed("\(error)")
    }
    return .built(executable: executable, seconds: Double((ContinuousClock.now - start) / .milliseconds(1)) / 1_000)
  }

  /// The first complaint of the compiler.
  private static func error(in log: String) -> String {
    let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
    let lines = text.split(separator: "\n")
    return lines.first { $0.contains("error:") }.map(String.init) ?? lines.suffix(5).joined(separator: "\n")
  }
}
