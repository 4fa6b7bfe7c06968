import Foundation

/// Whether a planted defect compiles, without building a program: the compiler reads the changed modules, with all
/// others as they were built.
package struct TypeCheck: Sendable {
  private let swiftc: String
  /// A folder of built `*.swiftmodule`.
  private let modules: String
  private let tree: WorkTree

  /// - Parameter modules: of a build of the same sources.
  package init(swift: String, tree: WorkTree, modules: String) {
    swiftc = (swift as NSString).deletingLastPathComponent + "/swiftc"
    self.modules = modules
    self.tree = tree
  }

  /// A package is called after its folder, in letters that a name may have.
  private var package: String {
    String((tree.home as NSString).lastPathComponent.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "_" })
  }

  /// The compiler's first complaint; nil where it has none.
  package func complaint(of mutant: Mutant, in sources: [String: String]) throws -> String? {
    let planted = try WorkTree.planted(mutant, in: sources)
    let manager = FileManager.default
    let place = "\(tree.folder)/check/\(mutant.id)"
    try? manager.removeItem(atPath: place)
    defer { try? manager.removeItem(atPath: place) }
    // Raft before Programs, which imports it.
    let order = ["Primitives", "Telemetry", "Compression", "Raft", "Node", "Programs"]
    let targets = Set(mutant.changes.map { String($0.path.split(separator: "/")[1]) }).sorted {
      (order.firstIndex(of: $0) ?? order.count, $0) < (order.firstIndex(of: $1) ?? order.count, $1)
    }
    for target in targets {
      var files: [String] = []
      for (path, text) in planted.sorted(by: { $0.key < $1.key })
      where path.hasPrefix("Sources/\(target)/") && path.hasSuffix(".swift") {
        let file = "\(place)/\(path)"
        try manager.createDirectory(
          atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        files.append(file)
      }
      if let complaint = try compile(target, files, ["-typecheck"], place) { return complaint }
      // The others are to see what it has become.
      guard targets.count > 1 else { continue }
      let module = ["-emit-module", "-emit-module-path", "\(place)/\(target).swiftmodule"]
      if let complaint = try compile(target, files, module, place) { return complaint }
    }
    return nil
  }

  /// Where the package says what system libraries look like.
  private var systemLibraries: [String] {
    let sources = "\(tree.home)/Sources"
    let folders = (try? FileManager.default.contentsOfDirectory(atPath: sources)) ?? []
    return folders.sorted().map { "\(sources)/\($0)" }
      .filter { FileManager.default.fileExists(atPath: "\($0)/module.modulemap") }.flatMap { ["-I", $0] }
  }

  private func compile(_ target: String, _ files: [String], _ mode: [String], _ place: String) throws -> String? {
    let log = "\(place)/\(target).log"
    let arguments = [
      "-module-name", target, "-parse-as-library", "-package-name", package, "-swift-version", "6",
      "-enable-upcoming-feature", "ExistentialAny", "-I", place, "-I", modules,
    ]
    let ending = try Child([swiftc] + mode + arguments + systemLibraries + files, errors: log, merged: true).wait()
    guard ending.status != 0 else { return nil }
    let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").first { $0.contains("error:") }.map(String.init) ?? String(text.prefix(300))
  }
}
