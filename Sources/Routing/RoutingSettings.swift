import Primitives

/// How the nodes of a mesh keep each other informed. The same for all of them.
public struct RoutingSettings: Hashable, Sendable {
  /// Between two summaries of a node, each to the next of its neighbours: 5 s, from 1 ms to 1 h. What was lost on a
  /// link is made good after at most so often the interval as its end has neighbours.
  public let refreshInterval: Nanoseconds
  /// In one message: 64, from 1 to 1,024.
  public let advertsPerMessage: Int
  /// Neighbours that a node asks when it starts, since it may have had an earlier life: 4, from 0 to 64.
  public let greetings: Int

  public init(
    refreshInterval: Nanoseconds = .seconds(5), advertsPerMessage: Int = 64, greetings: Int = 4
  ) throws(InvalidRoutingSettings) {
    guard refreshInterval >= .milliseconds(1), refreshInterval <= .seconds(3_600) else {
      throw InvalidRoutingSettings(
        detail: "a refresh interval of \(refreshInterval.count) ns is not from 1 ms to 1 h")
    }
    guard (1...1_024).contains(advertsPerMessage) else {
      throw InvalidRoutingSettings(detail: "\(advertsPerMessage) adverts per message are not from 1 to 1,024")
    }
    guard (0...64).contains(greetings) else {
      throw InvalidRoutingSettings(detail: "\(greetings) greetings are not from 0 to 64")
    }
    self.refreshInterval = refreshInterval
    self.advertsPerMessage = advertsPerMessage
    self.greetings = greetings
  }

  public static let standard = try! RoutingSettings()
}

public struct InvalidRoutingSettings: Error, Hashable, Sendable, CustomStringConvertible {
  public let detail: String
  public var description: String { detail }
}
