import ArgumentParser
import Experiments
import Primitives
import Scenarios

/// `60s`, `1m30s`.
struct TimeSpan: ExpressibleByArgument, Hashable, Sendable {
  let nanoseconds: Nanoseconds
  private let text: String

  init?(argument: String) {
    guard let length = Quantity.duration(argument), length > .zero else { return nil }
    nanoseconds = length
    text = argument
  }

  var duration: Duration { .nanoseconds(nanoseconds.count) }
  var defaultValueDescription: String { text }
}

/// `4GiB`.
struct MemorySize: ExpressibleByArgument, Hashable, Sendable {
  let bytes: UInt64
  private let text: String

  init?(argument: String) {
    guard let bytes = Quantity.size(argument) else { return nil }
    self.bytes = bytes
    text = argument
  }

  var defaultValueDescription: String { text }
}

/// `3/16`, which need not be a part that there is.
struct ShardName: ExpressibleByArgument, Hashable, Sendable {
  let number: Int
  let count: Int

  init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = Int(parts[0]), let count = Int(parts[1]) else { return nil }
    self.number = number
    self.count = count
  }

  /// - Throws: `ExitCode` 65, after a complaint, where there is no such part.
  func shard() throws -> Shard {
    if let shard = Shard(number: number, count: count) { return shard }
    let expected =
      (1...Shard.limit).contains(count) ? "1/\(count) to \(count)/\(count)" : "1 to \(Shard.limit) parts"
    Terminal.complain("--shard: found \(number)/\(count); expected \(expected)")
    throw ExitCode(Exit.badInput)
  }
}
