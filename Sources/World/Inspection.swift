import Node
import Primitives

/// A simulation at one moment, for people.
package struct Inspection: Hashable, Sendable {
  package struct Detail: Hashable, Sendable {
    package let name: String
    package let value: String

    init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  package struct Process: Hashable, Sendable {
    package let name: String
    /// `up`, `down`, `paused` or `slow`, and its tags.
    package let state: String
    package let tags: [String]
    package let monotonic: Instant
    /// What the program shows, what its disk holds, what waits for it.
    package let details: [Detail]
    package let digest: Digest
  }

  package let at: Instant
  package let events: UInt64
  package let digest: Digest
  package let processes: [Process]
  /// Faults that act or wait for a target.
  package let faults: [String]
  /// Messages under way, in order of arrival.
  package let underWay: [String]
  package let operationsOpen: Int
}

extension Simulation {
  package func inspection() -> Inspection {
    var underWay: [String] = []
    queue.pendingInOrder { time, _, event in
      guard case .delivery(let delivery) = event else { return }
      guard delivery.connection == links.links[Int(delivery.link)].connection else { return }
      underWay.append(
        "\(plan.names[Int(delivery.from)]) → \(plan.names[Int(delivery.to)]) "
          + "\(P.Message.kinds[Int(delivery.message.kind)]), arrives at \(PeopleText.moment(time.nanoseconds))")
    }
    let acting = faults.active.map { "\(faults.records[$0.fault].name) acts" }
    let waiting = faults.waiting.map { "\(faults.records[$0.fault].name) waits for a target" }
    return Inspection(
      at: now, events: events, digest: digest, processes: processes.indices.map(inspect), faults: acting + waiting,
      underWay: underWay, operationsOpen: operations.open.count)
  }

  private func inspect(_ index: Int) -> Inspection.Process {
    let process = processes[index]
    let program = process.program.details.map { Inspection.Detail($0.name.description, $0.value.description) }
    return Inspection.Process(
      name: plan.names[index], state: process.state.words,
      tags: P.tags.filter { process.status.has($0.bit) }.map(\.name.description),
      monotonic: clocks[index].reading(at: now), details: program + details(of: process, index),
      digest: process.digest)
  }

  private func details(of process: Process<P>, _ index: Int) -> [Inspection.Detail] {
    var details: [Inspection.Detail] = []
    let disk = process.disk
    let files = disk.durable.indices.filter { !disk.durable[$0].isEmpty }
    if !files.isEmpty || disk.pending.count > 0 {
      let records = files.map { "\(disk.durable[$0].count) records in file \($0)" }
      let unsynced = disk.pending.count > 0 ? ["\(disk.pending.count) operations not synced"] : []
      let cached = disk.cached.count > 0 ? ["\(disk.cached.count) operations lost at the next crash"] : []
      let scars = disk.scars.isEmpty ? [] : ["\(disk.scars.count) records torn or damaged"]
      details.append(.init("disk", (records + unsynced + cached + scars).joined(separator: ", ")))
    }
    for timer in 0..<StepLimits.timers {
      guard let handle = timers[index * StepLimits.timers + timer], let due = queue.time(of: handle) else {
        continue
      }
      details.append(.init("timer", "\(timer) fires in \(PeopleText.duration((due - now).count))"))
    }
    if process.held.count > 0 { details.append(.init("waiting", "\(process.held.count) messages for a sync")) }
    if !process.backlog.isEmpty { details.append(.init("backlog", "\(process.backlog.count) inputs")) }
    return details
  }
}

extension Process.State {
  fileprivate var words: String {
    switch self {
    case .up: "up"
    case .paused: "paused"
    case .down: "down"
    case .slow: "slow"
    }
  }
}
