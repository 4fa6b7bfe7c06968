import Node
import Primitives

/// Something that happened, in words.
@usableFromInline package struct Note: Hashable, Sendable {
  @usableFromInline package enum Kind: String, Sendable, CaseIterable {
    /// A message sent, arrived or lost.
    case message
    case timer
    case disk
    /// A client's operation, asked or answered.
    case operation
    /// A process starts, ends or falls silent.
    case process
    case fault
  }

  @usableFromInline package let at: Instant
  /// The number of the event that it is part of, from 1.
  @usableFromInline package let event: UInt64
  @usableFromInline package let kind: Kind
  /// Index of the process it happened to; nil where it is nobody's.
  @usableFromInline package let process: Int?
  /// Whether it is what came of the event, and not the event itself.
  @usableFromInline package let isEffect: Bool
  @usableFromInline package let text: String
  /// What everything up to the end of this event has come to: the run's rolling digest and that of the process. Zero
  /// until the event is over.
  @usableFromInline package fileprivate(set) var digests: (run: UInt64, process: UInt64) = (0, 0)

  @usableFromInline package static func == (left: Note, right: Note) -> Bool {
    (left.at, left.event, left.text) == (right.at, right.event, right.text) && left.digests == right.digests
  }

  @usableFromInline package func hash(into hasher: inout Hasher) { hasher.combine(event) }
}

/// Notes of what happens, for people who read along and for those who compare two runs. Off unless asked for; nothing
/// depends on it.
@usableFromInline struct NoteBook: Sendable {
  @usableFromInline var isOn: Bool
  private var notes: [Note] = []
  /// Those of the event under way.
  private var open = 0

  init(isOn: Bool) { self.isOn = isOn }

  mutating func add(
    _ kind: Note.Kind, of process: Int?, at now: Instant, event: UInt64, isEffect: Bool, _ text: String
  ) {
    notes.append(Note(at: now, event: event, kind: kind, process: process, isEffect: isEffect, text: text))
  }

  /// The event is over.
  mutating func close(run: UInt64, _ process: (Int) -> UInt64) {
    for place in open..<notes.count {
      notes[place].digests = (run, notes[place].process.map(process) ?? 0)
    }
    open = notes.count
  }

  /// Everything noted since the last time.
  mutating func take() -> [Note] {
    defer {
      notes.removeAll(keepingCapacity: true)
      open = 0
    }
    return notes
  }
}

// MARK: - What is noted

extension Simulation {
  /// What was noted since the last time.
  package mutating func takeNotes() -> [Note] { notes.take() }

  @usableFromInline mutating func closeNotes() {
    let processes = processes
    notes.close(run: rolling.words.low) { processes[$0].digest.words.low }
  }

  @usableFromInline mutating func noteEffect(_ kind: Note.Kind, _ index: Int, _ text: String) {
    notes.add(kind, of: index, at: now, event: events, isEffect: true, text)
  }

  @usableFromInline mutating func note(_ event: Event<P>) {
    func add(_ kind: Note.Kind, _ process: Int32?, _ text: String) {
      notes.add(kind, of: process.map { Int($0) }, at: now, event: events, isEffect: false, text)
    }
    switch event {
    case .delivery(let delivery):
      let text = "\(plan.names[Int(delivery.to)]) ← \(plan.names[Int(delivery.from)]) \(words(delivery.message))"
      add(.message, delivery.to, text + fate(of: delivery))
    case .timer(let process, let timer): add(.timer, process, "\(name(process)) timer \(timer.rawValue) fires")
    case .sync(let process, let life, let token, let outcome):
      guard processes[Int(process)].life == life else { return add(.disk, process, "a sync ends for nobody") }
      add(.disk, process, "\(name(process)) sync \(token.rawValue) \(outcome.words)")
    case .start(let process, let life):
      let isOver = processes[Int(process)].life != life
      add(.process, process, isOver ? "nobody starts" : "\(name(process)) starts")
    case .input(let process, _, let input, _): add(.process, process, "\(name(process)) \(words(input))")
    case .arrival(let number): add(.operation, nil, "operation \(number) arrives")
    case .turn(let process, _): add(.operation, process, "\(name(process)) may ask again")
    case .ready(let process, _): add(.process, process, "\(name(process)) is ready for the next input")
    case .faultBegins(let fault, let occurrence):
      add(
        .fault, nil,
        "fault \(plan.faults[Int(fault)].id) begins, number \(occurrence): \(plan.faults[Int(fault)].name)")
    case .faultEnds(let number): add(.fault, nil, "occurrence \(number) of a fault ends")
    case .faultTurns(let number): add(.fault, nil, "a turn of occurrence \(number) of a fault is over")
    case .heal: add(.fault, nil, "a core of the nodes heals")
    case .work(let process): add(.process, process, "\(name(process)) has done a piece of work")
    case .memoryFull(let process): add(.process, process, "\(name(process)) has no memory left")
    case .restart(let process): add(.process, process, "\(name(process)) is told to start anew")
    }
  }

  @usableFromInline mutating func note(_ effect: Effect<P>, of index: Int) {
    let name = plan.names[index]
    switch effect {
    case .send(_, _, let after, _):
      // What is sent is noted when it leaves.
      if let after, after > processes[index].completed {
        noteEffect(.message, index, "\(name) has a message for after sync \(after.rawValue)")
      }
    case .setTimer(let timer, let after):
      noteEffect(.timer, index, "\(name) sets timer \(timer.rawValue) to \(PeopleText.duration(after.count))")
    case .cancelTimer(let timer): noteEffect(.timer, index, "\(name) cancels timer \(timer.rawValue)")
    case .append(let record, let file):
      noteEffect(.disk, index, "\(name) appends \(record.storedSize) bytes to file \(file.rawValue)")
    case .truncate(let file, let keeping):
      noteEffect(.disk, index, "\(name) cuts file \(file.rawValue) to \(keeping) records")
    case .discard(let file, let position):
      noteEffect(.disk, index, "\(name) discards file \(file.rawValue) before record \(position)")
    case .replace(let file, _): noteEffect(.disk, index, "\(name) replaces file \(file.rawValue)")
    case .sync(let token, _): noteEffect(.disk, index, "\(name) begins sync \(token.rawValue)")
    case .reply(let request, let response):
      let results = response.results.map { "\($0.name) \($0.value.words)" }.joined(separator: ", ")
      noteEffect(
        .operation, index, "\(name) operation \(request.rawValue) ends \(response.kind.rawValue) \(results)")
    case .exit(let reason): noteEffect(.process, index, "\(name) ends itself: \(reason)")
    case .work(let work, let demand):
      noteEffect(
        .process, index, "\(name) begins work \(work.rawValue) of \(PeopleText.duration(demand.time.count))")
    case .readResources: noteEffect(.process, index, "\(name) reads its resources")
    case .restart(let endpoint):
      noteEffect(.process, index, "\(name) orders \(plan.names[endpoint.host.index]) to start anew")
    }
  }

  @usableFromInline mutating func noteSent(_ message: P.Message, _ index: Int, _ to: Int, _ ordinal: UInt64) {
    noteEffect(.message, index, "\(plan.names[index]) → \(plan.names[to]) \(words(message, ordinal))")
  }

  @usableFromInline mutating func noteLoss(_ reason: DropReason) {
    notes.add(.message, of: nil, at: now, event: events, isEffect: true, "it is lost: \(reason.name)")
  }

  private func name(_ process: Int32) -> String { plan.names[Int(process)] }

  private func words(_ message: P.Message, _ ordinal: UInt64? = nil) -> String {
    let kind = "\(P.Message.kinds[Int(message.kind)])" + (ordinal.map { " \($0)" } ?? "")
    let words = message.words
    return words.isEmpty ? kind : "\(kind): \(words)"
  }

  private func fate(of delivery: Delivery<P.Message>) -> String {
    let link = links.links[Int(delivery.link)]
    if delivery.connection != link.connection { return " — lost (\(link.ending.name))" }
    if link.holds > 0 { return " — held" }
    switch processes[Int(delivery.to)].state {
    case .down: return " — lost (\(DropReason.processDown.name))"
    case .paused: return " — waits, for the process is paused"
    case .up, .slow: return ""
    }
  }

  private func words(_ input: Input<P>) -> String {
    switch input {
    case .started: "starts"
    case .message(let message, let from): "← \(plan.names[from.host.index]) \(words(message))"
    case .timerFired(let timer): "timer \(timer.rawValue) fires"
    case .writeCompleted(let token): "hears that sync \(token.rawValue) is done"
    case .writeFailed(let token): "hears that sync \(token.rawValue) failed"
    case .connectionClosed(let peer): "loses its connection to \(plan.names[peer.host.index])"
    case .undelivered(let message, let to):
      "finds no connection to \(plan.names[to.host.index]) for \(words(message))"
    case .request(let number, let request): "operation \(number.rawValue): \(request.words)"
    case .workDone(let work): "hears that work \(work.rawValue) is done"
    case .admin(let command): "is told to \(command.words)"
    case .resources(let reading):
      "reads \(reading.busy / 10_000) % busy, \(reading.own / 10_000) % of its own, \(reading.memory) bytes"
    }
  }
}

extension RecordedOperation {
  /// `put key k3, value 12`
  package var words: String {
    let arguments = arguments.map { "\($0.name) \($0.value.words)" }.joined(separator: ", ")
    return arguments.isEmpty ? "\(name)" : "\(name) \(arguments)"
  }
}

extension HistoryValue {
  var words: String {
    switch self {
    case .text(let text): text
    case .integer(let integer): "\(integer)"
    case .none: "nothing"
    }
  }
}

extension SyncOutcome {
  fileprivate var words: String {
    switch self {
    case .failed: "fails"
    case .written: "is done"
    case .lost: "seems done, and is lost"
    }
  }
}
