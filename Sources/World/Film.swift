import Primitives

/// A run in columns: every event with what led to it, every message with what became of it, and what each process showed
/// of itself from event to event. It is what a picture of the run is drawn from.
///
/// Events are numbered from 1, messages from 1 in the order in which they left, processes from 0. Zero stands for no
/// event and no message.
package struct Film: Sendable {
  package enum EventKind: UInt8, Sendable, CaseIterable {
    /// A message arrives, or is found to be lost.
    case message
    case timer
    /// A sync ends.
    case sync
    case start
    /// A client's request, or a message or request that had waited for its process.
    case request
    /// A connection is found to be closed.
    case closed
    /// A fault begins, ends or turns, or the world heals.
    case fault
    /// Work, memory, orders to start anew, readings.
    case resources
    /// Something that is nobody's input.
    case other
    /// A message comes back to its sender: there is no connection.
    case undelivered
  }

  package struct Events: Sendable {
    /// ns of virtual time, ascending.
    package internal(set) var at: [Int64] = []
    package internal(set) var kind: [UInt8] = []
    /// -1 where it is nobody's.
    package internal(set) var process: [Int32] = []
    /// A message's number, a timer's, a sync's, or an operation's plus one.
    package internal(set) var detail: [UInt32] = []
    /// The event that led to it; of a message's arrival that is where the message left.
    package internal(set) var cause: [UInt32] = []

    package var count: Int { at.count }
  }

  /// What became of a message.
  package enum Fate {
    package static let underWay: UInt8 = 0
    package static let delivered: UInt8 = 1
    /// It reached a process that stood still, or was busy.
    package static let waited: UInt8 = 2
    /// It was lost: 3 and the reason's number.
    package static let lost: UInt8 = 3
    /// A flag: it is the second copy of one that the network doubled.
    package static let copy: UInt8 = 32
    /// A flag: a fault held it back on its way.
    package static let held: UInt8 = 64
  }

  package struct Messages: Sendable {
    /// The event in which it left.
    package internal(set) var sentIn: [UInt32] = []
    /// The event in which it arrived or was lost; 0 while under way.
    package internal(set) var endIn: [UInt32] = []
    package internal(set) var from: [Int32] = []
    package internal(set) var to: [Int32] = []
    package internal(set) var kind: [UInt8] = []
    package internal(set) var fate: [UInt8] = []
    /// The fault that had a hand in it, by its place in the plan; -1 for none.
    package internal(set) var fault: [Int32] = []
    package internal(set) var words = FilmTexts.Column()

    package var count: Int { sentIn.count }
  }

  /// One thing that a process shows has changed.
  package struct Changes: Sendable {
    package internal(set) var event: [UInt32] = []
    package internal(set) var process: [Int32] = []
    /// Its place among `names`.
    package internal(set) var name: [UInt16] = []
    /// Empty where the process no longer shows it.
    package internal(set) var value = FilmTexts.Column()

    package var count: Int { event.count }
  }

  /// A client's operation, from event to event.
  package struct Operations: Sendable {
    package internal(set) var number: [UInt64] = []
    package internal(set) var process: [Int32] = []
    package internal(set) var askedIn: [UInt32] = []
    /// 0 where it has no answer.
    package internal(set) var answeredIn: [UInt32] = []

    package var count: Int { number.count }
  }

  /// Writes that were still on their way to the disk at the end.
  package struct OpenSyncs: Sendable {
    /// The event in which each began.
    package internal(set) var event: [UInt32] = []
    package internal(set) var process: [Int32] = []
  }

  package internal(set) var processes: [String] = []
  /// The processes before this one are nodes, the others clients.
  package internal(set) var nodes = 0
  /// Of messages, by number.
  package internal(set) var kinds: [String] = []
  package internal(set) var end = Instant.zero
  package internal(set) var events = Events()
  package internal(set) var messages = Messages()
  package internal(set) var changes = Changes()
  package internal(set) var operations = Operations()
  package internal(set) var openSyncs = OpenSyncs()
  /// What changes are about: `condition` (up, paused, down or slow), `clock`, `disk`, and what programs show.
  package internal(set) var names: [String] = ["condition", "clock", "disk"]
  /// Of all columns of text.
  package internal(set) var texts = FilmTexts()
}

extension Film {
  /// What every process shows at a moment: texts by process and name.
  package func scene(at moment: Int64) -> [[String: String]] {
    var last = processes.map { _ in [UInt16: (row: Int, number: Int)]() }
    texts.forEachRow(of: changes.value) { row, number in
      guard events.at[Int(changes.event[row]) - 1] <= moment else { return false }
      last[Int(changes.process[row])][changes.name[row]] = (row, number)
      return true
    }
    return last.map { shown in
      var scene: [String: String] = [:]
      for (name, place) in shown {
        let text = texts.text(changes.value, row: place.row, firstNumber: place.number)
        if !text.isEmpty { scene[names[Int(name)]] = text }
      }
      return scene
    }
  }

  /// When a message left; ns.
  package func sentAt(_ message: Int) -> Int64 { events.at[Int(messages.sentIn[message]) - 1] }
}
