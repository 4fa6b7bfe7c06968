import Node
import Primitives

/// The faults of a run: what is planned, what acts now and on whom, what waits for a target, and the ledger
/// of what each has done.
@usableFromInline struct FaultBook: Sendable {
  /// A fault that has begun, resolved to hosts.
  struct Active: Hashable, Sendable {
    enum Work: Hashable, Sendable {
      case crash([NodeID])
      /// With the life that was paused: a later one is not.
      case pause([NodeID], lives: [UInt32])
      case slow([NodeID], each: Distribution)
      case disk([NodeID], DiskChange)
      case clock([NodeID], ClockChange)
      case cut(LinkPattern, hold: Bool)
      case roll(Round)
      case change(LinkPattern, LinkChange)
      /// With the lives that it belongs to; none where it belongs to the host.
      case load([NodeID], share: UInt64, lives: [UInt32])
      case leak([NodeID], bytesPerSecond: UInt64)
    }

    let number: UInt32
    /// Index of the fault, and of its record's occurrence.
    let fault: Int
    let occurrence: Int
    /// Names its choices.
    let luck: PlannedFault.Luck
    var work: Work
    /// Of a partition whose links come and go.
    var flap: Flap?
    var turns: UInt32 = 0
    /// The links are up in this turn.
    var rests = false
  }

  /// Restarts that go round.
  struct Round: Hashable, Sendable {
    let hosts: [NodeID]
    let each: Nanoseconds
    let between: Nanoseconds
    /// What each starts as.
    let variant: Int?
    /// How many have had their turn.
    var done = 0
    /// Whether the one whose turn it is, is down; else it is watched, in this life.
    var isDown = false
    var life: UInt32 = 0
  }

  /// A fault whose selector found nobody yet.
  struct Waiting: Hashable, Sendable {
    let number: UInt32
    let fault: Int
    let branch: Int
    /// Names its choices.
    let luck: PlannedFault.Luck
    var action: FaultAction
    let until: Instant
  }

  let planned: [PlannedFault]
  var records: [FaultRecord]
  var active: [Active] = []
  var waiting: [Waiting] = []
  var nextNumber: UInt32 = 0
  /// The last one credited with an effect on a link; for the film.
  @usableFromInline var struck: Int32 = -1
  /// How often each fault has struck, or tried to.
  var begun: [UInt64]

  init(_ planned: [PlannedFault]) {
    self.planned = planned
    begun = Array(repeating: 0, count: planned.count)
    records = planned.map { fault in
      if case .once = fault.schedule {
        FaultRecord(id: fault.id, name: fault.name, timed: true)
      } else {
        FaultRecord(id: fault.id, name: fault.name, timed: false)
      }
    }
  }

  /// Whether an occurrence of this fault acts or waits for a target.
  func isBusy(_ fault: Int) -> Bool {
    active.contains { $0.fault == fault } || waiting.contains { $0.fault == fault }
  }

  @usableFromInline var someAct: Bool { !active.isEmpty }
  @usableFromInline var someWait: Bool { !waiting.isEmpty }

  // MARK: The ledger

  @usableFromInline mutating func credit(_ effect: FaultRecord.Effect, fault: Int32, count: UInt64 = 1) {
    guard fault >= 0 else { return }
    records[Int(fault)].effects[effect.rawValue] += count
  }

  /// To every fault that keeps this host still, or busy.
  @usableFromInline mutating func credit(_ effect: FaultRecord.Effect, pausing host: NodeID) {
    for each in active {
      switch each.work {
      case .pause(let hosts, _) where hosts.contains(host), .slow(let hosts, _) where hosts.contains(host):
        credit(effect, fault: Int32(each.fault))
      default: break
      }
    }
  }

  /// To every fault that takes a share of the host's processor.
  mutating func credit(_ effect: FaultRecord.Effect, loading host: NodeID, life: UInt32) {
    for each in active where each.work.load(of: host, life: life) > 0 { credit(effect, fault: Int32(each.fault)) }
  }

  /// To every fault that makes the host's process lose memory, what of it is its own.
  @usableFromInline mutating func creditLeaks(of host: NodeID, over time: Nanoseconds) {
    for each in active {
      if case .leak(let hosts, let rate) = each.work, hosts.contains(host) {
        credit(.memoryLeaked, fault: Int32(each.fault), count: time.amount(perSecond: rate))
      }
    }
  }

  /// To all of them, that it had no memory left.
  mutating func creditKill(of host: NodeID) {
    for each in active {
      if case .leak(let hosts, _) = each.work, hosts.contains(host) {
        credit(.processesKilled, fault: Int32(each.fault))
      }
    }
  }

  /// To every fault that changes this host's disk.
  @usableFromInline mutating func credit(_ effect: FaultRecord.Effect, disk host: NodeID) {
    for each in active {
      if case .disk(let hosts, _) = each.work, hosts.contains(host) { credit(effect, fault: Int32(each.fault)) }
    }
  }

  /// The fault that misdirects this host's writes, -1 where the plan itself does.
  func misdirecting(_ host: NodeID) -> Int32 {
    let fault = active.last {
      if case .disk(let hosts, let change) = $0.work {
        hosts.contains(host) && change.misdirected != nil
      } else {
        false
      }
    }
    return fault.map { Int32($0.fault) } ?? -1
  }

  /// To every fault that acts on this link: which of its cuts, holds and changes they are.
  mutating func credit(_ effect: FaultRecord.Effect, from: NodeID, to: NodeID, kind: UInt8 = 0) {
    for each in active {
      switch (each.work, effect) {
      case (.cut(let pattern, hold: false), .messagesCut) where !each.rests && pattern.matches(from: from, to: to),
        (.cut(let pattern, hold: true), .messagesHeld) where !each.rests && pattern.matches(from: from, to: to):
        credit(effect, fault: Int32(each.fault))
        struck = Int32(each.fault)
      case (.change(let pattern, let change), .messagesAffected) where pattern.matches(from: from, to: to),
        (.change(let pattern, let change), .messagesFiltered)
      where change.drop != nil && pattern.matches(from: from, to: to),
        (.change(let pattern, let change), .messagesCorrupted)
      where change.corruption != nil && pattern.matches(from: from, to: to):
        guard change.kinds >> UInt16(kind) & 1 == 1 else { continue }
        credit(effect, fault: Int32(each.fault))
        struck = Int32(each.fault)
      default: break
      }
    }
  }

  // MARK: Links

  /// A link that is new gets what acts on it now.
  func apply(to link: inout Link, _ network: NetworkPlan) {
    for each in active {
      switch each.work {
      case .cut(let pattern, let hold) where !each.rests && pattern.matches(from: link.from, to: link.to):
        if hold { link.holds += 1 } else { link.cuts += 1 }
      case .change(let pattern, let change) where pattern.matches(from: link.from, to: link.to):
        link.changes += 1
        if change.kinds == .max { link.profile = change.applied(to: link.profile) } else { link.filters += 1 }
      default: break
      }
    }
  }

  /// How a link behaves under all changes that act now, in the order in which they began.
  ///
  /// - Parameter kind: of the messages asked about; nil for what all have in common.
  @usableFromInline func profile(of link: Link, _ network: NetworkPlan, kind: UInt8? = nil) -> LinkProfile {
    var profile = network.profile(from: link.from, to: link.to)
    for each in active {
      if case .change(let pattern, let change) = each.work, pattern.matches(from: link.from, to: link.to),
        change.kinds == .max || kind.map({ change.kinds >> UInt16($0) & 1 == 1 }) ?? false
      {
        profile = change.applied(to: profile)
      }
    }
    return profile
  }

  // MARK: Disks

  /// How a host's disk behaves under all changes that act now, in the order in which they began.
  func disk(of host: NodeID, _ profile: DiskProfile) -> DiskProfile {
    var profile = profile
    for each in active {
      if case .disk(let hosts, let change) = each.work, hosts.contains(host) {
        profile = change.applied(to: profile)
      }
    }
    return profile
  }

  /// How long an input takes a host's process: of several faults the last to begin decides.
  func service(of host: NodeID) -> Distribution? {
    for each in active.reversed() {
      if case .slow(let hosts, let time) = each.work, hosts.contains(host) { return time }
    }
    return nil
  }

  // MARK: Resources

  /// Millionths of the host's processor that are gone for a process in this life.
  func load(of host: NodeID, life: UInt32) -> UInt64 {
    min(HostResources.mostLoad, active.reduce(0) { $0 + $1.work.load(of: host, life: life) })
  }

  /// Bytes that the host's process loses each second.
  func leak(of host: NodeID) -> UInt64 {
    active.reduce(0) { sum, each in
      if case .leak(let hosts, let rate) = each.work, hosts.contains(host) { sum &+ rate } else { sum }
    }
  }

  // MARK: Clocks

  /// How a host's clocks run under all changes that act now.
  func clock(of host: NodeID, drift: Int64) -> (drift: Int64, slew: Int64, frozen: Bool) {
    var clock = (drift: drift, slew: Int64(0), frozen: false)
    for each in active {
      guard case .clock(let hosts, let change) = each.work, hosts.contains(host) else { continue }
      switch change {
      case .drift(let drift): clock.drift = drift
      case .slew(let slew): clock.slew = slew
      case .freeze: clock.frozen = true
      case .step: break
      }
    }
    return clock
  }

  func fold(into digest: inout Digest) {
    digest.fold(UInt64(active.count), UInt64(waiting.count))
    for each in active {
      digest.fold(UInt64(records[each.fault].id))
      switch each.work {
      case .crash(let hosts): for host in hosts { digest.fold(1, UInt64(host.rawValue)) }
      case .pause(let hosts, _): for host in hosts { digest.fold(2, UInt64(host.rawValue)) }
      case .roll(let round):
        digest.fold(8, UInt64(round.done) << 1 | (round.isDown ? 1 : 0))
        for host in round.hosts { digest.fold(UInt64(host.rawValue)) }
      case .cut(let pattern, let hold):
        digest.fold(3, (hold ? 1 : 0) | (each.rests ? 2 : 0))
        pattern.fold(into: &digest)
      case .change(let pattern, _):
        digest.fold(4)
        pattern.fold(into: &digest)
      case .disk(let hosts, _): for host in hosts { digest.fold(5, UInt64(host.rawValue)) }
      case .slow(let hosts, _): for host in hosts { digest.fold(7, UInt64(host.rawValue)) }
      case .clock(let hosts, _): for host in hosts { digest.fold(6, UInt64(host.rawValue)) }
      case .load(let hosts, let share, let lives):
        for host in hosts { digest.fold(9, UInt64(host.rawValue)) }
        digest.fold(share, UInt64(lives.count))
      case .leak(let hosts, let rate):
        for host in hosts { digest.fold(10, UInt64(host.rawValue)) }
        digest.fold(rate)
      }
    }
    for each in waiting { digest.fold(UInt64(records[each.fault].id), UInt64(each.branch)) }
  }
}

extension FaultBook.Active.Work {
  /// Millionths of the host's processor that this takes from a process in this life.
  fileprivate func load(of host: NodeID, life: UInt32) -> UInt64 {
    guard case .load(let hosts, let share, let lives) = self, let place = hosts.firstIndex(of: host) else {
      return 0
    }
    return lives.isEmpty || lives[place] == life ? share : 0
  }
}

/// Which directed links a fault is about, told from a mark on each host: a pattern over ten thousand hosts
/// is ten thousand marks and not a hundred million links.
struct LinkPattern: Hashable, Sendable {
  enum Rule: UInt64, Hashable, Sendable {
    /// Between hosts with different marks, both at least 0.
    case apart
    /// From hosts whose mark has bit 0 to other hosts whose mark has bit 1.
    case directed
    /// Between hosts whose marks, both at least 0, are not neighbours on a circle.
    case strangersInRing
  }

  /// Links between two of these hosts alone, or all but those.
  struct Scope: Hashable, Sendable {
    let hosts: ContiguousArray<Bool>
    let isInside: Bool
  }

  let rule: Rule
  let marks: [Int32]
  /// The size of the circle.
  let size: Int32
  /// nil for all links.
  var scope: Scope?

  init(_ rule: Rule, marks: [Int32], size: Int = 0) {
    self.rule = rule
    self.marks = marks
    self.size = Int32(size)
  }

  func matches(from: NodeID, to: NodeID) -> Bool {
    guard from != to else { return false }
    if let scope, (scope.hosts[from.index] && scope.hosts[to.index]) != scope.isInside { return false }
    let (left, right) = (marks[from.index], marks[to.index])
    switch rule {
    case .apart: return left >= 0 && right >= 0 && left != right
    case .directed: return left & 1 != 0 && right & 2 != 0
    case .strangersInRing:
      guard left >= 0, right >= 0 else { return false }
      let distance = abs(left - right)
      return distance > 1 && distance < size - 1
    }
  }

  /// Hosts that have a part in it.
  var hosts: [NodeID] {
    marks.indices.filter { rule == .directed ? marks[$0] != 0 : marks[$0] >= 0 }.map { NodeID(UInt32($0)) }
  }

  func fold(into digest: inout Digest) {
    digest.fold(rule.rawValue, UInt64(marks.count))
    for mark in marks { digest.fold(UInt64(bitPattern: Int64(mark))) }
    if let scope { for isIn in scope.hosts { digest.fold(isIn == scope.isInside ? 1 : 0) } }
  }
}
