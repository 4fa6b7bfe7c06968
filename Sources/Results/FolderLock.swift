import Foundation

/// One sweep at a time writes into a folder. The lock goes with the process, however it ends.
package final class FolderLock {
  private let descriptor: Int32

  /// - Parameter folder: made where it is missing.
  package init(_ folder: String) throws(ResultError) {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw .inputOutput(path: folder, "cannot make the folder")
    }
    descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .inputOutput(path: folder, String(cString: strerror(errno))) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw .inputOutput(path: folder, "another sweep is writing there")
    }
  }

  deinit { close(descriptor) }
}
