import Foundation
import Primitives

/// The version that runs and their files carry.
enum Version {
  static let current = "0.1.0"

  /// Eight digits of the program's own file: two builds of one version need not do the same.
  static let build: String = {
    guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: "/proc/self/exe"), options: .mappedIfSafe) else {
      return "unknown"
    }
    var digest = Digest()
    bytes.withUnsafeBytes { digest.fold(bytes: $0) }
    return String(digest.hexadecimal.prefix(8))
  }()
}
