import Kernel
import Node
import Primitives

/// Requests: when they are made, by whom, and how they end.
extension Simulation {
  mutating func scheduleWorkload() {
    guard let workload = plan.workload?.value else { return }
    switch workload.pacing {
    case .rate: scheduleArrival(0, after: workload.start, Boxed(workload))
    case .think(_, let inFlight):
      operations.turns = Array(repeating: 0, count: workload.targets.count)
      for _ in 0..<inFlight {
        for target in workload.targets { queue.push(.turn(Int32(target), life: 0), at: workload.start) }
      }
    case .scattered(let count):
      for number in 0..<count {
        let length = UInt64((workload.stop - workload.start).count)
        let moment = choices.choose(.arrivalMoment, Entities(number), 0, below: length)
        queue.push(.arrival(number), at: workload.start + Nanoseconds(Int64(moment)))
      }
    }
  }

  @inlinable
  mutating func scheduleArrival(_ number: UInt64, after time: Instant, _ workload: Boxed<Workload<P.Requests>>) {
    guard case .rate(let rate) = workload.value.pacing else { return }
    let mean = Nanoseconds(Int64(clamping: 1_000_000_000_000 / rate))
    let interval = choices.choose(
      .arrivalInterval, Entities(number), 0, from: .exponential(minimum: .zero, mean: mean))
    let at = time + interval
    if at < workload.value.stop { queue.push(.arrival(number), at: at) }
  }

  @inlinable
  mutating func arrive(_ number: UInt64) {
    guard let workload = plan.workload else { return }
    operations.arrivals = number &+ 1
    if workload.value.goesOn(from: number + 1) { scheduleArrival(number + 1, after: now, workload) }
    guard workload.value.makes(number) else { return }
    var live: UInt64 = 0
    for target in workload.value.targets where processes[target].state != .down { live &+= 1 }
    guard live > 0 else { return }
    var chosen = choices.choose(.arrivalTarget, Entities(number), 0, below: live)
    for target in workload.value.targets where processes[target].state != .down {
      if chosen == 0 { return invoke(number, at: target, workload) }
      chosen &-= 1
    }
  }

  /// A client's next operation has a number that no other client's has: turns count by client.
  @inlinable
  mutating func takeTurn(_ index: Int) {
    guard let workload = plan.workload, now < workload.value.stop, processes[index].state != .down else { return }
    let client = index - workload.value.targets.lowerBound
    let number = operations.turns[client] * UInt64(workload.value.targets.count) + UInt64(client)
    operations.turns[client] += 1
    guard workload.value.makes(number) else {
      if case .think(let pause, _) = workload.value.pacing, workload.value.goesOn(from: number) {
        scheduleTurn(of: index, after: pause)
      }
      return
    }
    invoke(number, at: index, workload)
  }

  @inlinable
  mutating func invoke(_ number: UInt64, at index: Int, _ workload: Boxed<Workload<P.Requests>>) {
    let request = workload.value.source.request(number: number, choices: requestChoices)
    operations.invoke(number, by: index, at: now)
    if film.isOn { film.ask(number, of: index) }
    let mark = plan.digests ? ProgramInput<P.Message, P.Record, P.Request>.mark(of: request, number) : 0
    give(.request(RequestID(number), consume request), to: index, nil, mark: mark)
  }

  @inlinable
  mutating func finish(_ request: RequestID, _ response: P.Response, of index: Int) {
    operations.answer(request.rawValue, response, at: now)
    if plan.digests {
      var digest = Digest()
      response.fold(into: &digest)
      processes[index].digest.fold(digest)
    }
    if case .think(let pause, _)? = plan.workload?.value.pacing { scheduleTurn(of: index, after: pause) }
  }

  @inlinable
  mutating func scheduleTurn(of index: Int, after pause: Nanoseconds) {
    guard let workload = plan.workload, workload.value.targets.contains(index) else { return }
    let at = max(now + pause, workload.value.start)
    if at < workload.value.stop { queue.push(.turn(Int32(index), life: processes[index].life), at: at) }
  }
}
