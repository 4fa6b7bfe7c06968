import Primitives

/// What neighbours say to each other. The sender is known from the envelope.
public enum Message: Hashable, Sendable {
  /// News, or in answer to a summary all that the sender knows.
  case adverts(ContiguousArray<Advert>)
  case summary(Summary)
}

/// All adverts that a node holds, in a few bytes: two nodes with the same summary have the same view.
public struct Summary: Hashable, Sendable {
  /// Adverts.
  public var count: UInt32
  /// The sum of their fingerprints, which does not depend on the order in which they came.
  public var sum: UInt64
  /// Whether it answers another: an answer is not answered with a third.
  public var isAnswer: Bool

  public init(count: UInt32, sum: UInt64, isAnswer: Bool) {
    self.count = count
    self.sum = sum
    self.isAnswer = isAnswer
  }
}

/// Messages as people read them.
extension Message {
  /// What is in it; its kind stands before.
  public var words: String {
    switch self {
    case .adverts(let adverts):
      adverts.map(\.words).joined(separator: "; ")
    case .summary(let summary):
      PeopleText.count(UInt64(summary.count), "advert") + ", sum \(Digest.hexadecimal(summary.sum))"
        + (summary.isAnswer ? ", an answer" : "")
    }
  }
}

extension Advert {
  fileprivate var words: String {
    let reports = links.map { "\($0.neighbour.words) \($0.isDown ? "down" : "costs \($0.cost)")" }
    return "\(origin.words) no. \(sequence): " + (reports.isEmpty ? "as planned" : reports.joined(separator: ", "))
  }
}

extension NodeID {
  fileprivate var words: String { "n\(UInt64(rawValue) + 1)" }
}
