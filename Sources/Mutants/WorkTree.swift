import Foundation
import Primitives

/// A copy of the package in which one defect at a time is planted, so that each build finds everything but the
/// changed files as the build before left it.
package struct WorkTree: Sendable {
  /// The package itself, which is never touched.
  package let home: String
  /// Everything that belongs to mutants.
  package let folder: String

  /// - Parameter home: a folder with `Package.swift` and `Sources`.
  package init(home: String) {
    self.home = home
    folder = "\(home)/.build/mutants"
  }

  package var tree: String { "\(folder)/tree" }

  /// The package's sources by path.
  package func sources() throws -> [String: String] {
    var sources: [String: String] = [:]
    let below = try FileManager.default.subpathsOfDirectory(atPath: "\(home)/Sources").map { "Sources/\($0)" }
    for path in ["Package.swift", "Package.resolved"] + below {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: "\(home)/\(path)", isDirectory: &isFolder), !isFolder.boolValue
      else { continue }
      sources[path] = try String(contentsOfFile: "\(home)/\(path)", encoding: .utf8)
    }
    return sources
  }

  /// The sources with a defect in them.
  package static func planted(_ mutant: Mutant, in sources: [String: String]) throws(PatchError) -> [String: String]
  {
    var planted = sources
    for change in mutant.changes {
      guard let text = planted[change.path] else {
        throw PatchError(file: mutant.path, line: 1, found: "no file \(change.path)", expected: "one to change")
      }
      planted[change.path] = try mutant.plant(change, into: text)
    }
    return planted
  }

  /// Makes the copy consist of these files, and writes none that is there already.
  package func settle(on files: [String: String]) throws {
    let manager = FileManager.default
    try manager.createDirectory(atPath: tree, withIntermediateDirectories: true)
    // The manifest names the tests; a build of the program reads none of them.
    if (try? manager.destinationOfSymbolicLink(atPath: "\(tree)/Tests")) == nil {
      try manager.createSymbolicLink(atPath: "\(tree)/Tests", withDestinationPath: "\(home)/Tests")
    }
    for path in (try? manager.subpathsOfDirectory(atPath: "\(tree)/Sources")) ?? []
    where files["Sources/\(path)"] == nil {
      var isFolder: ObjCBool = false
      _ = manager.fileExists(atPath: "\(tree)/Sources/\(path)", isDirectory: &isFolder)
      if !isFolder.boolValue { try manager.removeItem(atPath: "\(tree)/Sources/\(path)") }
    }
    for (path, text) in files.sorted(by: { $0.key < $1.key }) {
      let place = "\(tree)/\(path)"
      if (try? String(contentsOfFile: place, encoding: .utf8)) == text { continue }
      try manager.createDirectory(
        atPath: (place as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: URL(fileURLWithPath: place))
    }
  }

  // MARK: Names

  /// Targets on which no judge's verdict depends.
  private static let indifferent = [
    "faultline", "faultline-bench", "Mutants", "Reports", "Pages", "Results", "Transcripts",
  ]

  /// Stands for a patch and everything that it is planted in: the name of an executable.
  package static func name(of mutant: Mutant, in sources: [String: String]) -> String {
    // Whether two runs differ is for the tool itself to see.
    let comparesItself = mutant.kind == .nondeterminism
    var digest = Digest()
    digest.fold(bytes: Array(mutant.text.utf8))
    for (path, text) in sources.sorted(by: { $0.key < $1.key })
    where path.hasSuffix(".swift") && (comparesItself || !indifferent.contains { path.hasPrefix("Sources/\($0)/") })
    {
      digest.fold(bytes: Array(path.utf8))
      digest.fold(bytes: Array(text.utf8))
    }
    return "\(mutant.id)-\(digest.hexadecimal.prefix(12))"
  }

  /// Keeps a copy of the program without a defect, for as long as its own file may be built anew.
  package func keepCore(_ program: String) throws -> String {
    let place = executable(named: "core")
    try FileManager.default.createDirectory(atPath: "\(folder)/bin", withIntermediateDirectories: true)
    try? FileManager.default.removeItem(atPath: place)
    try FileManager.default.copyItem(atPath: program, toPath: place)
    return place
  }

  package func executable(named name: String) -> String { "\(folder)/bin/\(name)" }
}
