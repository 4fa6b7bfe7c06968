import Foundation

/// CPU time of this process: on a machine that is shared, the wall clock measures the neighbours.
enum ProcessClock {
  /// Nanoseconds of CPU time that `body` used.
  static func nanoseconds(_ body: () -> Void) -> Double {
    let before = now()
    body()
    return Double(now() - before)
  }

  /// Bytes of memory that this process had at most.
  static var peakMemory: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }

  private static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
