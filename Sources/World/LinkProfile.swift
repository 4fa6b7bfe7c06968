import Primitives
import RPC

/// How a link carries messages.
@usableFromInline package enum Transport: String, Sendable, CaseIterable {
  /// First in, first out; a loss or a cut resets the connection, and what was under way on it is lost.
  case stream
  /// Each message for itself: may be lost, duplicated and overtaken.
  case datagram
}

/// The behaviour of one directed link.
@usableFromInline package struct LinkProfile: Hashable, Sendable {
  @usableFromInline package var transport: Transport
  /// One way, from the end of transmission to arrival.
  @usableFromInline package var latency: Distribution
  /// The share of messages lost; on a stream each loss is a reset.
  @usableFromInline package var loss: Ratio
  /// The share of messages that vanish on the way without anybody's notice, on a stream too.
  @usableFromInline package var drop: Ratio = .zero
  /// The share of messages of which a bit is flipped: the checksum refuses them, and a stream ends.
  @usableFromInline package var corruption: Ratio = .zero
  /// The share of messages that arrive twice (datagrams).
  @usableFromInline package var duplication: Ratio
  /// The share of messages held back by `reorderDelay`, so that later ones overtake them (datagrams).
  @usableFromInline package var reordering: Ratio
  @usableFromInline package var reorderDelay: Distribution
  /// Bytes per second; nil is unlimited.
  @usableFromInline package var bandwidth: UInt64?
  /// Bytes that may wait for transmission; what comes on top is dropped. Only with a bandwidth.
  @usableFromInline package var queueLimit: UInt64

  /// How long it takes to open a stream, before anything is sent on it.
  @usableFromInline package var setup = Distribution.constant(.zero)
  /// When it is known of a host behind a cut that it does not answer.
  @usableFromInline package var setupTimeout = Nanoseconds.seconds(1)
  /// The share of streams that cannot be opened.
  @usableFromInline package var setupFailure = Ratio.zero
  /// How long a host leaves it at that.
  @usableFromInline package var reconnect = Backoff.ofConnections

  /// Whether opening a stream is no matter of time or luck.
  @usableFromInline package var opensAtOnce: Bool { setup == .constant(.zero) && setupFailure.isZero }

  /// The same, but for that.
  package var openingAtOnce: LinkProfile {
    var profile = self
    (profile.setup, profile.setupFailure) = (Self.standard.setup, Self.standard.setupFailure)
    (profile.setupTimeout, profile.reconnect) = (Self.standard.setupTimeout, Self.standard.reconnect)
    return profile
  }

  @usableFromInline var meddles: Bool { !drop.isZero || !corruption.isZero }

  @usableFromInline package static let standard = LinkProfile(
    transport: .stream, latency: .constant(.milliseconds(1)), loss: .zero, duplication: .zero, reordering: .zero,
    reorderDelay: .uniform(.milliseconds(1), .milliseconds(10)), bandwidth: nil, queueLimit: 1 << 20)

  @usableFromInline package init(
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
@usableFromInline package struct LinkChange: Hashable, Sendable {
  @usableFromInline package var transport: Transport?
  @usableFromInline package var latency: Distribution?
  @usableFromInline package var loss: Ratio?
  @usableFromInline package var duplication: Ratio?
  @usableFromInline package var reordering: Ratio?
  @usableFromInline package var reorderDelay: Distribution?
  @usableFromInline package var bandwidth: UInt64?
  @usableFromInline package var queueLimit: UInt64?
  @usableFromInline package var drop: Ratio?
  @usableFromInline package var corruption: Ratio?
  @usableFromInline package var setup: Distribution?
  @usableFromInline package var setupTimeout: Nanoseconds?
  @usableFromInline package var setupFailure: Ratio?
  @usableFromInline package var reconnect: Backoff?
  /// The kinds of messages that it is about, a bit for each; all as a rule.
  @usableFromInline package var kinds: UInt16 = .max

  @usableFromInline package init() {}

  @usableFromInline package func applied(to profile: LinkProfile) -> LinkProfile {
    var changed = LinkProfile(
      transport: transport ?? profile.transport, latency: latency ?? profile.latency, loss: loss ?? profile.loss,
      duplication: duplication ?? profile.duplication, reordering: reordering ?? profile.reordering,
      reorderDelay: reorderDelay ?? profile.reorderDelay, bandwidth: bandwidth ?? profile.bandwidth,
      queueLimit: queueLimit ?? profile.queueLimit)
    changed.drop = drop ?? profile.drop
    changed.corruption = corruption ?? profile.corruption
    changed.setup = setup ?? profile.setup
    changed.setupTimeout = setupTimeout ?? profile.setupTimeout
    changed.setupFailure = setupFailure ?? profile.setupFailure
    changed.reconnect = reconnect ?? profile.reconnect
    return changed
  }
}

/// The network of a run: one profile for all links, and changes for some, applied in order.
@usableFromInline package struct NetworkPlan: Hashable, Sendable {
  @usableFromInline package struct Exception: Hashable, Sendable {
    @usableFromInline package var from: [NodeID]
    @usableFromInline package var to: [NodeID]
    @usableFromInline package var change: LinkChange

    @usableFromInline package init(from: [NodeID], to: [NodeID], change: LinkChange) {
      self.from = from
      self.to = to
      self.change = change
    }
  }

  @usableFromInline package var base: LinkProfile
  @usableFromInline package var exceptions: [Exception]
  /// Sends every message through its wire form: slower, and no verdict changes by it.
  @usableFromInline package var encodesMessages: Bool

  @usableFromInline package init(
    base: LinkProfile = .standard, exceptions: [Exception] = [], encodesMessages: Bool = false
  ) {
    self.base = base
    self.exceptions = exceptions
    self.encodesMessages = encodesMessages
  }

  @usableFromInline package func profile(from: NodeID, to: NodeID) -> LinkProfile {
    var profile = base
    for exception in exceptions where exception.from.contains(from) && exception.to.contains(to) {
      profile = exception.change.applied(to: profile)
    }
    return profile
  }
}
