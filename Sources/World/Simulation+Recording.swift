import Node
import Primitives
import Telemetry

/// What a run leaves behind.
extension Simulation {
  /// Samples every metric at each multiple of the interval up to `time`.
  @usableFromInline mutating func sample(upTo time: Instant) {
    guard let interval = plan.telemetry.sampling else { return }
    while nextSample <= time {
      telemetry.metrics.sample(at: nextSample)
      for index in processes.indices {
        let process = processes[index]
        let up: Int64 = process.state == .down ? 0 : 1
        telemetry.metrics.sample(.processRestarts, .counter(process.restarts), process: index, at: nextSample)
        telemetry.metrics.sample(.processUp, .gauge(up), process: index, at: nextSample)
      }
      sampleWorld(at: nextSample)
      nextSample = nextSample + interval
    }
  }

  private mutating func sampleWorld(at time: Instant) {
    let outcomes = operations.outcomes
    for (label, count) in [("ok" as StaticText, outcomes.ok), ("fail", outcomes.fail), ("info", outcomes.info)] {
      telemetry.metrics.sample(.clientOperations, .counter(count), label: label, at: time)
    }
    telemetry.metrics.sample(.messagesSent, .counter(counts.sent), at: time)
    telemetry.metrics.sample(.messagesDelivered, .counter(counts.delivered), at: time)
    telemetry.metrics.sample(.messagesDuplicated, .counter(counts.duplicated), at: time)
    telemetry.metrics.sample(.connectionsOpened, .counter(counts.connections.opened), at: time)
    telemetry.metrics.sample(.connectionsFailed, .counter(counts.connections.failed), at: time)
    for reason in DropReason.allCases where reason.endsConnections {
      telemetry.metrics.sample(
        .connectionsClosed, .counter(counts.connections.closed[reason.rawValue]), label: reason.name, at: time)
    }
    for reason in DropReason.allCases {
      telemetry.metrics.sample(
        .messagesDropped, .counter(counts.dropped[reason.rawValue]), label: reason.name, at: time)
    }
  }

  private func history() -> [HistoryEvent] {
    guard let source = plan.workload?.value.source else { return [] }
    return operations.history(endingAt: now) { source.request(number: $0, choices: requestChoices) }
  }

  /// Everything so far, for people and files. The simulation stays as it is and may go on.
  @usableFromInline package func recording() -> Recording {
    var recording = Recording(processes: plan.names)
    recording.history = history()
    recording.spans = telemetry.spans(endingAt: now)
    recording.samples = telemetry.metrics.samples
    recording.messages = counts
    recording.incidents = incidents
    recording.faults = faults.records
    recording.draws = processes.indices.map { index in
      Recording.Draws(
        lengths: P.lengths.indices.map { UInt64(draws[index].counts[$0]) }, lives: UInt64(processes[index].life),
        syncs: processes[index].disk.synced)
    }
    recording.links = links.links.map { link in
      Recording.LinkDraws(
        from: link.from, to: link.to, messages: P.Message.kinds.indices.map { UInt64(link.ordinals[$0]) })
    }
    recording.clockDrifts = clocks.map(\.ownDrift)
    recording.unmadeChoices = unmadeChoices
    return recording
  }
}
