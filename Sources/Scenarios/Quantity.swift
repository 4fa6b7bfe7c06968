import Primitives

/// Quantities as scenarios write them, for the command line.
package enum Quantity {
  /// `60s`, `1m30s`; nil where it is none.
  package static func duration(_ text: String) -> Nanoseconds? { try? Units.duration(text) }

  /// `4GiB`, in bytes; nil where it is none.
  package static func size(_ text: String) -> UInt64? { try? Units.size(text, in: 0...UInt64(Int64.max)) }
}
