import Experiments
import Primitives
import Scenarios
import Testing
import World

@Suite("Filming a run")
struct FilmTests {
  static let paths = [
    "raft/leader-crash.yaml", "raft/nemesis.yaml", "hunt/datagrams.yaml", "gossip/spread.yaml",
    "crdt/restarts.yaml",
    "mesh/heal-crash.yaml",
  ]

  static func film(_ path: String) throws -> (film: Film, result: RunResult) {
    let scenario = try Shelf.read(path)
    let result = try Run(scenario, telemetry: .off).perform()
    let (film, end) = try #require(Run(scenario, telemetry: .off).film())
    #expect(end.digest == result.digest, "to be filmed changes nothing")
    #expect(end.events == result.events)
    return (film, result)
  }

  @Test("A film has every event and every message, and of each what became of it", arguments: paths)
  func complete(path: String) throws {
    let (film, result) = try Self.film(path)
    let (messages, counts) = (film.messages, result.recording.messages)
    #expect(film.events.count == Int(result.events))
    #expect(film.processes == result.recording.processes)
    var (sent, delivered, copies) = (UInt64(0), UInt64(0), UInt64(0))
    var dropped = [UInt64](repeating: 0, count: DropReason.allCases.count)
    for fate in messages.fate {
      if fate & Film.Fate.copy > 0 { copies += 1 } else { sent += 1 }
      let plain = fate & 31
      if plain >= Film.Fate.lost { dropped[Int(plain - Film.Fate.lost)] += 1 } else if plain > 0 { delivered += 1 }
    }
    #expect(sent == counts.sent && delivered == counts.delivered && copies == counts.duplicated)
    #expect(dropped == counts.dropped)
    #expect(film.operations.count == result.recording.history.count { $0.kind == .invoke })
    let ended = film.events.kind.indices.count {
      film.events.kind[$0] == Film.EventKind.sync.rawValue && film.events.cause[$0] > 0
    }
    let begun = result.recording.draws.reduce(0) { $0 + Int($1.syncs) }
    // What a crash cuts off ends for nobody.
    let lost = result.recording.incidents.crashes == 0 ? 0 : begun
    #expect((begun - lost...begun).contains(ended + film.openSyncs.event.count))
    #expect(film.operations.answeredIn.count { $0 > 0 } <= film.operations.count)
  }

  @Test(
    "What led to an event comes before it, and a message arrives where it was sent, after it left", arguments: paths
  )
  func causes(path: String) throws {
    let (film, _) = try Self.film(path)
    #expect(zip(film.events.at, film.events.at.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(film.events.cause.indices.allSatisfy { film.events.cause[$0] < UInt32($0 + 1) })
    for message in 0..<film.messages.count {
      let (sent, end) = (film.messages.sentIn[message], film.messages.endIn[message])
      guard end > 0 else { continue }
      #expect(sent <= end)
      guard film.messages.fate[message] & 31 == Film.Fate.delivered else { continue }
      let place = Int(end) - 1
      #expect(film.events.kind[place] == Film.EventKind.message.rawValue)
      #expect(film.events.process[place] == film.messages.to[message])
      #expect(film.events.detail[place] == UInt32(message + 1) && film.events.cause[place] == sent)
    }
  }

  @Test(
    "A scene is what an inspection at that moment shows",
    arguments: [("raft/leader-crash.yaml", 6_500), ("crdt/restarts.yaml", 9_000), ("mesh/heal-crash.yaml", 40_000)])
  func scenes(path: String, milliseconds: Int64) throws {
    let scenario = try Shelf.read(path)
    let (film, _) = try #require(Run(scenario, telemetry: .off).film())
    let moment = Nanoseconds.milliseconds(milliseconds)
    let scene = film.scene(at: moment.count)
    let inspection = Run(scenario).inspect(at: .time(.zero + moment))
    for (shown, process) in zip(scene, inspection.processes) {
      #expect(shown["condition"] ?? "down" == process.state, "\(process.name)")
      for detail in process.details
      where ["role", "term", "commit", "log", "changes", "counter", "mode", "registry"].contains(detail.name) {
        #expect(shown[detail.name] ?? "" == detail.value, "\(process.name) \(detail.name)")
      }
    }
  }

  @Test("Who is to blame for a lost message is the fault that cut it off")
  func blame() throws {
    let (film, result) = try Self.film("raft/majority-minority.yaml")
    let cut = Film.Fate.lost + UInt8(DropReason.cut.rawValue)
    let lost = film.messages.fate.indices.filter { film.messages.fate[$0] & 31 == cut }
    #expect(lost.count > 10)
    #expect(lost.allSatisfy { film.messages.fault[$0] >= 0 })
    let effects = result.recording.faults.map { $0.effects[FaultRecord.Effect.messagesCut.rawValue] }
    for (fault, count) in effects.enumerated() {
      #expect(lost.count { film.messages.fault[$0] == Int32(fault) } <= Int(count))
    }
  }
}

@Suite("Texts in columns")
struct FilmTextsTests {
  private static func roundTrip(_ texts: [String]) -> [String] {
    var table = FilmTexts()
    var column = FilmTexts.Column()
    for text in texts { table.append(text, to: &column) }
    var read: [String] = []
    table.forEachRow(of: column) { row, number in
      read.append(table.text(column, row: row, firstNumber: number))
      return true
    }
    return read
  }

  @Test("What goes in comes out, numbers and all")
  func wholeTexts() {
    let texts = [
      "", "leader", "term 3, after 41 of term 3, commit 41, 1 entry",
      "term 4, after 9 of term 3, commit 41, 2 entries",
      "0", "00", "007", "1–4 of term 1", "999999999999999", "1234567890123456", "12345678901234567890", "x1y2",
      "-5",
      "no more than 0.5 %", "ünïcödé 7",
    ]
    #expect(Self.roundTrip(texts) == texts)
  }

  @Test("Texts that differ in numbers alone share a template")
  func templates() {
    var table = FilmTexts()
    var column = FilmTexts.Column()
    for number in 0..<1_000 { table.append("term \(number), vote n\(number % 5)", to: &column) }
    #expect(table.templates.count == 1)
  }

  @Test("A fingerprint is kept to its first twelve digits, and a long text says how much of it is missing")
  func shortened() {
    #expect(Self.roundTrip(["00f4bf2c1a9d3e7b"]) == ["00f4bf2c1a9d…"])
    let long = String(repeating: "k7 ", count: 200)
    let cut = Self.roundTrip([long])[0]
    #expect(cut.hasPrefix("k7 k7 ") && cut.hasSuffix("(200 more bytes)"))
    let wide = String(repeating: "ä", count: 300)
    #expect(Self.roundTrip([wide])[0].hasSuffix("(200 more bytes)"))
  }
}
