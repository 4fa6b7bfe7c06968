import Primitives
import Raft
import Testing

@Suite("Quorum, tally, log and progress")
struct LeafTests {
  @Test("Any two majorities overlap, and no smaller number would do", arguments: 1...9)
  func majority(voters: Int) {
    let majority = Quorum.majority(of: voters)
    #expect(2 * majority > voters)
    #expect(2 * (majority - 1) <= voters)
  }

  @Test("The committed index is reached by a majority, and the next is not")
  func committed() {
    for voters in [1, 2, 3, 4, 5] {
      let quorum = Quorum(voters: voters)
      for number in 0..<(1 << (2 * voters)) {
        let matches = (0..<voters).map { LogIndex(number >> (2 * $0) & 3) }
        let index = quorum.reached { matches[$0] }
        #expect(matches.count { $0 >= index } >= Quorum.majority(of: voters))
        #expect(matches.count { $0 > index } < Quorum.majority(of: voters))
      }
    }
  }

  @Test("A slice has at most as many entries as asked for, and any number may be asked for")
  func slice() {
    let log = Log(ContiguousArray((1...5).map { Entry(term: Term($0), command: []) }))
    #expect(log.slice(from: 2, limit: 3).map(\.term) == [2, 3, 4])
    #expect(log.slice(from: 4, limit: .max).map(\.term) == [4, 5])
    #expect(log.slice(from: 6, limit: .max).isEmpty)
  }

  @Test("A tally is won by a majority of grants, each member's first answer standing")
  func tally() {
    var tally = VoteTally(members: 5)
    let quorum = Quorum(voters: 5)
    for (member, granted, won) in [
      (0, true, false), (0, true, false), (1, false, false), (1, true, false), (2, true, false), (4, true, true),
    ] {
      tally.record(member: member, granted: granted)
      #expect(tally.isWon(quorum) == won)
    }
  }

  @Test("A log finds the last index of a term as a search from end to end does")
  func lastIndexOfTerm() {
    let log = Log(entries([1, 1, 3, 3, 3, 6, 7, 7]))
    for term in 0...8 as ClosedRange<Term> {
      for limit in 0...10 as ClosedRange<LogIndex> {
        let expected = (1...8).last { LogIndex($0) <= limit && log.term(at: LogIndex($0)) == term }.map(
          LogIndex.init)
        #expect(log.lastIndex(ofTerm: term, notAfter: limit) == expected, "term \(term) up to \(limit)")
      }
    }
    #expect((1...8).map { log.firstIndexOfTerm(at: $0) } == [1, 1, 3, 3, 3, 6, 7, 7])
  }

  @Test("A log is a list from 1 with a nothing at 0")
  func logBasics() {
    var log = Log()
    #expect(log.lastIndex == 0 && log.lastTerm == 0 && log.term(at: 0) == 0)
    #expect(log.contains(index: 0, term: 0) && !log.contains(index: 1, term: 0))
    for (index, term) in [1, 2, 2, 5].enumerated() as EnumeratedSequence<[Term]> {
      log.append(entry(term, index + 1))
    }
    #expect(log.contains(index: 3, term: 2) && !log.contains(index: 3, term: 5))
    #expect(log[4] == entry(5, 4))
    #expect(log.slice(from: 2, limit: 2) == [entry(2, 2), entry(2, 3)])
    #expect(log.slice(from: 4, limit: 9) == [entry(5, 4)] && log.slice(from: 5, limit: 9) == [])
    log.truncate(after: 1)
    #expect(log == Log(entries([1])))
  }

  @Test("A log is its entries, whatever its segments and however often it is cut", arguments: [1, 2, 3, 8, 1024])
  func logModel(segment: Int) {
    var log = Log(segment: segment)
    var model: [Entry] = []
    for step in 0..<2_000 {
      let draw = Choices(seed: UInt64(segment)).choose(Purpose(902, "log"), Entities(0), UInt64(step), below: 1_000)
      if draw < 900 {
        let entry = Entry(term: Term(step / 50 + 1), command: Array(repeating: 7, count: Int(draw) % 9))
        log.append(entry)
        model.append(entry)
      } else {
        let kept = Int(draw) * model.count / 1_000
        log.truncate(after: LogIndex(kept))
        model.removeLast(model.count - kept)
      }
      #expect(
        log.lastIndex == LogIndex(model.count) && log.lastFingerprint == model.last?.fingerprint
          && log.lastTerm == model.last?.term ?? 0)
      guard step % 20 == 0 else { continue }
      #expect(Array(log.entries) == model)
      #expect(model.indices.allSatisfy { log[LogIndex($0 + 1)] == model[$0] })
      for first in [0, model.count / 3, model.count] {
        let bytes = model.dropFirst(first).reduce(0) { $0 + $1.count }
        #expect(log.bytes(after: LogIndex(first), through: log.lastIndex) == bytes)
      }
    }
  }

  @Test("Runs of terms: first and last index of each, whatever the segments' size", arguments: [1, 2, 4, 1024])
  func logRuns(segment: Int) {
    let terms: [Term] = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6]
    for cut in 0...terms.count {
      var log = Log(entries(terms), segment: segment)
      log.truncate(after: LogIndex(cut))
      let left = Array(terms.prefix(cut))
      #expect(log == Log(entries(left)) && log.lastTerm == left.last ?? 0)
      for (position, term) in left.enumerated() {
        let first = LogIndex(left.firstIndex(of: term)! + 1)
        #expect(log.term(at: LogIndex(position + 1)) == term)
        #expect(log.firstIndexOfTerm(at: LogIndex(position + 1)) == first)
      }
      for term in 0...7 as ClosedRange<Term> {
        for limit in 0...cut {
          let expected = left.prefix(limit).lastIndex(of: term).map { LogIndex($0 + 1) }
          #expect(
            log.lastIndex(ofTerm: term, notAfter: LogIndex(limit)) == expected, "\(term) up to \(limit) of \(left)")
        }
      }
      log.append(entry(7, cut + 1))
      #expect(log.lastTerm == 7 && log[LogIndex(cut + 1)] == entry(7, cut + 1))
    }
  }

  @Test("A slice keeps to its bytes, and holds one entry at least")
  func sliceBytes() {
    let log = Log(entries([1, 1, 1, 1]))
    #expect(log.slice(from: 1, limit: 9, bytes: 5).count == 2)
    #expect(log.slice(from: 2, limit: 9, bytes: 1).count == 1)
    #expect(log.bytes(after: 1, through: 3) == 4)
  }

  @Test("A follower's match never falls, and a probe under way is not sent twice")
  func progress() {
    var progress = Progress(next: 8)
    #expect(progress.maySend(.standard))
    progress.sent(upTo: 10, bytes: 6)
    #expect(!progress.maySend(.standard))
    // The follower lacks entry 7, and says to try from 4.
    #expect(progress.reject(previous: 7, retry: 4) == true)
    #expect(progress.next == 4 && progress.maySend(.standard))
    // The same rejection again is stale.
    #expect(progress.reject(previous: 7, retry: 2) == false)
    progress.sent(upTo: 6, bytes: 6)
    #expect(progress.acknowledge(upTo: 5) == true)
    #expect(progress.match == 5 && progress.next == 6 && !progress.maySend(.standard))
    #expect(progress.acknowledge(upTo: 6) && progress.maySend(.standard) && progress.mode == .replicate)
    #expect(progress.acknowledge(upTo: 3) == false)
    #expect(progress.match == 6 && progress.next == 7)
    // Nothing can be rejected that is known to match.
    #expect(progress.reject(previous: 6, retry: 1) == false)
  }

  @Test("To a follower that keeps up entries follow unanswered, up to the limits")
  func pipeline() {
    let limits = Limits(entriesInFlight: 4, bytesInFlight: 100)
    var progress = Progress(next: 1)
    #expect(progress.acknowledge(upTo: 0) == false)
    #expect(progress.mode == .replicate)
    progress.sent(upTo: 3, bytes: 30)
    #expect(progress.next == 4 && progress.maySend(limits) && progress.room(limits) == 1)
    progress.sent(upTo: 4, bytes: 10)
    #expect(!progress.maySend(limits) && progress.entriesInFlight == 4)
    #expect(progress.acknowledge(upTo: 2, bytes: 20) && progress.maySend(limits) && progress.room(limits) == 2)
    progress.sent(upTo: 5, bytes: 80)
    #expect(!progress.maySend(limits) && progress.bytesInFlight == 100)
    // A gap: back to one at a time, from what the follower is known to have or says.
    #expect(progress.reject(previous: 5, retry: 4) && progress.mode == .probe && progress.next == 4)
    #expect(progress.bytesInFlight == 0)
  }

  @Test("A lost connection goes back to what is known to match")
  func lostConnection() {
    var progress = Progress(next: 1)
    _ = progress.acknowledge(upTo: 0)
    progress.sent(upTo: 7, bytes: 7)
    _ = progress.acknowledge(upTo: 2, bytes: 2)
    progress.lose()
    #expect(progress.mode == .probe && progress.next == 3 && progress.maySend(.standard))
    // A probe that could not be sent is not sent again before the next round, however often that is said.
    progress.sent(upTo: 7, bytes: 5)
    for _ in 0..<3 {
      progress.lose()
      #expect(!progress.maySend(.standard))
    }
    progress.beginRound()
    #expect(progress.maySend(.standard) && progress.next == 3)
  }

  @Test("A bad guess still goes back by one, and never below what matches")
  func badGuesses() {
    var progress = Progress(next: 5, match: 2)
    #expect(progress.reject(previous: 4, retry: 99) && progress.next == 4)
    #expect(progress.reject(previous: 3, retry: 0) && progress.next == 3)
    #expect(progress.reject(previous: 2, retry: 1) == false && progress.next == 3)
  }

  @Test("A probe that is not answered for two whole rounds is taken for lost")
  func lostEntries() {
    var progress = Progress(next: 1)
    progress.sent(upTo: 3, bytes: 3)
    for _ in 0..<2 {
      progress.beginRound()
      #expect(!progress.maySend(.standard))
    }
    progress.beginRound()
    #expect(progress.maySend(.standard) && progress.next == 1)
  }
}
