import Primitives

/// How a link carries messages.
package enum Transport: String, Sendable, CaseIterable {
  /// First in, first out; a loss or a cut resets the connection, and what was under way on it is lost.
  case stream
  /// Each message for itself: may be lost, duplicated and overtaken.
  case datagram
}

/// The behaviour of one directed link.
package struct LinkProfile: Hashable, Sendable {
  package var transport: Transport
  /// One way, from the end of transmission to arrival.
  package var latency: Distribution
  /// The share of messages lost; on a stream each loss is a reset.
  package var loss: Ratio
  /// The share of messages that arrive twice (datagrams).
  package var duplication: Ratio
  /// The share of messages held back by `reorderDelay`, so that later ones overtake them (datagrams).
  package var reordering: Ratio
  package var reorderDelay: Distribution
  /// Bytes per second; nil is unlimited.
  package var bandwidth: UInt64?
  /// Bytes that may wait for transmission; what comes on top is dropped. Only with a bandwidth.
  package var queueLimit: UInt64

  package static let standard = LinkProfile(
    transport: .stream, latency: .constant(.milliseconds(1)), loss: .zero, duplication: .zero, reordering: .zero,
    reorderDelay: .uniform(.milliseconds(1), .milliseconds(10)), bandwidth: nil, queueLimit: 1 << 20)

  package init(
    transport: Transport, latency: Distribution, loss: Ratio, duplication: Ratio, reordering: Ratio,
    reorderDelay: Distribution, bandwidth: UInt64?, queueLimit: UInt64
  ) {
    self.transport = transport
    self.latency = latency
    self.loss = loss
    self.duplication = duplication
    self.reordering = reordering
    self.reorderDelay = reorderDelay
    self.bandwidth = bandwidth
    self.queueLimit = queueLimit
  }
}

/// Some of a link's properties set anew; nil leaves one as it is.
package struct LinkChange: Hashable, Sendable {
  package var transport: Transport?
  package var latency: Distribution?
  package var loss: Ratio?
  package var duplication: Ratio?
  package var reordering: Ratio?
  package var reorderDelay: Distribution?
  package var bandwidth: UInt64?
  package var queueLimit: UInt64?

  package init() {}

  package func applied(to profile: LinkProfile) -> LinkProfile {
    LinkProfile(
      transport: transport ?? profile.transport, latency: latency ?? profile.latency, loss: loss ?? profile.loss,
      duplication: duplication ?? profile.duplication, reordering: reordering ?? profile.reordering,
      reorderDelay: reorderDelay ?? profile.reorderDelay, bandwidth: bandwidth ?? profile.bandwidth,
      queueLimit: queueLimit ?? profile.queueLimit)
  }
}

/// The network of a run: one profile for all links, and changes for some, applied in order.
package struct NetworkPlan: Hashable, Sendable {
  package struct Exception: Hashable, Sendable {
    package var from: [NodeID]
    package var to: [NodeID]
    package var change: LinkChange

    package init(from: [NodeID], to: [NodeID], change: LinkChange) {
      self.from = from
      self.to = to
      self.change = change
    }
  }

  package var base: LinkProfile
  package var exceptions: [Exception]
  /// Sends every message through its wire form: slower, and no verdict changes by it.
  package var encodesMessages: Bool

  package init(base: LinkProfile = .standard, exceptions: [Exception] = [], encodesMessages: Bool = false) {
    self.base = base
    self.exceptions = exceptions
    self.encodesMessages = encodesMessages
  }

  package func profile(from: NodeID, to: NodeID) -> LinkProfile {
    var profile = base
    for exception in exceptions where exception.from.contains(from) && exception.to.contains(to) {
      profile = exception.change.applied(to: profile)
    }
    return profile
  }
}
