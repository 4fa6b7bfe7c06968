import Kernel
import Node
import Primitives

/// What a host gives its process.
@usableFromInline package struct ResourceProfile: Hashable, Sendable {
  /// Bytes of memory that end the process; nil where there is no limit.
  @usableFromInline package var limit: UInt64?
  /// Bytes that a process takes that does nothing.
  @usableFromInline package var idle: UInt64

  /// - Precondition: what idles stays below the limit.
  @usableFromInline package init(limit: UInt64? = nil, idle: UInt64 = 0) {
    precondition(limit.map { $0 > idle } ?? true, "a process can live")
    self.limit = limit
    self.idle = idle
  }
}

/// A host's processor and memory, as its process uses them.
@usableFromInline struct HostResources: Sendable {
  /// All of a processor, in the unit of shares.
  @inlinable static var whole: UInt64 { 1_000_000 }
  /// Something else leaves the process at least a hundredth.
  static let mostLoad: UInt64 = 990_000

  @usableFromInline struct Job: Hashable, Sendable {
    @usableFromInline let id: WorkID
    @usableFromInline var remaining: Nanoseconds
    @usableFromInline let memory: UInt64

    @inlinable
    init(id: WorkID, remaining: Nanoseconds, memory: UInt64) {
      self.id = id
      self.remaining = remaining
      self.memory = memory
    }
  }

  /// In the order in which they were given; the first is served.
  @usableFromInline var jobs: ContiguousArray<Job> = []
  /// When the first ends.
  @usableFromInline var completion: EventHandle?
  /// Up to when the accounts are settled.
  @usableFromInline var since = Instant.zero
  /// Millionths of the processor that something else takes.
  @usableFromInline var load: UInt64 = 0
  /// The processor's time since `readAt` that went into work, and into everything else.
  @usableFromInline var worked = Nanoseconds.zero
  @usableFromInline var loaded = Nanoseconds.zero
  @usableFromInline var readAt = Instant.zero
  /// Bytes of the jobs, and bytes that are lost.
  @usableFromInline var held: UInt64 = 0
  @usableFromInline var leaked: UInt64 = 0
  @usableFromInline var leakRate: UInt64 = 0
  @usableFromInline var leakSince = Instant.zero
  /// When the limit is reached.
  @usableFromInline var full: EventHandle?
}

extension Nanoseconds {
  /// This share, in millionths, of a time that has passed.
  @usableFromInline func share(_ millionths: UInt64) -> Nanoseconds {
    let product = count.magnitude.multipliedFullWidth(by: millionths)
    return Nanoseconds(Int64(UInt64(1_000_000).dividingFullWidth(product).quotient))
  }

  /// How long something takes that gets this share, at least 1, of what it needs; at most a hundred years.
  @usableFromInline func stretched(over millionths: UInt64) -> Nanoseconds {
    let most: UInt64 = 3_200_000_000_000_000_000
    let product = count.magnitude.multipliedFullWidth(by: 1_000_000)
    guard product.high < millionths else { return Nanoseconds(Int64(most)) }
    let (quotient, remainder) = millionths.dividingFullWidth(product)
    return Nanoseconds(Int64(min(most, quotient &+ (remainder > 0 ? 1 : 0))))
  }

  /// What this is of another time, in millionths; 0 of none.
  @usableFromInline func millionths(of whole: Nanoseconds) -> UInt64 {
    guard whole > .zero else { return 0 }
    let product = count.magnitude.multipliedFullWidth(by: 1_000_000)
    return product.high < whole.count.magnitude
      ? whole.count.magnitude.dividingFullWidth(product).quotient : 1_000_000
  }

  /// What comes to so much a second, in this time.
  @usableFromInline func amount(perSecond rate: UInt64) -> UInt64 {
    let product = count.magnitude.multipliedFullWidth(by: rate)
    return product.high < 1_000_000_000 ? UInt64(1_000_000_000).dividingFullWidth(product).quotient : .max
  }

  /// How long so much takes at a rate above zero; at most a hundred years.
  @usableFromInline static func until(_ amount: UInt64, perSecond rate: UInt64) -> Nanoseconds {
    let most: UInt64 = 3_200_000_000_000_000_000
    let product = amount.multipliedFullWidth(by: 1_000_000_000)
    guard product.high < rate else { return Nanoseconds(Int64(most)) }
    let (quotient, remainder) = rate.dividingFullWidth(product)
    return Nanoseconds(Int64(min(most, quotient &+ (remainder > 0 ? 1 : 0))))
  }
}
