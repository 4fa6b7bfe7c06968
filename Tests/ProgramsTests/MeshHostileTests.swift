import ControlLoop
import Node
import Primitives
import Programs
import Testing

@Suite("A node of a mesh that heals, among messages that nobody should send")
struct MeshHostileTests {
  /// A node with the rest of its host: timers that are set, writes and work that go on.
  struct Hosted {
    var bench: Bench<Mesh>
    var timers: Set<UInt8> = []
    var syncs: [WriteToken] = []
    var work: [WorkID] = []
    var reads = 0
    var restarts: UInt64 = 0
    /// Writes and work that were done.
    var done = 0
    let settings: Boxed<MeshSettings>

    init(council: [UInt32]) throws {
      var settings = try MeshTests.settings().value
      settings.works = true
      settings.queue = 8
      settings.healing = HealingSettings(
        council: council.map { NodeID($0) }, rules: .standard,
        loop: try LoopSettings(healthyInterval: .seconds(3)))
      self.settings = Boxed(settings)
      bench = Bench(Mesh(id: NodeID(1), settings: self.settings))
      start()
    }

    mutating func start() {
      bench.program = Mesh(id: NodeID(1), settings: settings)
      (timers, syncs, work, reads) = ([], [], [], 0)
      step(.started(Recovered(files: [], restarts: restarts)))
      restarts += 1
    }

    mutating func step(_ input: Input<Mesh>, after pause: Nanoseconds = .milliseconds(1)) {
      var ends = false
      for effect in bench.step(input, after: pause) {
        switch effect {
        case .setTimer(let timer, _): timers.insert(timer.rawValue)
        case .cancelTimer(let timer): timers.remove(timer.rawValue)
        case .sync(let token, _): syncs.append(token)
        case .work(let id, _): work.append(id)
        case .readResources: reads += 1
        case .exit: ends = true
        default: break
        }
      }
      if ends { start() }
    }

    /// One of all the things that the host has to tell.
    mutating func goOn(_ dice: inout Dice) {
      switch dice.below(5) {
      case 0 where !syncs.isEmpty:
        done += 1
        step(.writeCompleted(syncs.removeFirst()))
      case 1 where !work.isEmpty:
        done += 1
        step(.workDone(work.removeFirst()))
      case 2 where reads > 0:
        reads -= 1
        let share = dice.below(1_000_001)
        step(
          .resources(
            ResourceReading(
              busy: share, own: dice.below(share + 1), memory: dice.word(), limit: dice.below(2) == 0 ? nil : 1)))
      case 3: step(.request(RequestID(dice.word()), MeshOperation(key: dice.below(100))))
      default:
        guard let timer = timers.sorted().dropFirst(Int(dice.below(UInt64(max(1, timers.count))))).first else {
          return
        }
        timers.remove(timer)
        step(.timerFired(TimerID(timer)), after: .milliseconds(Int64(dice.below(400))))
      }
    }
  }

  static func message(_ dice: inout Dice) -> MeshMessage? {
    var bytes = CodecTests.encoded(MeshCodecTests.messages[Int(dice.below(UInt64(MeshCodecTests.messages.count)))])
    for _ in 0..<dice.below(4) { bytes[Int(dice.below(UInt64(bytes.count)))] = UInt8(dice.below(256)) }
    guard let message = try? CodecTests.decoded(bytes, as: MeshMessage.self) else { return nil }
    guard case .packet(let packet) = message, dice.below(4) > 0 else { return message }
    // Else hardly one would be for this node.
    return .packet(
      MeshPacket(from: NodeID(UInt32(dice.below(5))), to: NodeID(1), hops: packet.hops, packet.content))
  }

  @Test("It survives any message that can be decoded, as a member of the council and as none", arguments: 0..<8)
  func survives(seed: UInt64) throws {
    var dice = Dice(seed: seed)
    var node = try Hosted(council: seed % 2 == 0 ? [0, 1, 2] : [0])
    for _ in 0..<6_000 {
      if dice.below(3) > 0, let message = Self.message(&dice) {
        node.step(.message(message, from: Endpoint(NodeID(UInt32(dice.below(4))))))
      } else {
        node.goOn(&dice)
      }
      if dice.below(500) == 0 { node.start() }
    }
    #expect(node.done > 20 && !node.bench.program.details.isEmpty && !node.timers.isEmpty)
    #expect(node.bench.now > .zero + .seconds(60), "its loop has turned")
    let owner = node.bench.program.registry.owner(of: dice.word(), nodes: 4)
    #expect(owner.index < 4)
  }
}
