import Kernel
import Primitives

/// What each event of the hold model carries: 64 bytes, the size of a message header with its envelope.
struct HoldPayload {
  var words: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)
}

/// Delays of the hold model: exponential in shape, with a mean of 10 ms, from integers alone so that the
/// C++ side has the same.
///
/// −log₂ of a uniform fraction is exponential. It is taken by its leading zeros, with a straight line
/// between powers of two, and costs a table of 4,096 such values, drawn once: the generator must be
/// cheap against the queue. Values are whole nanoseconds from 0 to about 90 ms.
struct HoldDelays {
  private var table: ContiguousArray<UInt64> = []
  private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

  init() {
    for _ in 0..<4096 {
      let word = next()
      let zeros = UInt64(word.leadingZeroBitCount)
      let mantissa = zeros >= 63 ? 0 : (word << (zeros + 1)) >> 48
      // The mean of zeros + 1 − mantissa is 1.5, so a unit is two thirds of 10 ms.
      table.append((((zeros << 16) + 65535 - mantissa) * 6_666_667) >> 16)
    }
  }

  /// Knuth's linear congruential generator (MMIX) with a multiplication over it.
  private mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (state ^ (state >> 29)) &* 0xBF58_476D_1CE4_E5B9
  }

  mutating func delay() -> UInt64 { table[Int(truncatingIfNeeded: next() >> 52)] }
}

/// The hold model (Jones, "An empirical comparison of priority-queue and event-set implementations",
/// CACM 29, 1986): a constant number of pending events; each step takes the earliest and pushes one later.
struct HoldModel {
  private var queue = EventQueue<HoldPayload>()
  private var delays = HoldDelays()
  private(set) var checksum: UInt64 = 0

  init(pending: Int) {
    for index in 0..<pending {
      let payload = HoldPayload(words: (UInt64(index), 1, 2, 3, 4, 5, 6, 7))
      queue.push(payload, at: Instant(nanoseconds: Int64(delays.delay())))
    }
  }

  mutating func hold(_ events: Int) {
    for _ in 0..<events {
      guard let event = queue.popFirst() else { preconditionFailure("the hold model ran dry") }
      let time = UInt64(event.time.nanoseconds)
      checksum = (checksum ^ time ^ event.payload.words.0) &* 0x100_0000_01B3
      queue.push(event.payload, at: Instant(nanoseconds: Int64(time + delays.delay())))
    }
  }
}
