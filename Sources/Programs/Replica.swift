import CRDT
import Node
import Primitives
import Telemetry

/// The program `crdt`: replicas of a few shared objects that each changes by itself, and that gossip brings together. A
/// replica answers once its own disk has what the answer says, whoever is out of reach; the answer may lag behind what others
/// have done.
public struct Replica: Program {
  public typealias Message = ReplicaMessage
  public typealias Record = ReplicaRecord
  public typealias Requests = ReplicaSource

  public static let tags: [Tag] = []

  static let roundTimer = TimerID(0)
  /// All there was once, and the changes since.
  static let changesFile = FileID(0)
  /// With so many records the file begins anew with one.
  static let mostRecords = 64

  public let id: NodeID
  let settings: ReplicaSettings
  package private(set) var objects = SharedObjects()
  private var clock = HybridClock()
  private var sync: DeltaSync<SharedObjects>
  private var records = 0
  private var writes: UInt64 = 0
  /// The last write that is done; as many as `writes` where none is under way.
  private var durable: UInt64 = 0
  /// The last write that replaces the file; while it is under way the file may yet be the old one.
  private var replacement: UInt64 = 0
  private var asked: [(token: WriteToken, request: RequestID, outcome: ReplicaOutcome)] = []

  public init(id: NodeID, settings: ReplicaSettings) {
    self.id = id
    self.settings = settings
    sync = DeltaSync(life: 0, capacity: settings.deltas)
  }

  /// As whom it changes things. Another life may have lost changes that others never heard of, and does not use their
  /// numbers again.
  package var replica: ReplicaID { ReplicaID(id, life: sync.life) }

  public var status: Status { Status(tags: 0, epoch: 0) }

  public var details: [(name: StaticText, value: Detail)] {
    let known = objects.known.entries.reduce(0) { $0 + $1.count }
    return [("changes", .number(UInt64(known)))] + objects.details
  }

  public mutating func step(_ input: Input<Replica>, context: inout StepContext, effects: inout Effects<Replica>) {
    switch input {
    case .started(let recovered):
      begin(recovered, &effects)
      rest(&context, &effects)
    case .request(let request, let operation): perform(operation, request, &context, &effects)
    case .message(.parcel(let parcel), let sender): learn(parcel.content, from: sender, &effects)
    case .message(.acknowledgement(let number, let life, let own), let sender):
      sync.hear(of: sender.host, in: own)
      sync.acknowledge(number, of: life, by: sender.host, in: own)
    case .timerFired:
      tell(&context, &effects)
      rest(&context, &effects)
    case .writeCompleted(let token):
      durable = max(durable, token.rawValue)
      while let first = asked.first, first.token <= token {
        effects.append(.reply(first.request, first.outcome))
        asked.removeFirst()
      }
    case .writeFailed: effects.append(.exit("write failed"))
    case .connectionClosed, .undelivered, .workDone, .resources, .admin: break
    }
  }

  public func fold(into digest: inout Digest, at now: Instant) {
    objects.fold(into: &digest)
    clock.fold(into: &digest)
    sync.fold(into: &digest)
    digest.fold(UInt64(records), writes - durable)
    digest.fold(UInt64(asked.count))
    digest.fold(max(replacement, durable) - durable)
    for (token, request, outcome) in asked {
      digest.fold(writes - token.rawValue, request.rawValue)
      outcome.fold(into: &digest)
    }
  }

  private mutating func begin(_ recovered: Recovered<ReplicaRecord>, _ effects: inout Effects<Replica>) {
    sync = DeltaSync(life: UInt32(truncatingIfNeeded: recovered.restarts), capacity: settings.deltas)
    // A change that cannot be read is a gap; what was stored behind it is of no use without it.
    let file = recovered[Self.changesFile]
    let prefix = file.prefix
    records = prefix.count
    for record in prefix { objects.merge(record.objects) }
    if let latest = objects.latest { clock.hear(latest) }
    guard file.count > records else { return }
    effects.append(.truncate(Self.changesFile, keeping: records))
    writes += 1
    effects.append(.sync(WriteToken(writes), directory: false))
  }

  private mutating func perform(
    _ operation: ReplicaOperation, _ request: RequestID, _ context: inout StepContext,
    _ effects: inout Effects<Replica>
  ) {
    var clock = self.clock
    let (wall, replica) = (context.wall, self.replica)
    let delta = objects.perform(operation, by: replica) { clock.tick(wall, replica) }
    self.clock = clock
    if let delta { store(delta, from: nil, &effects) }
    let outcome: ReplicaOutcome = operation == .read ? .read(objects.reading) : .done
    // Whoever only reads relies on what is here too: no crash may contradict it.
    if writes == durable {
      effects.append(.reply(request, outcome))
    } else {
      asked.append((WriteToken(writes), request, outcome))
    }
  }

  private mutating func learn(
    _ parcel: DeltaSync<SharedObjects>.Parcel, from sender: Endpoint, _ effects: inout Effects<Replica>
  ) {
    sync.hear(of: sender.host, in: parcel.life)
    guard sync.fits(parcel) else { return }
    if objects.merge(parcel.state) {
      if let latest = parcel.state.latest { clock.hear(latest) }
      store(parcel.state, from: ReplicaID(sender.host, life: parcel.life), &effects)
    }
    effects.send(
      .acknowledgement(number: parcel.number, of: parcel.life, in: sync.life), to: sender, after: lastWrite)
  }

  private mutating func store(_ delta: SharedObjects, from teller: ReplicaID?, _ effects: inout Effects<Replica>) {
    sync.record(delta, from: teller)
    // Where a replacement fails, what was appended behind it would stand behind the old content, with a gap before it:
    // until it is done each change replaces the file again.
    if records >= Self.mostRecords || replacement > durable {
      effects.append(.replace(Self.changesFile, with: ReplicaRecord(objects: objects)))
      records = 1
      replacement = writes + 1
    } else {
      effects.append(.append(ReplicaRecord(objects: delta), to: Self.changesFile))
      records += 1
    }
    writes += 1
    effects.append(.sync(WriteToken(writes), directory: true))
  }

  /// What is told must not be forgotten: it waits for the write that holds it.
  private var lastWrite: WriteToken? { writes == 0 ? nil : WriteToken(writes) }

  private func tell(_ context: inout StepContext, _ effects: inout Effects<Replica>) {
    guard settings.nodes > 1 else { return }
    var told: Set<NodeID> = []
    while told.count < min(settings.fanout, settings.nodes - 1) {
      let other = context.choose(.replicaPeer, slot: 0, below: UInt64(settings.nodes - 1))
      let peer = NodeID(UInt32(other < UInt64(id.rawValue) ? other : other + 1))
      guard told.insert(peer).inserted else { continue }
      let parcel = sync.parcel(for: peer, of: objects)
      effects.send(.parcel(ReplicaParcel(parcel)), to: Endpoint(peer), after: lastWrite)
    }
  }

  private func rest(_ context: inout StepContext, _ effects: inout Effects<Replica>) {
    // A jitter of a quarter keeps replicas that started together from telling in step.
    let least = settings.interval - settings.interval / 8
    let pause = context.choose(
      .replicaPause, slot: 1, from: .uniform(least, least + settings.interval / 4 + Nanoseconds(1)))
    effects.append(.setTimer(Self.roundTimer, after: pause))
  }
}

extension SharedObjects {
  var reading: ReplicaReading {
    ReplicaReading(
      counter: counter.value, balance: balance.value, elements: set.count, register: register.value,
      keys: map.keys.count)
  }
}

/// What all replicas of a cluster know.
public struct ReplicaSettings: Hashable, Sendable {
  /// Replicas have the numbers from 0 to this, exclusive.
  public let nodes: Int
  /// The mean time between two rounds of a replica.
  public let interval: Nanoseconds
  /// Peers that are told in each round.
  public let fanout: Int
  /// Changes that are kept for peers that lack only these; others get all there is.
  public let deltas: Int

  /// - Precondition: at least one node, an interval above zero, a fanout of at least one, no negative number of deltas.
  public init(nodes: Int, interval: Nanoseconds, fanout: Int, deltas: Int) {
    precondition(nodes >= 1 && interval > .zero && fanout >= 1 && deltas >= 0)
    self.nodes = nodes
    self.interval = interval
    self.fanout = fanout
    self.deltas = deltas
  }
}
