import Node
import Primitives
import RPC
import Telemetry

/// Streams between two hosts: opened by the first message, ended by a loss, a cut or a crash.
extension Simulation {
  /// Opens the stream that a message is to be sent on; false where that fails.
  ///
  /// Whoever dials a host whose process is down learns that nobody listens.
  ///
  /// - Parameter context: of the message.
  @usableFromInline mutating func connects(_ number: Int, _ context: TraceContext?) -> Bool {
    switch links.links[number].dialling.state(at: now) {
    case .failing, .resting: return false
    case .idle: break
    }
    let (from, to) = (links.links[number].from, links.links[number].to)
    let profile = links.links[number].profile
    let ends = Entities(UInt64(from.rawValue), UInt64(to.rawValue))
    let ordinal = UInt64(links.links[number].dials)
    links.links[number].dials &+= 1
    let ready = now + choices.choose(.connectionSetup, ends, ordinal, from: profile.setup)
    let isRefused = profile.opensAtOnce ? false : processes[index(of: Endpoint(to))].state == .down
    let fails = isRefused || choices.choose(.connectionFailure, ends, ordinal, chance: profile.setupFailure)
    if telemetry.isOn {
      telemetry.dialled(
        from: index(of: Endpoint(from)), to: to, context, during: now..<ready, fails: fails, isAgain: ordinal > 0,
        choices)
    }
    guard fails else {
      links.links[number].dialling.succeed(at: ready)
      links.links[number].isOpen = true
      counts.connections.opened &+= 1
      return true
    }
    let pause = profile.reconnect.pause(after: links.links[number].dialling.failures)
    links.links[number].dialling.fail(
      at: ready, restingFor: choices.choose(.connectionRest, ends, ordinal, from: pause))
    counts.connections.failed &+= 1
    return false
  }

  /// What could not be sent goes back to its sender, once that knows.
  @usableFromInline mutating func giveBack(_ delivery: consuming Delivery<P.Message>) {
    let (sender, to) = (Int(delivery.from), processes[Int(delivery.to)].endpoint)
    let known = max(now, links.links[Int(delivery.link)].dialling.failsAt)
    let context = delivery.context
    queue.push(
      .input(
        Int32(sender), life: processes[sender].life, .undelivered(delivery.takeMessage(), to: to), context),
      at: known)
  }

  /// Ends a stream's connection; its sender learns of it, unless no word can come back.
  @usableFromInline mutating func reset(_ number: Int, _ reason: DropReason, by fault: Int32 = -1) {
    let wasOpen = links.links[number].isOpen
    links.links[number].end(reason, by: fault)
    guard wasOpen else { return }
    links.links[number].isOpen = false
    counts.connections.closed[reason.rawValue] &+= 1
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
    for number in links.links.indices where links.links[number].profile.transport == .stream {
      if links.links[number].to == host { reset(number, .processDown) }
      if links.links[number].from == host {
        if links.links[number].isOpen { counts.connections.closed[DropReason.processDown.rawValue] &+= 1 }
        links.links[number].isOpen = false
        links.links[number].dialling = Dialling()
      }
    }
  }
}
