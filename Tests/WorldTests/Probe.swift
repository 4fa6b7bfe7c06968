import Node
import Primitives
import Telemetry

/// A program that does what its script says and writes down what happens to it.
struct Probe: Program {
  struct Message: WireMessage, Hashable {
    let number: UInt64
    var size = 8

    static let kinds: [StaticString] = ["Probe"]
    var kind: UInt8 { 0 }
    var wireSize: Int { 8 + size }
    func encode(into writer: inout WireWriter) {
      writer.write(number)
      for _ in 0..<size { writer.write(UInt8(7)) }
    }
    static func decode(from reader: inout WireReader) throws(WireError) -> Message {
      let number = try reader.word64()
      return Message(number: number, size: reader.remaining)
    }
    func fold(into digest: inout Digest) { digest.fold(number, UInt64(size)) }
  }

  struct Record: StoredRecord, Hashable {
    let number: UInt64
    var size = 8
    var storedSize: Int { size }
    func fold(into digest: inout Digest) { digest.fold(number) }
  }

  typealias Requests = NoRequests

  enum Act: Sendable {
    case send(UInt64, to: UInt32, size: Int = 8)
    /// Sent once write `after` is durable.
    case sendAfter(UInt64, to: UInt32, after: UInt64)
    case append(UInt64, size: Int = 8)
    case replace(UInt64)
    case truncate(keeping: Int)
    case discard(before: Int)
    case sync(UInt64, directory: Bool = true)
    case exit
    case work(UInt64, Nanoseconds, memory: UInt64 = 0)
    case read
    case restart(UInt32)
  }

  enum Heard: Hashable, Sendable {
    case message(UInt64, from: UInt32)
    case closed(UInt32)
    case undelivered(UInt64, to: UInt32)
    case written(UInt64)
    case failed(UInt64)
    case recovered([UInt64], restarts: UInt64)
    case done(UInt64)
    case reading(ResourceReading)
  }

  struct Line: Hashable, Sendable {
    let at: Nanoseconds
    let heard: Heard
  }

  static let tags = [Tag("ready", bit: 0)]
  static let layout = DiskLayout(mirrors: [], replicated: [FileID(0)], impaired: nil)

  /// Acts by their times after the start of a life, ascending.
  var script: [(at: Nanoseconds, act: Act)] = []
  /// Answers each message at once.
  var echoes = false
  /// When it shows its tag, after the start of a life.
  var readyAt: Nanoseconds?
  private(set) var lines: [Line] = []
  /// The wall clock at each line, since the year 2000.
  private(set) var walls: [Nanoseconds] = []
  private(set) var isReady = false
  /// As found by the present life.
  private(set) var disk = StoredFile<Record>([])
  private(set) var hasNewDisk = false
  private var next = 0
  private var started = Instant.zero

  init(_ script: [(at: Nanoseconds, act: Act)] = []) { self.script = script }

  var status: Status { Status(tags: isReady ? 1 : 0, epoch: 1) }

  mutating func step(_ input: Input<Probe>, context: inout StepContext, effects: inout Effects<Probe>) {
    func note(_ heard: Heard) {
      lines.append(Line(at: context.monotonic - .zero, heard: heard))
      walls.append(context.wall - Instant(nanoseconds: 946_684_800_000_000_000))
    }
    switch input {
    case .started(let recovered):
      started = context.monotonic
      disk = recovered[FileID(0)]
      hasNewDisk = recovered.isNewDisk
      note(.recovered(recovered[FileID(0)].prefix.map(\.number), restarts: recovered.restarts))
      if let readyAt { effects.append(.setTimer(TimerID(1), after: readyAt)) }
      setTimer(context, &effects)
    case .timerFired(TimerID(1)): isReady = true
    case .timerFired:
      while next < script.count, started + script[next].at <= context.monotonic {
        perform(script[next].act, &effects)
        next += 1
      }
      setTimer(context, &effects)
    case .message(let message, let from):
      note(.message(message.number, from: from.host.rawValue))
      if echoes { effects.send(Message(number: message.number), to: from) }
    case .connectionClosed(let peer): note(.closed(peer.host.rawValue))
    case .undelivered(let message, let peer): note(.undelivered(message.number, to: peer.host.rawValue))
    case .writeCompleted(let token): note(.written(token.rawValue))
    case .writeFailed(let token): note(.failed(token.rawValue))
    case .request, .admin: break
    case .workDone(let work): note(.done(work.rawValue))
    case .resources(let reading): note(.reading(reading))
    }
  }

  private func perform(_ act: Act, _ effects: inout Effects<Probe>) {
    switch act {
    case .send(let number, let to, let size): effects.send(Message(number: number, size: size), to: endpoint(to))
    case .sendAfter(let number, let to, let token):
      effects.send(Message(number: number), to: endpoint(to), after: WriteToken(token))
    case .append(let number, let size): effects.append(.append(Record(number: number, size: size), to: FileID(0)))
    case .replace(let number): effects.append(.replace(FileID(0), with: Record(number: number)))
    case .truncate(let count): effects.append(.truncate(FileID(0), keeping: count))
    case .discard(let position): effects.append(.discard(FileID(0), before: position))
    case .sync(let token, let directory): effects.append(.sync(WriteToken(token), directory: directory))
    case .exit: effects.append(.exit("asked to"))
    case .work(let number, let time, let memory):
      effects.append(.work(WorkID(number), Demand(time: time, memory: memory)))
    case .read: effects.append(.readResources)
    case .restart(let host): effects.append(.restart(endpoint(host)))
    }
  }

  private func endpoint(_ host: UInt32) -> Endpoint { Endpoint(NodeID(host)) }

  private func setTimer(_ context: StepContext, _ effects: inout Effects<Probe>) {
    guard next < script.count else { return }
    effects.append(.setTimer(TimerID(0), after: max(.zero, started + script[next].at - context.monotonic)))
  }

  func fold(into digest: inout Digest, at now: Instant) { digest.fold(UInt64(lines.count), UInt64(next)) }
}

extension Probe {
  /// Messages heard, in order, with their times.
  var messages: [(number: UInt64, at: Nanoseconds)] {
    lines.compactMap { if case .message(let number, _) = $0.heard { (number, $0.at) } else { nil } }
  }

  var numbers: [UInt64] { messages.map(\.number) }

  /// Pieces of work that are done, in order, with the times of their ends.
  var finished: [(number: UInt64, at: Nanoseconds)] {
    lines.compactMap { if case .done(let number) = $0.heard { (number, $0.at) } else { nil } }
  }

  var readings: [ResourceReading] {
    lines.compactMap { if case .reading(let reading) = $0.heard { reading } else { nil } }
  }

  /// How often the connection to somebody was lost.
  var closings: Int { lines.count { if case .closed = $0.heard { true } else { false } } }
}
