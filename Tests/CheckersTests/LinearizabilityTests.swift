import Checkers
import Primitives
import Testing

@Suite("Linearizability")
struct LinearizabilityTests {
  static func isLinearizable(_ history: ClientHistory, _ model: Linearizability.Model) -> Bool? {
    switch Linearizability(model).judge(history) {
    case .linearizable: true
    case .violated: false
    case .inconclusive: nil
    }
  }

  @Test(
    "It says of every small history what trying every order says", arguments: Linearizability.Model.allCases, 0..<16
  )
  func exhaustive(_ model: Linearizability.Model, _ seed: UInt64) {
    var dice = Dice(seed: seed)
    var right = 0
    let rounds = 1_500
    for round in 0..<rounds {
      let small = SmallHistory.random(model, &dice)
      let expected = small.isLinearizable
      if expected { right += 1 }
      let found = Self.isLinearizable(small.history(), model)
      #expect(found == expected, "\(model) seed \(seed) round \(round): \(small.operations)")
      if found != expected { return }
    }
    // Both verdicts were put to the test.
    #expect(right > rounds / 10 && right < rounds * 9 / 10, "\(right) of \(rounds)")
  }
}

@Suite("Why a history has no legal order")
struct LinearizabilityExplanationTests {
  /// A write of 1, then a write of 2, then a read of 1 while something else goes on.
  static var history: ClientHistory {
    SmallHistory(
      model: .register,
      operations: [
        .init(process: 1, function: .write, value: 1, call: 1_000_000, end: 2_000_000),
        .init(process: 1, function: .write, value: 2, call: 3_000_000, end: 4_000_000),
        .init(process: 2, function: .read, value: 1, call: 5_000_000, end: 7_000_000),
        .init(process: 1, function: .read, value: 2, call: 6_000_000, end: 8_000_000),
      ]
    ).history()
  }

  @Test("It names the operation, what was there, how far an order goes, and what happened around")
  func explains() {
    guard case .violated(let explanation) = Linearizability(.register).judge(Self.history) else {
      Issue.record("a stale read was found legal")
      return
    }
    #expect(
      explanation.text.map { $0.isWhitespace && $0 != "\n" ? " " : $0 }
        == Array(
          """
          c2: read and got 1 (operation 2, from 5.00 ms to 7.00 ms) fits at no moment between its call and its end: what was \
          there all that time was 2.
          The longest legal order without it has 3 operations:
            1. c1: wrote = 1 (operation 0, from 1.00 ms to 2.00 ms)
            2. c1: wrote = 2 (operation 1, from 3.00 ms to 4.00 ms)
            3. c1: read and got 2 (operation 3, from 6.00 ms to 8.00 ms)
          It cannot come next: c2: read and got 1 (operation 2, from 5.00 ms to 7.00 ms)
          Under way while it was:
            c1: read and got 2 (operation 3, from 6.00 ms to 8.00 ms)
          """))
  }

  @Test("A larger budget changes no verdict, and a small one says nothing")
  func budgets() {
    var dice = Dice(seed: 77)
    for _ in 0..<300 {
      let history = SmallHistory.random(.casRegister, &dice).history()
      let large = LinearizabilityTests.isLinearizable(history, .casRegister)
      for budget in [1, 3, 10, 100] {
        switch Linearizability(.casRegister, budget: budget).judge(history) {
        case .linearizable: #expect(large == true)
        case .violated: #expect(large == false)
        case .inconclusive: break
        }
      }
    }
  }

  @Test("Names of processes change no verdict")
  func renamed() {
    var dice = Dice(seed: 78)
    for _ in 0..<500 {
      let small = SmallHistory.random(.kv, &dice)
      let (once, again) = (small.history(), small.history { "z\(9 - $0)" })
      #expect(
        LinearizabilityTests.isLinearizable(once, .kv) == LinearizabilityTests.isLinearizable(again, .kv))
    }
  }
}

@Suite("What one client may rely on")
struct SessionGuaranteeTests {
  static func history(
    _ lines: [(process: Int, function: ClientHistory.Function, index: UInt64, call: Int64, end: Int64)]
  )
    -> ClientHistory
  {
    var history = ClientHistory()
    for (number, line) in lines.enumerated() {
      let place = history.invoke(
        ClientHistory.Operation(
          process: history.process(named: "c\(line.process)"), function: line.function, key: 0, call: line.call,
          number: UInt64(number)))
      history.end(place, .ok, value: 0, index: line.index, at: line.end)
    }
    return history
  }

  static func held(_ guarantee: SessionGuarantee, _ history: ClientHistory) -> Bool? {
    switch guarantee.judge(history) {
    case .held: true
    case .violated: false
    case .unjudged: nil
    }
  }

  @Test("A read without the client's own earlier write", arguments: [(7, false), (9, true)] as [(UInt64, Bool)])
  func readYourWrites(_ index: UInt64, _ isRight: Bool) {
    let history = Self.history([(1, .write, 8, 1, 2), (2, .read, 3, 3, 4), (1, .read, index, 3, 4)])
    #expect(Self.held(.readYourWrites, history) == isRight)
  }

  @Test("A read of less than was read before", arguments: [(4, false), (5, true)] as [(UInt64, Bool)])
  func monotonicReads(_ index: UInt64, _ isRight: Bool) {
    let history = Self.history([(1, .read, 5, 1, 2), (2, .read, 3, 3, 4), (1, .read, index, 3, 4)])
    #expect(Self.held(.monotonicReads, history) == isRight)
  }

  @Test("Writes in another order than they were made", arguments: [(4, false), (6, true)] as [(UInt64, Bool)])
  func monotonicWrites(_ index: UInt64, _ isRight: Bool) {
    let history = Self.history([(1, .write, 5, 1, 2), (2, .write, 3, 3, 4), (1, .write, index, 3, 4)])
    #expect(Self.held(.monotonicWrites, history) == isRight)
  }

  @Test(
    "A read of what its part of the log does not hold, and of what a write of unknown outcome may have left",
    arguments: [
      (5, 1, true), (5, 2, false), (9, 2, true), (9, 1, false), (3, 0, true), (12, 3, true), (12, 0, false),
    ]
      as [(UInt64, Int32, Bool)])
  func committedReads(_ index: UInt64, _ value: Int32, _ isRight: Bool) {
    var history = ClientHistory()
    let process = history.process(named: "c1")
    func write(_ value: Int64, _ index: UInt64, _ outcome: ClientHistory.Outcome, at time: Int64) {
      let number = history.number(of: .integer(value))
      let place = history.invoke(
        .init(process: process, function: .write, key: 0, value: number, call: time, number: UInt64(time)))
      history.end(place, outcome, value: nil, index: index, at: time + 1)
    }
    // Values number 1, 2 and 3; entry 4 writes the first, entry 8 the second, and nobody knows of the third.
    write(100, 4, .ok, at: 1)
    write(200, 8, .ok, at: 3)
    write(300, 0, .unknown, at: 5)
    let read = history.invoke(.init(process: process, function: .read, key: 0, call: 7, number: 7))
    history.end(read, .ok, value: value, index: index, at: 8)
    #expect(Self.held(.committedReads, history) == isRight)
  }

  @Test("Operations that overlap owe each other nothing, and without an index nothing is said")
  func unjudged() {
    let overlapping = Self.history([(1, .write, 8, 1, 5), (1, .read, 3, 3, 4)])
    #expect(Self.held(.readYourWrites, overlapping) == true)
    #expect(Self.held(.monotonicReads, Self.history([(1, .read, 0, 1, 2)])) == nil)
  }

  @Test("At one instant a client that was answered first relies on it, and one that asked first does not")
  func oneInstant() {
    let closed = Self.history([(1, .write, 8, 1, 2), (1, .read, 3, 2, 4)])
    #expect(Self.held(.readYourWrites, closed) == false)
    var overlapping = ClientHistory()
    let process = overlapping.process(named: "c1")
    let write = overlapping.invoke(.init(process: process, function: .write, key: 0, call: 1, number: 0))
    let read = overlapping.invoke(.init(process: process, function: .read, key: 0, call: 2, number: 1))
    overlapping.end(write, .ok, value: nil, index: 8, at: 2)
    overlapping.end(read, .ok, value: 0, index: 3, at: 4)
    #expect(Self.held(.readYourWrites, overlapping) == true)
  }
}
