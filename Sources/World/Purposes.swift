import Primitives

/// The world's own choices. Numbers are part of every run's digest and never change.
extension Purpose {
  @usableFromInline package static var latency: Purpose { @inlinable get { Purpose(16, "latency") } }
  @usableFromInline package static var loss: Purpose { @inlinable get { Purpose(17, "loss") } }
  @usableFromInline package static var duplication: Purpose { @inlinable get { Purpose(18, "duplication") } }
  @usableFromInline static var copyLatency: Purpose { @inlinable get { Purpose(19, "copy-latency") } }
  @usableFromInline package static var reordering: Purpose { @inlinable get { Purpose(20, "reordering") } }
  @usableFromInline package static var reorderDelay: Purpose { @inlinable get { Purpose(21, "reorder-delay") } }
  @usableFromInline static var resetLatency: Purpose { @inlinable get { Purpose(22, "reset-latency") } }
  static let connectionSetup = Purpose(50, "connection-setup")
  static let connectionFailure = Purpose(51, "connection-failure")
  static let connectionRest = Purpose(52, "connection-rest")
  package static let filter = Purpose(44, "filter")
  static let corruption = Purpose(45, "corruption")
  static let corruptedBit = Purpose(46, "corrupted-bit")
  @usableFromInline static var diskWrite: Purpose { @inlinable get { Purpose(24, "disk-write") } }
  @usableFromInline package static var diskSync: Purpose { @inlinable get { Purpose(25, "disk-sync") } }
  @usableFromInline static var diskFailure: Purpose { @inlinable get { Purpose(26, "disk-failure") } }
  @usableFromInline static var diskLoss: Purpose { @inlinable get { Purpose(28, "disk-loss") } }
  static let misdirection = Purpose(29, "misdirection")
  static let misdirectionTarget = Purpose(30, "misdirection-target")
  package static let crashSurvival = Purpose(31, "crash-survival")
  static let clockDrift = Purpose(27, "clock-drift")
  static let clockOffset = Purpose(47, "clock-offset")
  static let serviceTime = Purpose(49, "service-time")
  static let orderLatency = Purpose(76, "order-latency")
  static let faultInterval = Purpose(32, "fault-interval")
  static let faultBranch = Purpose(33, "fault-branch")
  static let faultTarget = Purpose(34, "fault-target")
  static let faultShape = Purpose(35, "fault-shape")
  static let core = Purpose(57, "core")
  static let flap = Purpose(56, "flap")
  static let swarm = Purpose(39, "swarm")
  static let sectorSurvival = Purpose(36, "sector-survival")
  static let damagedFile = Purpose(37, "damaged-file")
  static let damagedRecord = Purpose(38, "damaged-record")
  @usableFromInline package static let arrivalInterval = Purpose(40, "arrival-interval")
  @usableFromInline package static let arrivalTarget = Purpose(41, "arrival-target")
  static let arrivalMoment = Purpose(42, "arrival-moment")
  static let traceIdentity = Purpose(48, "trace-identity")
}
