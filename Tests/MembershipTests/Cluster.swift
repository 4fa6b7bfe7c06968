import Membership
import Primitives

/// SplitMix64: luck for tests, the same for the same seed.
struct Luck: DrawSource {
  var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return avalanche(state)
  }

  mutating func draw(below bound: UInt64) -> UInt64 { next().multipliedFullWidth(by: bound).high }
}

/// A group of members in one thread: messages take a fixed time or are lost, timers are exact.
struct Cluster {
  enum Happening {
    case message(Membership.Message, from: NodeID, to: NodeID)
    case timer(NodeID, Membership.Timer, setting: UInt32)
  }

  struct Event {
    let at: Instant
    let number: UInt64
    let happening: Happening

    static func < (left: Event, right: Event) -> Bool { (left.at, left.number) < (right.at, right.number) }
  }

  struct Observation: Equatable {
    let at: Instant
    let by: NodeID
    let action: Membership.Action
  }

  static let delay = Nanoseconds.milliseconds(10)

  let settings: Membership.Settings
  var members: [Membership]
  var now = Instant.zero
  var luck: Luck
  /// Of a thousand messages so many are lost.
  var lossPerThousand: UInt64 = 0
  var crashed: [Bool]
  var paused: [Bool]
  /// Links, in both directions, on which nothing arrives.
  var cut: [(NodeID, NodeID)] = []
  var observations: [Observation] = []
  var messages = 0
  private var heap: [Event] = []
  private var events: UInt64 = 0
  private var settingOfTimer: [UInt32]
  private var waiting: [[Happening]]
  private var actions = Outbox<Membership.Action>()

  init(_ count: Int, seed: UInt64, _ settings: Membership.Settings = .standard) {
    self.settings = settings
    luck = Luck(seed)
    members = (0..<count).map { Membership(id: NodeID(UInt32($0)), members: count, settings: settings) }
    crashed = Array(repeating: false, count: count)
    paused = crashed
    waiting = Array(repeating: [], count: count)
    settingOfTimer = Array(repeating: 0, count: count * 3)
    for node in members.indices { start(NodeID(UInt32(node))) }
  }

  // MARK: Faults

  mutating func crash(_ node: NodeID) { crashed[node.index] = true }

  /// Begins a new life with nothing remembered.
  mutating func restart(_ node: NodeID) {
    crashed[node.index] = false
    members[node.index] = Membership(id: node, members: members.count, settings: settings)
    for timer in Membership.Timer.allCases { settingOfTimer[place(node, timer)] += 1 }
    start(node)
  }

  mutating func leave(_ node: NodeID) {
    members[node.index].leave(at: now, &luck, &actions)
    carryOut(node)
  }

  mutating func pause(_ node: NodeID) { paused[node.index] = true }

  /// All that has happened to it in the meantime happens now.
  mutating func resume(_ node: NodeID) {
    paused[node.index] = false
    let late = waiting[node.index]
    waiting[node.index] = []
    for happening in late { handle(happening) }
  }

  // MARK: Running

  mutating func run(for length: Nanoseconds) { run(until: now + length) }

  /// Returns whether `end` has come true before or at `limit`.
  @discardableResult
  mutating func run(until limit: Instant, orUntil end: (Cluster) -> Bool = { _ in false }) -> Bool {
    while let first = heap.first, first.at <= limit {
      if end(self) { return true }
      now = first.at
      popFirst()
      handle(first.happening)
    }
    now = limit
    return end(self)
  }

  /// One event. False where nothing is left.
  mutating func step() -> Bool {
    guard let first = heap.first else { return false }
    now = first.at
    popFirst()
    handle(first.happening)
    return true
  }

  private mutating func start(_ node: NodeID) {
    members[node.index].start(at: now, &luck, &actions)
    carryOut(node)
  }

  private mutating func handle(_ happening: Happening) {
    let node: NodeID
    switch happening {
    case .message(_, _, let receiver): node = receiver
    case .timer(let owner, let timer, let setting):
      guard settingOfTimer[place(owner, timer)] == setting else { return }
      node = owner
    }
    guard !crashed[node.index] else { return }
    if paused[node.index] {
      waiting[node.index].append(happening)
      return
    }
    switch happening {
    case .message(let message, let sender, _):
      members[node.index].receive(message, from: sender, at: now, &actions)
    case .timer(_, let timer, _): members[node.index].fired(timer, at: now, &luck, &actions)
    }
    carryOut(node)
  }

  private mutating func carryOut(_ node: NodeID) {
    while let action = actions.popFirst() {
      switch action {
      case .send(let message, let receiver):
        messages += 1
        if isLost(node, receiver) { continue }
        push(now + Self.delay, .message(message, from: node, to: receiver))
      case .setTimer(let timer, let after):
        settingOfTimer[place(node, timer)] += 1
        push(now + after, .timer(node, timer, setting: settingOfTimer[place(node, timer)]))
      case .cancelTimer(let timer): settingOfTimer[place(node, timer)] += 1
      default: observations.append(Observation(at: now, by: node, action: action))
      }
    }
  }

  private mutating func isLost(_ sender: NodeID, _ receiver: NodeID) -> Bool {
    if cut.contains(where: { $0 == (sender, receiver) || $0 == (receiver, sender) }) { return true }
    return lossPerThousand > 0 && luck.draw(below: 1_000) < lossPerThousand
  }

  private func place(_ node: NodeID, _ timer: Membership.Timer) -> Int { node.index * 3 + Int(timer.rawValue) }

  // MARK: Judging

  var alive: [Membership] { members.filter { !crashed[$0.id.index] && !$0.hasLeft } }

  /// Whether every running member holds this about `node`.
  func allHold(_ node: NodeID, _ status: Membership.Status) -> Bool {
    alive.allSatisfy { $0.id == node || $0.status(of: node) == status }
  }

  var allHoldAllAlive: Bool { alive.allSatisfy { $0.suspectCount == 0 && $0.deadCount == 0 } }

  var suspicions: Int { observations.count { if case .suspected = $0.action { true } else { false } } }
  var confirmations: Int { observations.count { if case .confirmed = $0.action { true } else { false } } }
  var refutations: Int { observations.count { if case .refuted = $0.action { true } else { false } } }

  var digest: Digest {
    var digest = Digest()
    for member in members { member.fold(into: &digest, at: now) }
    digest.fold(UInt64(messages), UInt64(observations.count))
    return digest
  }

  // MARK: The queue, a binary heap

  private mutating func push(_ at: Instant, _ happening: Happening) {
    events += 1
    heap.append(Event(at: at, number: events, happening: happening))
    var place = heap.count - 1
    while place > 0, heap[place] < heap[(place - 1) / 2] {
      heap.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  private mutating func popFirst() {
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var place = 0
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2] where child < heap.count && heap[child] < heap[least] {
        least = child
      }
      if least == place { return }
      heap.swapAt(place, least)
      place = least
    }
  }
}

func n(_ number: UInt32) -> NodeID { NodeID(number) }

func settings(_ selection: Membership.TargetSelection, proxies: Int = 3) throws -> Membership.Settings {
  try Membership.Settings(proxies: proxies, targetSelection: selection)
}
