#if canImport(Glibc)
  import CMalloc
#endif

/// What becomes of memory that a run no longer needs.
public enum FreedMemory {
  /// Keeps it for the next run, up to 256 MiB, and asks the system for 64 MiB at a time: new pages were a tenth of a
  /// run's time, and a sweep makes and drops a cluster for each seed. To be called once, before the first run.
  public static func keepForNextRun() {
    #if canImport(Glibc)
      _ = mallopt(M_TRIM_THRESHOLD, 256 << 20)
      _ = mallopt(M_TOP_PAD, 64 << 20)
    #endif
  }
}
