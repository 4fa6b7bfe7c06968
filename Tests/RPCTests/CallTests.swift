import Primitives
import RPC
import Testing

/// One failure after another, and what each leads to.
@Suite("A call")
struct CallTests {
  static let now = Instant.zero + .seconds(1)
  static let policy = CallPolicy(patience: .milliseconds(100))

  static func begun(_ policy: CallPolicy = policy) -> Call {
    var call = Call(deadline: now + .seconds(1))
    call.ask(at: now, policy)
    return call
  }

  /// What a first try that ends so leads to.
  static func next(_ failure: Call.Failure, _ nature: Call.Nature, _ policy: CallPolicy = policy) -> Call.Next {
    var call = begun(policy)
    return call.fail(failure, nature, policy)
  }

  @Test("Waits for its first try until the deadline, then for each answer for as long as the policy says")
  func patience() {
    var call = Call(deadline: Self.now + .seconds(1))
    #expect(call.phase == .waiting && call.due == call.deadline && call.attempt == 0)
    call.ask(at: Self.now, Self.policy)
    #expect(call.phase == .asked && call.due == Self.now + .milliseconds(100) && call.attempt == 1)
    #expect(call.isPresent(1) && !call.isPresent(2))
    call.rest(until: Self.now + .milliseconds(150))
    #expect(call.phase == .resting && !call.isPresent(1), "an answer that comes while it rests is late")
  }

  @Test("What does no harm is always repeated", arguments: Call.Failure.allCases, [Call.Nature.harmless, .once])
  func safe(_ failure: Call.Failure, _ nature: Call.Nature) {
    #expect(Self.next(failure, nature) == .rest)
  }

  @Test(
    "What may do harm is repeated where the first try certainly was not carried out",
    arguments: [
      (Call.Failure.refused, Call.Next.rest), (.unreachable, .rest), (.closed, .giveUp), (.timedOut, .giveUp),
    ])
  func risky(_ failure: Call.Failure, _ next: Call.Next) {
    #expect(Self.next(failure, .risky) == next)
  }

  @Test("A network that hands over copies makes a refusal uncertain: the copy may find a server that takes it")
  func copies() {
    var policy = Self.policy
    policy.deliversOnce = false
    #expect(Self.next(.refused, .risky, policy) == .giveUp)
    #expect(Self.next(.unreachable, .risky, policy) == .rest, "what never left has no copy")
    var call = Self.begun(policy)
    _ = call.fail(.refused, .once, policy)
    #expect(call.isUncertain)
  }

  @Test("What is uncertain stays so, whatever becomes of later tries")
  func uncertainty() {
    var call = Self.begun()
    _ = call.fail(.timedOut, .once, Self.policy)
    call.rest(until: Self.now)
    call.ask(at: Self.now, Self.policy)
    #expect(call.fail(.refused, .risky, Self.policy) == .giveUp)
    #expect(call.isUncertain && call.phase == .over)
  }

  @Test("What changes nothing is never uncertain", arguments: Call.Failure.allCases)
  func harmless(_ failure: Call.Failure) {
    var call = Self.begun()
    _ = call.fail(failure, .harmless, Self.policy)
    #expect(!call.isUncertain)
  }

  @Test("Who repeats everything repeats what may do harm", arguments: Call.Failure.allCases)
  func always(_ failure: Call.Failure) {
    var policy = Self.policy
    policy.repeats = .always
    #expect(Self.next(failure, .risky, policy) == .rest)
  }

  @Test("Who repeats nothing gives up, and knows whether it may have happened", arguments: Call.Failure.allCases)
  func never(_ failure: Call.Failure) {
    var policy = Self.policy
    policy.repeats = .never
    var call = Self.begun(policy)
    #expect(call.fail(failure, .once, policy) == .giveUp)
    #expect(call.isUncertain == (failure == .closed || failure == .timedOut))
  }

  @Test("After so many tries it is over")
  func attempts() {
    var policy = Self.policy
    policy.attempts = 3
    var call = Call(deadline: Self.now + .seconds(1))
    var ends: [Call.Next] = []
    for _ in 0..<3 {
      call.ask(at: Self.now, policy)
      ends.append(call.fail(.timedOut, .once, policy))
      if ends.last == .rest { call.rest(until: Self.now) }
    }
    #expect(ends == [.rest, .rest, .giveUp])
  }

  @Test("Refusals that name somebody else are followed at once, three in a row excepted")
  func redirects() {
    var call = Self.begun()
    var ends: [Call.Next] = []
    for _ in 0..<6 {
      ends.append(call.fail(.refused, .once, elsewhere: true, Self.policy))
      if ends.last == .rest { call.rest(until: Self.now) }
      call.ask(at: Self.now, Self.policy)
    }
    #expect(ends == [.tryAgain, .tryAgain, .rest, .tryAgain, .tryAgain, .rest])
    #expect(call.fail(.refused, .once, elsewhere: false, Self.policy) == .rest)
  }

  @Test("Each rest is longer than the one before, and redirections are none")
  func rests() {
    var call = Self.begun()
    #expect(call.pause(Self.policy) == Backoff.ofCalls.pause(after: 0))
    _ = call.fail(.refused, .once, elsewhere: true, Self.policy)
    call.ask(at: Self.now, Self.policy)
    #expect(call.pause(Self.policy) == Backoff.ofCalls.pause(after: 0))
    for rested in 1...6 {
      _ = call.fail(.timedOut, .once, Self.policy)
      call.rest(until: Self.now)
      call.ask(at: Self.now, Self.policy)
      #expect(call.pause(Self.policy) == Backoff.ofCalls.pause(after: UInt32(rested)))
    }
  }

  @Test("Patience is a quarter of the time there is, from a nanosecond to 250 ms")
  func defaultPatience() {
    #expect(CallPolicy.patience(within: Nanoseconds(1)) == Nanoseconds(1))
    #expect(CallPolicy.patience(within: .milliseconds(400)) == .milliseconds(100))
    #expect(CallPolicy.patience(within: .seconds(60)) == .milliseconds(250))
  }
}

@Suite("Dialling")
struct DiallingTests {
  static func at(_ milliseconds: Int64) -> Instant { .zero + .milliseconds(milliseconds) }

  @Test("A dial that fails is in vain until its end, then rests, then may be tried again")
  func failing() {
    var dialling = Dialling()
    #expect(dialling.state(at: Self.at(0)) == .idle)
    dialling.fail(at: Self.at(10), restingFor: .milliseconds(100))
    #expect(
      [0, 9, 10, 109, 110].map { dialling.state(at: Self.at($0)) } == [
        .failing, .failing, .resting, .resting, .idle,
      ])
    #expect(dialling.failures == 1 && dialling.isUnusual(at: Self.at(110)) && !Dialling().isUnusual(at: Self.at(0)))
  }

  @Test("One that succeeds forgets the failures before it")
  func succeeding() {
    var dialling = Dialling()
    dialling.fail(at: Self.at(1), restingFor: .milliseconds(100))
    // The other one has dialled meanwhile.
    dialling.succeed(at: Self.at(20))
    #expect(dialling.state(at: Self.at(20)) == .idle)
    #expect(dialling.failures == 0 && dialling.readyAt == Self.at(20))
    #expect(dialling.isUnusual(at: Self.at(19)) && !dialling.isUnusual(at: Self.at(20)))
  }
}
