/// Why results could not be read or kept.
package enum ResultError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was named is not what it should be: found, and expected.
  case bad(path: String, String)
  /// The file could not be read or written.
  case inputOutput(path: String, String)

  package var description: String {
    switch self {
    case .bad(let path, let reason), .inputOutput(let path, let reason): "\(path): \(reason)"
    }
  }
}
