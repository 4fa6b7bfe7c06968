import Foundation

/// A folder of patches.
package enum MutantFolder {
  /// Nothing there to work with.
  package struct Unusable: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
  }

  /// All mutants, sorted by their ids; all are read before the first complaint is thrown.
  ///
  /// - Parameter only: where not empty, these alone.
  /// - Throws: every complaint there is.
  package static func read(_ folder: String, only: [String] = []) throws(Complaints) -> [Mutant] {
    var complaints: [any Error] = []
    var mutants: [Mutant] = []
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let patches = names.filter { $0.hasSuffix(".patch") && !$0.hasPrefix(".") }.sorted()
    if patches.isEmpty {
      throw Complaints(all: [
        Unusable(description: "\(folder): found a folder without *.patch in it; expected patches")
      ])
    }
    let ids = patches.map { String($0.dropLast(".patch".count)) }
    for id in only where !ids.contains(id) {
      complaints.append(
        Unusable(description: "\(folder): found no \(id).patch; expected one of \(ids.joined(separator: ", "))"))
    }
    for (id, name) in zip(ids, patches) where only.isEmpty || only.contains(id) {
      let path = "\(folder)/\(name)"
      guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
        complaints.append(Unusable(description: "\(path): cannot be read as text"))
        continue
      }
      do { mutants.append(try PatchReader.read(text, path: path)) } catch { complaints.append(error) }
    }
    if !complaints.isEmpty { throw Complaints(all: complaints) }
    return mutants
  }

  package struct Complaints: Error, CustomStringConvertible {
    package let all: [any Error]

    package var description: String { all.map { "\($0)" }.joined(separator: "\n") }
  }
}
