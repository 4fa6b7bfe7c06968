import Node
import Primitives
import Telemetry

/// A cluster in miniature, driven by chance: messages come in any order, late, twice or never; disks complete
/// when they like; processes crash and come back with some of what was not durable.
struct Cluster<J: Judge> {
  typealias P = J.Watched

  struct Packet {
    let from: Int
    let to: Int
    var message: P.Message
  }

  struct Process {
    var program: P
    var disk = Disk<P.Record>()
    var held: [(after: WriteToken, packet: Packet)] = []
    var timers: [Instant?] = Array(repeating: nil, count: StepLimits.timers)
    var draws = DrawCounters()
    var isUp = true
    var restarts: UInt64 = 0
  }

  var judge: J
  var processes: [Process]
  var random: Dice
  var now = Instant.zero
  private(set) var packets: [Packet] = []
  /// Outcomes of requests.
  private(set) var replies: [(request: RequestID, response: P.Response)] = []
  private var requests: UInt64 = 0
  private let make: (Int) -> P
  private let workload: P.Requests
  /// Requests go to processes from here on.
  private let clients: Range<Int>

  /// What the network does to a message on its way.
  var forge: (inout Packet, inout Dice) -> Void = { _, _ in }
  /// What a disk does to its content in a crash, beyond what it may.
  var damage: (inout Disk<P.Record>, inout Dice) -> Void = { _, _ in }
  /// What a host does to the effects of a step before anybody sees them.
  var tamper: (inout ContiguousArray<Effect<P>>, inout Dice) -> Void = { _, _ in }

  init(
    _ count: Int, judge: J, seed: UInt64, workload: P.Requests, clients: Range<Int>, make: @escaping (Int) -> P
  ) {
    self.judge = judge
    self.make = make
    self.workload = workload
    self.clients = clients
    random = Dice(seed: seed)
    processes = (0..<count).map { Process(program: make($0)) }
  }

  mutating func run(steps: Int) {
    if now == .zero {
      for process in processes.indices { start(process) }
    }
    for _ in 0..<steps { act() }
  }

  // MARK: What may happen

  private mutating func act() {
    now = now + .microseconds(Int64(random.below(200)))
    if let (process, timer) = dueTimer() { return fire(timer, of: process) }
    let process = Int(random.below(UInt64(processes.count)))
    switch random.below(10_000) {
    case 0..<6_000: deliver()
    case 6_000..<9_000: completeWrite(process)
    case 9_000..<9_400: ask()
    case 9_400..<9_410: crash(process)
    case 9_410..<9_900: if !processes[process].isUp { restart(process) }
    case 9_900..<9_920: closeConnection(process)
    default: now = now + .milliseconds(Int64(random.below(20)))
    }
  }

  private func dueTimer() -> (process: Int, timer: TimerID)? {
    for process in processes.indices where processes[process].isUp {
      for (number, at) in processes[process].timers.enumerated() {
        if let at, at <= now { return (process, TimerID(UInt8(number))) }
      }
    }
    return nil
  }

  private mutating func fire(_ timer: TimerID, of process: Int) {
    processes[process].timers[Int(timer.rawValue)] = nil
    step(process, .timerFired(timer))
  }

  private mutating func deliver() {
    guard !packets.isEmpty else { return }
    let position = Int(random.below(UInt64(packets.count)))
    var packet = packets[position]
    if random.below(20) != 0 {
      packets[position] = packets[packets.count - 1]
      packets.removeLast()
    }
    guard random.below(20) != 0, processes[packet.to].isUp else { return }
    forge(&packet, &random)
    step(packet.to, .message(packet.message, from: Endpoint(NodeID(UInt32(packet.from)))))
  }

  private mutating func completeWrite(_ process: Int) {
    guard processes[process].isUp, let token = processes[process].disk.complete() else { return }
    step(process, .writeCompleted(token))
    let held = processes[process].held
    processes[process].held = held.filter { $0.after > token }
    packets += held.filter { $0.after <= token }.map(\.packet)
  }

  private mutating func ask() {
    let client = clients.lowerBound + Int(random.below(UInt64(clients.count)))
    guard processes[client].isUp else { return }
    let request = workload.request(number: requests, choices: Choices(seed: 5))
    requests += 1
    step(client, .request(RequestID(requests - 1), request))
  }

  private mutating func closeConnection(_ process: Int) {
    guard processes[process].isUp else { return }
    step(process, .connectionClosed(Endpoint(NodeID(UInt32(random.below(UInt64(processes.count)))))))
  }

  private mutating func crash(_ process: Int) {
    guard processes[process].isUp else { return }
    processes[process].isUp = false
    processes[process].held = []
    processes[process].timers = Array(repeating: nil, count: StepLimits.timers)
    processes[process].disk.crash(&random)
    damage(&processes[process].disk, &random)
    judge.observeCrash(process: process, at: now)
  }

  private mutating func restart(_ process: Int) {
    processes[process].isUp = true
    processes[process].restarts += 1
    processes[process].program = make(process)
    start(process)
  }

  private mutating func start(_ process: Int) {
    let files = processes[process].disk.durable
    step(process, .started(Recovered(files: files, restarts: processes[process].restarts)))
  }

  // MARK: A step

  private mutating func step(_ process: Int, _ input: Input<P>) {
    var context = StepContext(
      monotonic: now, wall: now, telemetry: false, choices: Choices(seed: random.seed),
      process: Entities(UInt64(process)), draws: processes[process].draws)
    var effects = Effects<P>()
    processes[process].program.step(input, context: &context, effects: &effects)
    processes[process].draws = context.draws
    var items = ContiguousArray(effects.items)
    tamper(&items, &random)
    effects.items = Outbox(items)
    judge.observe(input, effects: effects, program: processes[process].program, process: process, at: now)
    for effect in effects.items { carryOut(effect, of: process) }
  }

  private mutating func carryOut(_ effect: Effect<P>, of process: Int) {
    switch effect {
    case .send(let message, let peer, let token, _):
      let packet = Packet(from: process, to: peer.host.index, message: message)
      if let token, !processes[process].disk.isDone(token) {
        processes[process].held.append((token, packet))
      } else {
        packets.append(packet)
      }
    case .setTimer(let timer, let after): processes[process].timers[Int(timer.rawValue)] = now + after
    case .cancelTimer(let timer): processes[process].timers[Int(timer.rawValue)] = nil
    case .append(let record, let file): processes[process].disk.write(.append(record), to: file)
    case .truncate(let file, let keeping): processes[process].disk.write(.truncate(keeping), to: file)
    case .discard(let file, let position): processes[process].disk.write(.discard(position), to: file)
    case .replace(let file, let record): processes[process].disk.write(.replace(record), to: file)
    case .sync(let token, _): processes[process].disk.sync(token)
    case .reply(let request, let response): replies.append((request, response))
    case .exit: crash(process)
    // What servers never ask for.
    case .work, .readResources, .restart: break
    }
  }
}

/// SplitMix64: chance for tests.
struct Dice {
  let seed: UInt64
  private var state: UInt64

  init(seed: UInt64) {
    self.seed = seed
    state = avalanche(seed &+ 1)
  }

  mutating func below(_ bound: UInt64) -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return avalanche(state) % bound
  }
}
