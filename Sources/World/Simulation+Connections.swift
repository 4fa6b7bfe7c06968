import Node
import Primitives
import RPC
import Telemetry

/// Streams between two hosts: opened by the first message, ended by a loss, a cut or a crash.
extension Simulation {
  /// Sees to it that there is a stream for what is to be sent. False where there is none to be had: the message goes back
  /// to its sender, once that knows.
  ///
  /// - Parameter number: of a stream's link.
  @usableFromInline mutating func prepare(_ delivery: Delivery<P.Message>, _ number: Int) -> Bool {
    let link = links.links[number]
    // What is held has not left yet.
    guard !link.isConnected, link.holds == 0 else { return true }
    if link.profile.opensAtOnce {
      if link.cuts == 0 { open(number, at: now) }
      return true
    }
    (links.links[number].isOpen, links.links[number].isStale) = (false, false)
    let back = links.links[links.find(from: link.to, to: link.from) ?? addLink(from: link.to, to: link.from)]
    if back.isConnected, back.profile.transport == .stream, link.cuts == 0 {
      // Who is called answers over the caller's connection.
      open(number, at: max(now, back.dialling.readyAt))
      return true
    }
    if link.dialling.state(at: now) == .idle, dial(number, back, for: delivery.context) { return true }
    if link.cuts > 0 { faults.credit(.messagesCut, from: link.from, to: link.to) }
    if back.cuts > 0 { faults.credit(.messagesCut, from: link.to, to: link.from) }
    if link.changes > 0 {
      faults.credit(.messagesAffected, from: link.from, to: link.to, kind: delivery.message.kind)
    }
    drop(.unreachable)
    giveBack(delivery, at: max(now, links.links[number].dialling.failsAt))
    return false
  }

  private mutating func open(_ number: Int, at ready: Instant) {
    links.links[number].dialling.succeed(at: ready)
    (links.links[number].isOpen, links.links[number].isStale) = (true, false)
    counts.connections.opened &+= 1
  }

  /// Whether a connection comes about. Behind a cut nobody answers, and where no process runs nobody listens.
  private mutating func dial(_ number: Int, _ back: Link, for context: TraceContext?) -> Bool {
    let (link, profile) = (links.links[number], links.links[number].profile)
    let ends = Entities(UInt64(link.from.rawValue), UInt64(link.to.rawValue))
    let ordinal = UInt64(link.dials)
    links.links[number].dials &+= 1
    let isCut = link.cuts > 0 || back.cuts > 0
    let setup = choices.choose(.connectionSetup, ends, ordinal, from: profile.setup)
    let ready = now + (isCut ? profile.setupTimeout : setup)
    let isLucky = !choices.choose(.connectionFailure, ends, ordinal, chance: profile.setupFailure)
    let succeeds = isLucky && !isCut && processes[index(of: Endpoint(link.to))].state != .down
    if telemetry.isOn {
      telemetry.dialled(
        from: index(of: Endpoint(link.from)), to: link.to, context, during: now..<ready, fails: !succeeds,
        isAgain: ordinal > 0, choices)
    }
    if succeeds {
      open(number, at: ready)
    } else {
      let pause = profile.reconnect.pause(after: link.dialling.failures)
      links.links[number].dialling.fail(
        at: ready, restingFor: choices.choose(.connectionRest, ends, ordinal, from: pause))
      counts.connections.failed &+= 1
    }
    return succeeds
  }

  private mutating func giveBack(_ delivery: consuming Delivery<P.Message>, at time: Instant) {
    let (sender, to) = (Int(delivery.from), processes[Int(delivery.to)].endpoint)
    let context = delivery.context
    queue.push(
      .input(
        Int32(sender), life: processes[sender].life, .undelivered(delivery.takeMessage(), to: to), context),
      at: time)
  }

  /// A connection is over, though its sender has not heard of it.
  mutating func expire(_ number: Int, _ reason: DropReason) {
    guard links.links[number].isConnected else { return }
    links.links[number].isStale = true
    counts.connections.closed[reason.rawValue] &+= 1
  }

  /// Where connections have to be made, one is lost in both directions at once: else each would be reopened over the
  /// other for ever.
  mutating func expireBack(of number: Int, _ reason: DropReason) {
    let link = links.links[number]
    guard !link.profile.opensAtOnce, let back = links.find(from: link.to, to: link.from) else { return }
    if links.links[back].profile.transport == .stream { expire(back, reason) }
  }

  /// Ends a stream's connection; its sender learns of it, unless no word can come back.
  @usableFromInline mutating func reset(_ number: Int, _ reason: DropReason, by fault: Int32 = -1) {
    let wasOpen = links.links[number].isOpen
    expire(number, reason)
    links.links[number].end(reason, by: fault)
    guard wasOpen else { return }
    expireBack(of: number, reason)
    (links.links[number].isOpen, links.links[number].isStale) = (false, false)
    let (from, to) = (links.links[number].from, links.links[number].to)
    let back = links.find(from: to, to: from) ?? addLink(from: to, to: from)
    guard links.links[back].cuts == 0, links.links[back].holds == 0 else { return }
    let ordinal = UInt64(links.links[number].resets)
    links.links[number].resets &+= 1
    let latency = choices.choose(
      .resetLatency, Entities(UInt64(from.rawValue), UInt64(to.rawValue)), ordinal,
      from: links.links[back].profile.latency)
    // The one process of the host; with several, each that had sent would be told.
    let sender = index(of: Endpoint(from))
    guard processes[sender].state != .down else { return }
    queue.push(
      .input(Int32(sender), life: processes[sender].life, .connectionClosed(Endpoint(to)), nil), at: now + latency)
  }

  /// A process has ended: connections to it are gone, and its own end with it, though what is under way on those arrives.
  /// Datagrams under way may still find its next life.
  mutating func endConnections(of host: NodeID) {
    for number in links.links.indices {
      let isStream = links.links[number].profile.transport == .stream
      let hasLeft = links.links[number].isConnected || links.links[number].profile.opensAtOnce
      if links.links[number].to == host, isStream { reset(number, .processDown) }
      guard links.links[number].from == host || links.links[number].to == host else { continue }
      expire(number, .processDown)
      (links.links[number].isOpen, links.links[number].isStale) = (false, false)
      guard links.links[number].from == host else { continue }
      // What waits for a connection in the making has not left.
      if isStream, !hasLeft || links.links[number].dialling.readyAt > now { links.links[number].end(.processDown) }
      links.links[number].dialling = Dialling()
    }
  }
}
