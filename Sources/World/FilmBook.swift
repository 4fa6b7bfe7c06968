import Node
import Primitives
import Telemetry

/// Keeps a film while a simulation runs. Off unless asked for; nothing depends on it.
@usableFromInline struct FilmBook: Sendable {
  private struct Sync: Hashable {
    let process: Int
    let token: UInt64
  }

  private struct Shown {
    let name: StaticText
    /// Of several details of one name.
    let ordinal: Int
    var value: Detail
  }

  @usableFromInline let isOn: Bool
  private(set) var film = Film()
  /// The message that is on its way out, or in; 0 for none.
  @usableFromInline private(set) var subject: UInt32 = 0
  /// Who had an input in the event under way, or was ended by it.
  private var touched: [Int] = []
  private var touchesAll = false
  /// By process and timer: the event that set it.
  private var timers: [UInt32] = []
  private var syncs: [Sync: UInt32] = [:]
  /// By process: messages that wait until it goes on.
  private var waiting: [[UInt32]] = []
  private var open: [UInt64: Int] = [:]
  private var shown: [[Shown]] = []
  private var conditions: [ProcessCondition?] = []
  private var clockErrors: [(wall: Int64, monotonic: Int64)] = []
  private var unsynced: [Int] = []
  private var places: [String: UInt16] = ["condition": 0, "clock": 1, "disk": 2]

  /// The event under way.
  private var event: UInt32 { UInt32(truncatingIfNeeded: film.events.count) }

  init(isOn: Bool, processes: Int) {
    self.isOn = isOn
    guard isOn else { return }
    timers = Array(repeating: 0, count: processes * StepLimits.timers)
    waiting = Array(repeating: [], count: processes)
    shown = Array(repeating: [], count: processes)
    conditions = Array(repeating: nil, count: processes)
    clockErrors = Array(repeating: (0, 0), count: processes)
    unsynced = Array(repeating: 0, count: processes)
  }

  // MARK: Events

  mutating func begin(
    _ kind: Film.EventKind, of process: Int32, _ detail: UInt32 = 0, because cause: UInt32 = 0, at now: Instant
  ) {
    film.events.at.append(now.nanoseconds)
    film.events.kind.append(kind.rawValue)
    film.events.process.append(process)
    film.events.detail.append(detail)
    film.events.cause.append(cause)
    subject = 0
    touchesAll = kind == .fault
  }

  @usableFromInline mutating func touch(_ process: Int) {
    if touched.last != process, !touched.contains(process) { touched.append(process) }
  }

  /// Those who may show something new.
  mutating func takeTouched() -> [Int] {
    defer { touched.removeAll(keepingCapacity: true) }
    return touchesAll ? Array(shown.indices) : touched
  }

  // MARK: Causes

  func cause(ofTimer timer: TimerID, of process: Int) -> UInt32 {
    timers[process * StepLimits.timers + Int(timer.rawValue)]
  }

  mutating func set(_ timer: TimerID, of process: Int) {
    timers[process * StepLimits.timers + Int(timer.rawValue)] = event
  }

  mutating func beginSync(_ token: WriteToken, of process: Int) {
    syncs[Sync(process: process, token: token.rawValue)] = event
  }

  mutating func takeCause(ofSync token: WriteToken, of process: Int) -> UInt32 {
    syncs.removeValue(forKey: Sync(process: process, token: token.rawValue)) ?? 0
  }

  // MARK: Messages

  mutating func send(_ kind: UInt8, from: Int, to: Int, _ words: String) {
    film.messages.sentIn.append(event)
    film.messages.endIn.append(0)
    film.messages.from.append(Int32(from))
    film.messages.to.append(Int32(to))
    film.messages.kind.append(kind)
    film.messages.fate.append(Film.Fate.underWay)
    film.messages.fault.append(-1)
    film.texts.append(words, to: &film.messages.words)
    subject = UInt32(truncatingIfNeeded: film.messages.count)
  }

  /// The network doubles the subject.
  ///
  /// - Returns: the copy's number.
  @usableFromInline mutating func double(_ words: String) -> UInt32 {
    let (original, place) = (subject, Int(subject) - 1)
    send(film.messages.kind[place], from: Int(film.messages.from[place]), to: Int(film.messages.to[place]), words)
    film.messages.fate[film.messages.count - 1] |= Film.Fate.copy
    defer { subject = original }
    return subject
  }

  /// A message arrives, unless something is said of it still in this event.
  ///
  /// - Parameter stands: whether it has to wait for its process.
  mutating func arrive(_ message: UInt32, at process: Int, stands: Bool) {
    subject = message
    end(stands ? Film.Fate.waited : Film.Fate.delivered)
    if stands { waiting[process].append(message) }
  }

  @usableFromInline mutating func lose(_ reason: DropReason) {
    guard subject > 0 else { return }
    end(Film.Fate.lost + UInt8(reason.rawValue))
    blame(on: -1)
  }

  @usableFromInline mutating func hold() {
    guard subject > 0 else { return }
    let place = Int(subject) - 1
    film.messages.endIn[place] = 0
    film.messages.fate[place] = film.messages.fate[place] & Film.Fate.copy | Film.Fate.held
  }

  /// - Parameter fault: -1 for none.
  @usableFromInline mutating func blame(on fault: Int32) {
    guard subject > 0, fault >= 0 else { return }
    film.messages.fault[Int(subject) - 1] = fault
  }

  private mutating func end(_ fate: UInt8) {
    let place = Int(subject) - 1
    film.messages.endIn[place] = event
    film.messages.fate[place] = film.messages.fate[place] & (Film.Fate.copy | Film.Fate.held) | fate
  }

  /// The first message from a process that waits for another, which now turns to it.
  mutating func takeWaiting(of process: Int, from sender: Int) -> UInt32 {
    let place = waiting[process].firstIndex { film.messages.from[Int($0) - 1] == Int32(sender) }
    return place.map { waiting[process].remove(at: $0) } ?? 0
  }

  func sender(of message: UInt32) -> UInt32 { message > 0 ? film.messages.sentIn[Int(message) - 1] : 0 }

  // MARK: Lives

  mutating func end(_ process: Int) {
    waiting[process].removeAll()
    syncs = syncs.filter { $0.key.process != process }
    touch(process)
  }

  // MARK: Operations

  @usableFromInline mutating func ask(_ number: UInt64, of process: Int) {
    open[number] = film.operations.count
    film.operations.number.append(number)
    film.operations.process.append(Int32(process))
    film.operations.askedIn.append(event)
    film.operations.answeredIn.append(0)
  }

  @usableFromInline mutating func answer(_ number: UInt64) {
    if let place = open.removeValue(forKey: number) { film.operations.answeredIn[place] = event }
  }

  // MARK: What processes show

  /// - Parameters:
  ///   - errors: ns by which its wall clock and that of its timers are ahead.
  ///   - writes: that a crash may lose.
  mutating func show(
    _ process: Int, _ condition: ProcessCondition, clockErrors errors: (wall: Int64, monotonic: Int64),
    unsynced writes: Int,
    _ details: [(name: StaticText, value: Detail)]
  ) {
    if unsynced[process] != writes {
      unsynced[process] = writes
      change(of: process, 2, writes == 0 ? "" : "\(PeopleText.count(UInt64(writes), "write")) not synced yet")
    }
    if conditions[process] != condition {
      conditions[process] = condition
      change(of: process, 0, "\(condition)")
    }
    // To the millisecond: drift alone would change it with every event.
    let last = clockErrors[process]
    if max(abs(errors.wall - last.wall), abs(errors.monotonic - last.monotonic)) >= 1_000_000 {
      clockErrors[process] = errors
      let timers = Self.words(errors.monotonic)
      let words = [Self.words(errors.wall), timers.isEmpty ? "" : "its timers' \(timers)"]
      change(of: process, 1, .text(words.filter { !$0.isEmpty }.joined(separator: ", ")))
    }
    let before = shown[process]
    for (place, detail) in details.enumerated() where place < before.count {
      guard before[place].name == detail.name else { return showAnew(process, details) }
      if before[place].value == detail.value { continue }
      shown[process][place].value = detail.value
      change(of: process, self.place(of: detail.name, before[place].ordinal), detail.value)
    }
    if details.count != before.count { showAnew(process, details) }
  }

  private static func words(_ clockError: Int64) -> String {
    guard clockError.magnitude >= 1_000_000 else { return "" }
    return "\(PeopleText.duration(abs(clockError))) \(clockError < 0 ? "behind" : "ahead")"
  }

  /// Other things than before.
  private mutating func showAnew(_ process: Int, _ details: [(name: StaticText, value: Detail)]) {
    var counts: [StaticText: Int] = [:]
    let now = details.map { detail in
      counts[detail.name, default: -1] += 1
      return Shown(name: detail.name, ordinal: counts[detail.name]!, value: detail.value)
    }
    for old in shown[process] where !now.contains(where: { $0.name == old.name && $0.ordinal == old.ordinal }) {
      change(of: process, place(of: old.name, old.ordinal), "")
    }
    for new in now
    where !shown[process].contains(where: {
      $0.name == new.name && $0.ordinal == new.ordinal && $0.value == new.value
    }) {
      change(of: process, place(of: new.name, new.ordinal), new.value)
    }
    shown[process] = now
  }

  private mutating func change(of process: Int, _ name: UInt16, _ value: Detail) {
    film.changes.event.append(event)
    film.changes.process.append(Int32(process))
    film.changes.name.append(name)
    film.texts.append(value, to: &film.changes.value)
  }

  private mutating func place(of name: StaticText, _ ordinal: Int) -> UInt16 {
    let text = ordinal == 0 ? name.description : "\(name) \(ordinal + 1)"
    if let place = places[text] { return place }
    let place = UInt16(film.names.count)
    places[text] = place
    film.names.append(text)
    return place
  }

  /// What was kept, with what stands over it.
  func take(processes: [String], nodes: Int, kinds: [String], end: Instant) -> Film {
    var film = film
    film.processes = processes
    film.nodes = nodes
    film.kinds = kinds
    film.end = end
    for (sync, event) in syncs.sorted(by: { ($0.value, $0.key.process) < ($1.value, $1.key.process) }) {
      film.openSyncs.event.append(event)
      film.openSyncs.process.append(Int32(sync.process))
    }
    return film
  }
}
