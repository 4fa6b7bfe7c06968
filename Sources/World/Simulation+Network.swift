import Kernel
import Node
import Primitives
import RPC
import Telemetry

/// Messages from one process to another.
extension Simulation {
  // MARK: Leaving

  /// Sends, or keeps the message until the write that it waits for is durable. Messages to one endpoint
  /// leave in the order in which they were sent.
  @inlinable
  mutating func send(
    _ message: consuming P.Message, from index: Int, to: Endpoint, after: WriteToken?, mark: UInt64,
    _ context: TraceContext?
  ) {
    let waits = after.map { $0 > processes[index].completed } ?? false
    if waits || processes[index].holds(to, among: processes[index].held.count) {
      processes[index].held.append(.init(message: message, to: to, after: after, context: context))
    } else {
      transmit(message, from: index, to: to, mark: mark, context)
    }
  }

  /// Lets go what waited for `token` and for earlier writes.
  @inlinable
  mutating func releaseHeld(of index: Int) {
    let completed = processes[index].completed
    // Those that go on waiting go round to the end.
    var kept = 0
    for _ in 0..<processes[index].held.count {
      guard let send = processes[index].held.popFirst() else { return }
      let waits = send.after.map { $0 > completed } ?? false
      if waits || processes[index].holds(send.to, among: kept) {
        processes[index].held.append(send)
        kept += 1
      } else {
        let (to, context, mark) = (send.to, send.context, plan.digests ? send.message.mark : 0)
        transmit(send.takeMessage(), from: index, to: to, mark: mark, context)
      }
    }
  }

  @inlinable
  mutating func transmit(
    _ message: consuming P.Message, from index: Int, to: Endpoint, mark: UInt64, _ context: TraceContext?
  ) {
    let from = processes[index].endpoint
    let target = self.index(of: to)
    let kind = message.kind
    counts.sent &+= 1
    counts.byKind[Int(kind)] &+= 1
    let number = links.find(from: from.host, to: to.host) ?? addLink(from: from.host, to: to.host)
    let ordinal = links.links[number].nextOrdinal(kind)
    let key = Entities.message(from: from.word, to: to.word, kind: kind, group: 0)
    if notes.isOn { noteSent(message, index, target, ordinal) }
    if film.isOn { filmSent(message, from: index, to: target) }
    if links.links[number].filters == 0 {
      travel(message, from: index, to: target, over: number, kind, key, ordinal, mark: mark, context)
    } else {
      travelFiltered(message, from: index, to: target, over: number, kind, key, ordinal, mark: mark, context)
    }
    if film.isOn { film.blame(on: faults.struck) }
  }

  /// For messages of this kind the link is another one.
  @usableFromInline mutating func travelFiltered(
    _ message: consuming P.Message, from index: Int, to target: Int, over number: Int, _ kind: UInt8,
    _ key: Entities, _ ordinal: UInt64, mark: UInt64, _ context: TraceContext?
  ) {
    let usual = links.links[number].profile
    links.links[number].profile = faults.profile(of: links.links[number], plan.network, kind: kind)
    travel(message, from: index, to: target, over: number, kind, key, ordinal, mark: mark, context)
    links.links[number].profile = usual
  }

  @inlinable
  @inline(__always)
  mutating func travel(
    _ message: consuming P.Message, from index: Int, to target: Int, over number: Int, _ kind: UInt8,
    _ key: Entities, _ ordinal: UInt64, mark: UInt64, _ context: TraceContext?
  ) {
    let profile = links.links[number].profile
    if plan.network.encodesMessages {
      guard let other = recoded(message) else {
        drop(.undecodable)
        return
      }
      message = other
    }
    // Asked for before the message is handed over, and only where it takes time to transmit.
    let size = profile.bandwidth == nil ? 0 : message.wireSize
    let delivery = Delivery(
      message: consume message, from: index, to: target, link: number, connection: links.links[number].connection,
      mark: mark, context: context, filmed: film.subject)
    let isStream = profile.transport == .stream
    if isStream, !links.links[number].isConnected, !prepare(delivery, number) { return }
    if links.links[number].isFaulty || choices.someAreFixed {
      guard passesFaults(delivery, kind: kind), passesMeddling(delivery, key, ordinal, kind) else { return }
    }
    if !profile.loss.isZero || choices.someAreFixed, choices.choose(.loss, key, ordinal, chance: profile.loss) {
      drop(.loss)
      if isStream { reset(number, .reset) }
      return
    }
    var leaves = isStream ? max(now, links.links[number].dialling.readyAt) : now
    if let bandwidth = profile.bandwidth {
      guard
        let end = endOfTransmission(of: size, over: number, from: leaves, bandwidth, limit: profile.queueLimit)
      else {
        drop(.queueFull)
        if isStream { reset(number, .reset) }
        return
      }
      leaves = end
    }
    let latency = choices.choose(.latency, key, ordinal, from: profile.latency)
    var arrives = links.links[number].arrival(leaving: leaves, after: latency)
    if !isStream {
      if !profile.reordering.isZero || choices.someAreFixed,
        choices.choose(.reordering, key, ordinal, chance: profile.reordering)
      {
        arrives = arrives + choices.choose(.reorderDelay, key, ordinal, from: profile.reorderDelay)
      }
      if !profile.duplication.isZero || choices.someAreFixed,
        choices.choose(.duplication, key, ordinal, chance: profile.duplication)
      {
        counts.duplicated &+= 1
        let copy = leaves + choices.choose(.copyLatency, key, ordinal, from: profile.latency)
        var doubled = delivery
        if film.isOn { doubled.filmed = film.double(doubled.message.words) }
        queue.push(.delivery(doubled), at: copy)
      }
    }
    queue.push(.delivery(consume delivery), at: arrives)
  }

  /// Whether nobody takes the message away or flips a bit of it.
  @usableFromInline mutating func passesMeddling(
    _ delivery: Delivery<P.Message>, _ key: Entities, _ ordinal: UInt64, _ kind: UInt8
  ) -> Bool {
    let number = Int(delivery.link)
    guard links.links[number].isMeddledWith || choices.someAreFixed else { return true }
    let profile = links.links[number].profile
    let (from, to) = (links.links[number].from, links.links[number].to)
    if choices.choose(.filter, key, ordinal, chance: profile.drop) {
      drop(.filtered)
      faults.credit(.messagesFiltered, from: from, to: to, kind: kind)
      return false
    }
    guard choices.choose(.corruption, key, ordinal, chance: profile.corruption) else { return true }
    var writer = WireWriter()
    delivery.message.encode(into: &writer)
    var bytes = writer.bytes
    let checksum = Self.checksum(bytes)
    let bit = choices.choose(.corruptedBit, key, ordinal, below: UInt64(max(1, bytes.count)) * 8)
    if !bytes.isEmpty { bytes[Int(bit / 8)] ^= 1 << UInt8(bit % 8) }
    // A message without bytes has none to flip.
    guard Self.checksum(bytes) != checksum else { return true }
    drop(.corrupted)
    faults.credit(.messagesCorrupted, from: from, to: to, kind: kind)
    if profile.transport == .stream { reset(number, .reset) }
    return false
  }

  /// What a frame carries behind its bytes.
  private static func checksum(_ bytes: [UInt8]) -> UInt64 {
    var digest = Digest()
    digest.fold(bytes: bytes)
    return digest.words.low
  }

  /// When the last of `size` bytes leaves; nil where too much waits already.
  @inlinable
  mutating func endOfTransmission(
    of size: Int, over number: Int, from time: Instant, _ bandwidth: UInt64, limit: UInt64
  ) -> Instant? {
    let begins = max(time, links.links[number].freeAt)
    let size = UInt64(size)
    let waiting = UInt64((begins - time).count).multipliedFullWidth(by: bandwidth)
    let second: UInt64 = 1_000_000_000
    let waitingBytes = waiting.high >= second ? UInt64.max : second.dividingFullWidth(waiting).quotient
    guard waitingBytes.addingReportingOverflow(size).overflow == false, waitingBytes + size <= limit else {
      return nil
    }
    let duration = size.multipliedFullWidth(by: second)
    let nanoseconds = duration.high >= bandwidth ? UInt64.max : bandwidth.dividingFullWidth(duration).quotient
    let ends = begins + Nanoseconds(Int64(min(nanoseconds, UInt64(Distribution.longest.count))))
    links.links[number].freeAt = ends
    return ends
  }

  @usableFromInline func recoded(_ message: P.Message) -> P.Message? {
    var writer = WireWriter()
    message.encode(into: &writer)
    precondition(writer.bytes.count == message.wireSize, "a message's size is that of its wire form")
    var reader = WireReader(writer.bytes)
    return try? P.Message.decode(from: &reader)
  }

  // MARK: Arriving

  @inlinable
  mutating func deliver(_ delivery: consuming Delivery<P.Message>) {
    let number = Int(delivery.link)
    if delivery.connection != links.links[number].connection {
      drop(links.links[number].ending)
      faults.credit(.messagesCut, fault: links.links[number].endedBy)
      if film.isOn { film.blame(on: links.links[number].endedBy) }
      return
    }
    if links.links[number].holds > 0 {
      hold(delivery, wasUnderWay: true)
      return
    }
    let target = Int(delivery.to)
    switch processes[target].state {
    case .up:
      counts.delivered &+= 1
      let from = processes[Int(delivery.from)].endpoint
      let mark = 2 | from.word << 8 &+ delivery.mark
      let context = delivery.context
      step(.message(delivery.takeMessage(), from: from), target, context, mark: mark)
    case .paused, .slow:
      counts.delivered &+= 1
      let from = processes[Int(delivery.from)].endpoint
      let context = delivery.context
      give(.message(delivery.takeMessage(), from: from), to: target, context, mark: 0)
    case .down:
      drop(.processDown)
      if links.links[number].profile.transport == .stream { reset(number, .processDown) }
    }
  }

  @inlinable
  mutating func drop(_ reason: DropReason) {
    counts.dropped[reason.rawValue] &+= 1
    if notes.isOn { noteLoss(reason) }
    if film.isOn { film.lose(reason) }
  }

  // MARK: Links

  /// A link's first use: it begins as the plan says and as present faults have it.
  @usableFromInline mutating func addLink(from: NodeID, to: NodeID) -> Int {
    var link = Link(from: from, to: to, profile: plan.network.profile(from: from, to: to))
    faults.apply(to: &link, plan.network)
    return links.insert(link)
  }

  /// Hosts run one process each, so far.
  @inlinable
  func index(of endpoint: Endpoint) -> Int {
    precondition(
      endpoint.host.index < processes.count && endpoint.process == 0, "a message to an endpoint that does not exist"
    )
    return endpoint.host.index
  }
}
