import Primitives
import Reports
import World

/// What a page draws from, as bytes: a header in JSON, and behind it columns of numbers.
///
/// A column is `b` (a byte a row), `v` (a varint a row, below 2³²), `l` (a varint a row) or `d` (varints of what each row adds to the one before it,
/// zigzagged). The numbers of a column of text are `t`: what each adds to the number of the same place in the last text of
/// the same template. Layout: `FLM1`, the header's length as a varint, the header, the columns in its order.
package struct RunPageData {
  private struct Column {
    let name: String
    let form: Character
    let count: Int
    let bytes: [UInt8]
  }

  private var columns: [Column] = []
  private let record: RunRecord
  private var texts = FilmTexts()

  private let story: RunStory

  package init(_ record: RunRecord, _ story: RunStory) {
    self.record = record
    self.story = story
    if let film = record.film {
      texts = film.texts
      add(film)
    }
    addOperations()
  }

  package var bytes: [UInt8] {
    let header = header
    var bytes = Array("FLM1".utf8)
    Self.append(UInt64(header.count), to: &bytes)
    bytes += header
    for column in columns { bytes += column.bytes }
    return bytes
  }

  // MARK: Columns

  private mutating func add(_ film: Film) {
    let (events, messages, changes) = (film.events, film.messages, film.changes)
    let tick = tick
    deltas("at", events.at.lazy.map { $0 / tick })
    bytes("event", events.kind)
    // Whose arrival it is, of which message and why, stands with the message that ended in it.
    let isArrival = events.kind.indices.map { event in
      let message = Int(events.detail[event]) - 1
      return events.kind[event] == Film.EventKind.message.rawValue && message >= 0
        && Int(messages.endIn[message]) == event + 1
    }
    plain("process", isArrival.indices.lazy.map { isArrival[$0] ? 0 : UInt64(events.process[$0] + 1) })
    plain("detail", isArrival.indices.lazy.map { isArrival[$0] ? 0 : UInt64(events.detail[$0]) })
    // Most causes are near.
    plain(
      "cause",
      isArrival.indices.lazy.map {
        isArrival[$0] || events.cause[$0] == 0 ? 0 : UInt64($0 + 2) - UInt64(events.cause[$0])
      })
    deltas("sentIn", messages.sentIn.lazy.map(Int64.init))
    plain(
      "took",
      messages.endIn.indices.lazy.map {
        messages.endIn[$0] == 0 ? 0 : UInt64(messages.endIn[$0] - messages.sentIn[$0]) + 1
      })
    plain("from", messages.from.lazy.map { UInt64($0) })
    plain("to", messages.to.lazy.map { UInt64($0) })
    bytes("kind", messages.kind)
    bytes("fate", messages.fate)
    plain("fault", messages.fault.lazy.map { UInt64($0 + 1) })
    text("words", messages.words)
    deltas("changeIn", changes.event.lazy.map(Int64.init))
    plain("changeOf", changes.process.lazy.map { UInt64($0) })
    plain("changeName", changes.name.lazy.map(UInt64.init))
    text("value", changes.value)
    deltas("openSyncIn", film.openSyncs.event.lazy.map(Int64.init))
    plain("openSyncOf", film.openSyncs.process.lazy.map { UInt64($0) })
    deltas("opNumber", film.operations.number.lazy.map { Int64(bitPattern: $0) })
    deltas("askedIn", film.operations.askedIn.lazy.map(Int64.init))
    plain(
      "answered",
      film.operations.answeredIn.indices.lazy.map {
        film.operations.answeredIn[$0] == 0
          ? 0 : UInt64(film.operations.answeredIn[$0] - film.operations.askedIn[$0]) + 1
      })
  }

  private mutating func addOperations() {
    let places = Dictionary(record.processes.enumerated().map { ($1, UInt64($0)) }) { first, _ in first }
    let operations = record.operations
    deltas("number", operations.lazy.map { Int64(bitPattern: $0.number) })
    plain("client", operations.lazy.map { places[$0.process] ?? 0 })
    deltas("call", operations.lazy.map(\.call))
    large("length", operations.lazy.map { UInt64(max(0, ($0.end ?? $0.call - 1) - $0.call + 1)) })
    bytes("outcome", operations.map(\.outcome.rawValue))
    var (asked, answers) = (FilmTexts.Column(), FilmTexts.Column())
    for operation in operations {
      texts.append(operation.text, to: &asked)
      texts.append(operation.answer, to: &answers)
    }
    text("asked", asked)
    text("answer", answers)
  }

  private mutating func bytes(_ name: String, _ values: [UInt8]) {
    columns.append(Column(name: name, form: "b", count: values.count, bytes: values))
  }

  private mutating func plain(_ name: String, _ values: some Collection<UInt64>) { varints(name, "v", values) }

  private mutating func large(_ name: String, _ values: some Collection<UInt64>) { varints(name, "l", values) }

  private mutating func varints(_ name: String, _ form: Character, _ values: some Collection<UInt64>) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(values.count * 2)
    for value in values { Self.append(value, to: &bytes) }
    columns.append(Column(name: name, form: form, count: values.count, bytes: bytes))
  }

  private mutating func deltas(_ name: String, _ values: some Collection<Int64>) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(values.count * 2)
    var last: Int64 = 0
    for value in values {
      Self.append(Self.zigzag(value &- last), to: &bytes)
      last = value
    }
    columns.append(Column(name: name, form: "d", count: values.count, bytes: bytes))
  }

  private mutating func text(_ name: String, _ column: FilmTexts.Column) {
    plain(name, column.templates.lazy.map(UInt64.init))
    let slots = texts.templates.map { template in
      template.utf8.count { $0 == FilmTexts.number || $0 == FilmTexts.fingerprint }
    }
    var last = slots.map { [Int64](repeating: 0, count: $0) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(column.numbers.count * 2)
    var place = 0
    for template in column.templates {
      for slot in 0..<slots[Int(template)] {
        let value = column.numbers[place]
        Self.append(Self.zigzag(value &- last[Int(template)][slot]), to: &bytes)
        last[Int(template)][slot] = value
        place += 1
      }
    }
    columns.append(Column(name: name + "#", form: "t", count: place, bytes: bytes))
  }

  private static func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: value << 1 ^ value >> 63) }

  private static func append(_ value: UInt64, to bytes: inout [UInt8]) {
    var value = value
    while value >= 128 {
      bytes.append(UInt8(value & 127) | 128)
      value >>= 7
    }
    bytes.append(UInt8(value))
  }

  // MARK: Header

  /// ns that a unit of an event's time stands for: a long run's page is exact to the microsecond.
  private var tick: Int64 { (record.film?.end.nanoseconds ?? 0) < 10_000_000_000 ? 1 : 1_000 }

  private var header: [UInt8] {
    var json = JSONText()
    let (summary, film) = (record.summary, record.film)
    json.object { json in
      json.member("end", film?.end.nanoseconds ?? summary.virtualNS)
      json.member("tick", tick)
      json.member("films", film != nil)
      json.member("nodes", film?.nodes ?? record.processes.count)
      list("processes", record.processes, &json)
      list("kinds", film?.kinds ?? [], &json)
      list("names", film?.names ?? [], &json)
      list("templates", texts.templates, &json)
      list("reasons", DropReason.allCases.map(\.name.description), &json)
      let focus = story.focus
      json.array("focus") { json in
        json.value(focus.lowerBound)
        json.value(focus.upperBound)
      }
      // What the page shows first: a process at the moment that matters.
      json.member("subject", story.subject)
      json.member("moment", story.moment ?? -1)
      json.array("columns") { json in
        for column in columns {
          json.array { json in
            json.value(column.name)
            json.value(String(column.form))
            json.value(column.count)
            json.value(column.bytes.count)
          }
        }
      }
      json.array("faults") { json in for place in record.faults.indices { write(place, &json) } }
      json.array("violations") { json in
        for violation in summary.violations {
          json.object { json in
            json.member("name", violation.invariant)
            json.member("at", violation.atNS)
            json.member("node", violation.node ?? "")
            json.member("detail", violation.detail)
          }
        }
      }
      if let explanation = record.explanation { write(explanation, &json) }
    }
    return json.bytes
  }

  private func list(_ name: String, _ values: [String], _ json: inout JSONText) {
    json.key(text: name)
    json.array { json in for value in values { json.value(value) } }
  }

  private func write(_ place: Int, _ json: inout JSONText) {
    let fault = record.faults[place]
    json.object { json in
      json.key("whats")
      json.array { json in
        for strike in fault.occurrences.indices { json.value(record.words(ofFault: place, strike)) }
      }
      json.member("id", fault.id)
      json.member("name", fault.name)
      json.member("words", fault.inWords)
      json.array("strikes") { json in
        for occurrence in fault.occurrences {
          json.array { json in
            json.value(occurrence.from.nanoseconds)
            json.value(occurrence.until?.nanoseconds ?? record.summary.virtualNS)
            for host in occurrence.hosts { json.value(host.index) }
          }
        }
      }
    }
  }

  private func write(_ explanation: RunRecord.Explanation, _ json: inout JSONText) {
    func line(_ line: RunRecord.Explanation.Line, _ json: inout JSONText) {
      json.object { json in
        json.member("number", line.number)
        json.member("process", line.process)
        json.member("text", line.text)
        json.member("call", line.call_ns)
        json.key("end")
        if let end = line.end_ns { json.value(end) } else { json.null() }
      }
    }
    json.object("explanation") { json in
      json.member("key", explanation.key)
      json.member("sentence", explanation.sentence)
      json.key("operation")
      line(explanation.operation, &json)
      json.key("states")
      json.array { json in explanation.states.forEach { json.value($0) } }
      json.key("order")
      json.array { json in explanation.order.forEach { line($0, &json) } }
      json.key("around")
      json.array { json in explanation.around.forEach { line($0, &json) } }
    }
  }
}
