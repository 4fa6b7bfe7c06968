import Compression
import Foundation

/// Where runs leave their files: `<root>/<scenario>/<seed>-<digest8>/`, whole or not at all.
package struct RunStore: Sendable {
  package let root: String

  /// - Parameter root: a folder that exists or can be made.
  package init(root: String) { self.root = root }

  /// A file of a run, before it is written.
  package struct File: Sendable {
    package let name: String
    package let bytes: [UInt8]

    package init(_ name: String, _ bytes: [UInt8]) {
      self.name = name
      self.bytes = bytes
    }

    /// The same file, compressed, with `.gz` behind its name.
    package var gzipped: File { File(name + ".gz", Gzip.compressed(bytes)) }
  }

  /// Something could not be written.
  package struct WriteError: Error, CustomStringConvertible {
    package let path: String
    package let reason: String

    package var description: String { "\(path): \(reason)" }
  }

  /// Makes sure that runs can be stored, before hours are spent on them. Makes the root where it is missing.
  package func prepare() throws(WriteError) {
    try makeFolder(root)
    guard access(root, W_OK | X_OK) == 0 else { throw failure(root, "cannot write there") }
  }

  package func folder(scenario: String, seed: UInt64, digest: String) -> String {
    "\(root)/\(scenario)/\(seed)-\(digest.prefix(8))"
  }

  /// Writes a run's files beside their place and moves them there in one step. An earlier run of the same
  /// name, which had the same digest, is replaced.
  package func write(
    _ files: [File], scenario: String, seed: UInt64, digest: String
  ) throws(WriteError) -> String {
    let place = folder(scenario: scenario, seed: seed, digest: digest)
    let partial = "\(root)/\(scenario)/.\(seed)-\(digest.prefix(8)).\(getpid()).partial"
    try makeFolder("\(root)/\(scenario)")
    try? FileManager.default.removeItem(atPath: partial)
    do {
      try makeFolder(partial)
      for file in files { try write(file, into: partial) }
      try replace(place, with: partial)
    } catch {
      try? FileManager.default.removeItem(atPath: partial)
      throw error
    }
    return place
  }

  private func write(_ file: File, into folder: String) throws(WriteError) {
    let path = "\(folder)/\(file.name)"
    do {
      try Data(file.bytes).write(to: URL(fileURLWithPath: path))
    } catch {
      throw failure(path, "cannot write the file")
    }
  }

  private func replace(_ place: String, with partial: String) throws(WriteError) {
    let old = partial + ".old"
    try? FileManager.default.removeItem(atPath: old)
    let existed = rename(place, old) == 0
    guard rename(partial, place) == 0 else {
      let error = failure(place, "cannot put the run in its place")
      if existed { _ = rename(old, place) }
      throw error
    }
    if existed { try? FileManager.default.removeItem(atPath: old) }
  }

  private func makeFolder(_ path: String) throws(WriteError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw failure(path, "cannot make the folder")
    }
  }

  private func failure(_ path: String, _ what: String) -> WriteError {
    WriteError(path: path, reason: errno == 0 ? what : "\(what): \(String(cString: strerror(errno)))")
  }
}
