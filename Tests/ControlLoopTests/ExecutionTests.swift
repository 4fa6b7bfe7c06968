import ControlLoop
import Primitives
import Testing

/// An executor by itself.
private struct Bench {
  var executor = Executor()
  let settings: LoopSettings
  var now = Instant.zero
  var orders = Outbox<Order>()
  var endings: [Ending] = []
  private var next: UInt32 = 0

  init(_ settings: LoopSettings = .standard) { self.settings = settings }

  @discardableResult
  mutating func begin(_ remedy: Remedy, _ subject: UInt32) -> Ticket {
    let ticket = Ticket(next)
    next += 1
    executor.take(ticket, remedy, n(subject), for: Incident.ID(0))
    advance()
    return ticket
  }

  mutating func advance() { executor.advance(at: now, settings, &orders, &endings) }

  mutating func answer(_ ticket: Ticket, _ outcome: ActionOutcome, attempt: Int = 1) {
    executor.completed(ticket, attempt: attempt, outcome, at: now, settings, &orders, &endings)
    advance()
  }

  /// The tickets tried since it was last asked.
  mutating func tried() -> [Ticket] {
    defer { orders.removeAll() }
    return orders.compactMap { order in
      guard case .perform(let ticket, _, _, _) = order else { return nil }
      return ticket
    }
  }
}

@Suite("Execution")
struct ExecutionTests {
  @Test("An action is tried three times, after waits of 1 s and 2 s")
  func retries() {
    var stage = StandardStage()
    stage.levels = [memory: 990_000]
    stage.answer = { _, _, _ in .failed }
    stage.run(for: s(10))
    #expect(stage.tries.map(\.attempt) == [1, 2, 3])
    let waits = [stage.tries[1].at - stage.tries[0].at, stage.tries[2].at - stage.tries[1].at]
    #expect(waits == [ms(1_010), ms(2_010)])
    #expect(stage.count { if case .ended(_, .restart, me, .failed, _) = $0 { true } else { false } } == 1)
  }

  @Test("A second try that succeeds is a success")
  func secondTry() {
    var stage = StandardStage()
    stage.levels = [memory: 990_000]
    stage.answer = { _, _, attempt in attempt == 1 ? .failed : .done }
    stage.effect = { stage, _, _ in stage.levels[memory] = 100_000 }
    stage.run(for: s(10))
    #expect(stage.tries.count == 2 && stage.closed == [.memoryPressure])
  }

  @Test("A symptom that is gone before the next try calls that off")
  func calledOff() {
    var stage = StandardStage()
    stage.levels = [memory: 990_000]
    stage.answer = { _, _, _ in Answer(outcome: .failed, after: ms(1_900)) }
    stage.run(for: ms(1_100))
    stage.levels[memory] = 100_000
    stage.run(for: s(20))
    #expect(stage.tries.count == 1 && stage.closed == [.memoryPressure])
    #expect(stage.count { if case .ended = $0 { true } else { false } } == 1)
  }

  @Test("An action without an answer is abandoned after 30 s and has failed")
  func timeout() {
    var stage = StandardStage()
    stage.levels = [cpu: 990_000]
    stage.answer = { remedy, _, _ in remedy == .restart ? nil : .done }
    stage.run(for: s(40))
    let abandoned = stage.log.filter { $0.order == .abandon(Ticket(0)) }
    #expect(abandoned.map(\.at) == [stage.tries[0].at + s(30)])
    #expect(stage.actions == [.restart, .failover] && stage.tries[1].at == abandoned[0].at)
    // Its answer comes late and counts for nothing.
    let count = stage.log.count
    stage.complete(Ticket(0), 1, .done)
    #expect(stage.log.count == count)
  }

  @Test("No next try is waited for that would come after the time limit")
  func noTimeLeft() {
    var bench = Bench()
    let ticket = bench.begin(.restart, 1)
    bench.now = t(29)
    bench.answer(ticket, .failed)
    #expect(bench.endings.map(\.outcome) == [.failed] && bench.executor.isIdle)
  }

  @Test("A double answer, or one to an earlier try, is ignored")
  func doubleAnswer() {
    var bench = Bench()
    let ticket = bench.begin(.restart, 1)
    bench.answer(ticket, .failed)
    bench.answer(ticket, .failed)
    bench.answer(ticket, .done)
    bench.now = t(1)
    bench.advance()
    #expect(bench.tried() == [ticket, ticket] && bench.endings.isEmpty)
    bench.answer(ticket, .failed, attempt: 1)
    bench.answer(ticket, .done, attempt: 3)
    bench.answer(Ticket(9), .done)
    #expect(bench.endings.isEmpty)
    bench.answer(ticket, .done, attempt: 2)
    bench.answer(ticket, .failed, attempt: 2)
    #expect(bench.endings.map(\.outcome) == [.done] && bench.executor.isIdle)
  }

  @Test("The same remedy does not run twice on one subject")
  func idempotent() {
    var bench = Bench()
    bench.begin(.restart, 1)
    bench.begin(.restart, 1)
    bench.begin(.restart, 2)
    bench.begin(.failover, 1)
    #expect(bench.tried().count == 3)
  }

  @Test("Ten actions begin within 60 s; what comes on top begins when they are past, and is not lost")
  func rateLimit() {
    var bench = Bench()
    for subject in UInt32(0)..<12 {
      bench.now = t(Int64(subject))
      bench.answer(bench.begin(.failover, subject), .done)
    }
    #expect(bench.endings.count == 10 && bench.tried().count == 10 && bench.executor.nextWake == t(60))
    bench.now = t(59)
    bench.advance()
    #expect(bench.tried().isEmpty)
    bench.now = t(60)
    bench.advance()
    #expect(bench.tried() == [Ticket(10)])
    bench.answer(Ticket(10), .done)
    #expect(bench.executor.nextWake == t(61))
    bench.now = t(61)
    bench.advance()
    #expect(bench.tried() == [Ticket(11)])
  }

  @Test("A breaker opens after five failures, is half-open after 60 s, and closes after two successes")
  func breaker() throws {
    var bench = Bench(try LoopSettings(tries: 1, rateLimit: 100))
    for subject in UInt32(0)..<5 { bench.answer(bench.begin(.restart, subject), .failed) }
    _ = bench.tried()
    let (first, second, third) = (bench.begin(.restart, 5), bench.begin(.restart, 6), bench.begin(.restart, 7))
    #expect(bench.tried().isEmpty && bench.executor.nextWake == t(60))
    // Another remedy has its own.
    let other = bench.begin(.failover, 5)
    #expect(bench.tried() == [other])
    bench.answer(other, .done)
    bench.now = t(60)
    bench.advance()
    // One at a time, until there is trust again.
    #expect(bench.tried() == [first])
    bench.answer(first, .done)
    #expect(bench.tried() == [second])
    bench.answer(second, .done)
    #expect(bench.tried() == [third])
    let fourth = bench.begin(.restart, 8)
    #expect(bench.tried() == [fourth])
    bench.answer(third, .failed)
    bench.answer(fourth, .done)
    let fifth = bench.begin(.restart, 9)
    #expect(bench.tried() == [fifth])
  }

  @Test("A failure while half-open opens the breaker anew; a refusal says nothing about it")
  func breakerReopens() throws {
    var bench = Bench(try LoopSettings(tries: 1, rateLimit: 100))
    for subject in UInt32(0)..<4 { bench.answer(bench.begin(.restart, subject), .failed) }
    for subject in UInt32(4)..<9 { bench.answer(bench.begin(.restart, subject), .refused) }
    bench.answer(bench.begin(.restart, 9), .failed)
    _ = bench.tried()
    let held = bench.begin(.restart, 10)
    bench.now = t(60)
    bench.advance()
    #expect(bench.tried() == [held])
    bench.answer(held, .failed)
    let next = bench.begin(.restart, 11)
    #expect(bench.tried().isEmpty && bench.executor.nextWake == t(120))
    bench.now = t(120)
    bench.advance()
    #expect(bench.tried() == [next])
  }

  @Test("Success in between sets the count of failures back")
  func breakerForgives() throws {
    var bench = Bench(try LoopSettings(tries: 1, rateLimit: 100))
    for round in UInt32(0)..<3 {
      for subject in UInt32(0)..<4 { bench.answer(bench.begin(.restart, round * 10 + subject), .failed) }
      bench.answer(bench.begin(.restart, round * 10 + 9), .done)
    }
    #expect(bench.endings.count == 15)
  }

  @Test("Only what is not being tried can be given up")
  func cancel() {
    var bench = Bench()
    let ticket = bench.begin(.restart, 1)
    #expect(!bench.executor.cancel(ticket, &bench.orders))
    bench.answer(ticket, .failed)
    #expect(bench.executor.cancel(ticket, &bench.orders) && bench.executor.isIdle)
    #expect(!bench.executor.cancel(ticket, &bench.orders))
    bench.now = t(5)
    bench.advance()
    #expect(bench.tried() == [ticket])
  }
}
