import Checkers
import Node
import Primitives
import Programs
import Raft
import Testing

@Suite("What the judge sees of disks")
struct DurabilityJudgeTests {
  @Test("An acknowledgement that does not wait breaks promise-before-durable", arguments: [false, true])
  func hastyAcknowledgement(_ hasty: Bool) {
    var stage = Stage()
    stage.append([entry(1)], to: 1, from: 0, term: 1) { if hasty { withoutWaiting(&$0) } }
    #expect(stage.fired == (hasty ? ["promise-before-durable"] : []))
  }

  @Test("So does a heartbeat's answer while the entries are being written", arguments: [false, true])
  func hastyHeartbeat(_ hasty: Bool) {
    var stage = Stage()
    stage.append([entry(1)], to: 1, from: 0, term: 1)
    if !hasty { stage.complete(1) }
    stage.append([], to: 1, from: 0, term: 1, behind: (1, 1), changing: withoutWaiting)
    #expect(stage.fired == (hasty ? ["promise-before-durable"] : []))
  }

  @Test("Waiting for an earlier write is not enough", arguments: [1, 2])
  func wrongToken(_ token: UInt64) {
    var stage = Stage()
    stage.append([entry(1)], to: 1, from: 0, term: 1)
    stage.append([entry(1, opening: 1)], to: 1, from: 0, term: 1, behind: (1, 1)) { effects in
      for position in effects.indices {
        guard case .send(let message, let peer, _, let span) = effects[position] else { continue }
        effects[position] = .send(message, to: peer, after: WriteToken(token), under: span)
      }
    }
    #expect(stage.fired == (token == 1 ? ["promise-before-durable"] : []))
  }

  @Test("A commit of what a minority holds breaks committed-is-durable", arguments: [false, true])
  func forgedAcknowledgement(_ stored: Bool) {
    var stage = Stage()
    stage.elect(0)
    stage.complete(0)
    stage.append([entry(1)], to: 1, from: 0, term: 1)
    if stored { stage.complete(1) }
    stage.acknowledge(1, to: 0, from: 1, term: 1)
    #expect(stage.servers[0].standing.commit == 1)
    #expect(stage.fired == (stored ? [] : ["committed-is-durable"]))
  }

  @Test("A copy that was durable and then truncated does not count", arguments: [false, true])
  func truncatedCopy(_ truncated: Bool) {
    var stage = Stage()
    stage.elect(0)
    stage.complete(0)
    stage.append([entry(1)], to: 1, from: 0, term: 1)
    stage.complete(1)
    if truncated { stage.append([entry(2)], to: 1, from: 2, term: 2) }
    stage.acknowledge(1, to: 0, from: 1, term: 1)
    #expect(stage.fired == (truncated ? ["committed-is-durable"] : []))
  }

  @Test("A write that failed stored nothing", arguments: [false, true])
  func failedWrite(_ fails: Bool) {
    var stage = Stage()
    stage.elect(0)
    stage.complete(0)
    stage.append([entry(1)], to: 1, from: 0, term: 1)
    if fails { stage.step(1, .writeFailed(WriteToken(1))) }
    stage.complete(1)
    stage.acknowledge(1, to: 0, from: 1, term: 1)
    #expect(stage.fired == (fails ? ["committed-is-durable"] : []))
  }

  @Test("An outcome of what a minority holds breaks acknowledged-is-durable", arguments: [false, true])
  func earlyOutcome(_ stored: Bool) {
    var stage = Stage()
    stage.append([entry(1)], to: 1, from: 0, term: 1)
    stage.complete(1)
    stage.append([entry(1)], to: 2, from: 0, term: 1)
    if stored { stage.complete(2) }
    stage.append([], to: 1, from: 0, term: 1, behind: (1, 1), commit: 1) { effects in
      let response = KVResponse(request: RequestID(1), attempt: 1, answer: .outcome(KVOutcome(.done, index: 1)))
      effects.append(.send(.response(response), to: Endpoint(NodeID(9)), after: nil, under: nil))
    }
    #expect(stage.fired == (stored ? [] : ["acknowledged-is-durable"]))
  }

  @Test("A refusal promises nothing")
  func refusal() {
    var stage = Stage()
    stage.append([entry(1)], to: 1, from: 0, term: 1, commit: 1) { effects in
      let response = KVResponse(request: RequestID(1), attempt: 1, answer: .refused(leader: nil))
      effects.append(.send(.response(response), to: Endpoint(NodeID(9)), after: nil, under: nil))
    }
    #expect(stage.fired == [])
  }

  @Test("A durable vote that is not found again breaks recovered-state", arguments: [false, true])
  func lostVote(_ completed: Bool) {
    var stage = Stage()
    stage.askVote(of: 1, for: 0, term: 1)
    if completed { stage.complete(1) }
    stage.crash(1)
    stage.restart(1, finding: HardState(term: 1))
    #expect(stage.fired == (completed ? ["recovered-state"] : []))
  }

  @Test("A vote on disk that the program forgets breaks recovered-state", arguments: [false, true])
  func forgottenVote(_ forgets: Bool) {
    var other = Stage()
    other.restart(1, finding: HardState(term: 1))
    var stage = Stage()
    stage.restart(1, finding: HardState(term: 1, vote: NodeID(0)), showing: forgets ? other.servers[1] : nil)
    #expect(stage.fired == (forgets ? ["recovered-state"] : []))
  }

  @Test("A durable entry that is not found again breaks recovered-state", arguments: [false, true])
  func lostEntry(_ completed: Bool) {
    var stage = Stage()
    stage.append([entry(1)], to: 1, from: 0, term: 1)
    if completed { stage.complete(1) }
    stage.crash(1)
    stage.restart(1, finding: HardState(term: 1))
    #expect(stage.fired == (completed ? ["recovered-state"] : []))
  }

  @Test(
    "Of a truncation under way either side may be found",
    arguments: [[entry(1), entry(1, opening: 1)], [entry(1)], [entry(1), entry(2)], []])
  func truncationUnderWay(_ found: [Entry]) {
    var stage = Stage()
    stage.append([entry(1), entry(1, opening: 1)], to: 1, from: 0, term: 1)
    stage.complete(1)
    stage.append([entry(2)], to: 1, from: 0, term: 2, behind: (1, 1))
    stage.crash(1)
    stage.restart(1, finding: HardState(term: 1), found)
    #expect(stage.fired == (found.isEmpty ? ["recovered-state"] : []))
  }

  @Test("More may be found than was durable, and counts as durable from then on")
  func foundMore() {
    var stage = Stage()
    stage.append([entry(1)], to: 1, from: 0, term: 1)
    stage.crash(1)
    stage.restart(1, finding: HardState(term: 1), [entry(1)])
    stage.append([], to: 1, from: 0, term: 1, behind: (1, 1))
    stage.crash(1)
    #expect(stage.fired == [])
    stage.restart(1, finding: HardState(term: 1))
    #expect(stage.fired == ["recovered-state"])
  }

  @Test("An entry that the disk has damaged is no fault of the server, but its vote is", arguments: [false, true])
  func damagedEntry(_ votes: Bool) {
    var stage = Stage()
    stage.append([entry(1), entry(1, opening: 1)], to: 1, from: 0, term: 1)
    stage.complete(1)
    stage.append([], to: 1, from: 0, term: 1, behind: (2, 1), commit: 2)
    stage.crash(1)
    stage.restart(1, finding: HardState(term: 1), [entry(1), entry(1, opening: 1)], damaged: 0)
    #expect(stage.fired == [])
    stage.complete(1)
    stage.askVote(of: 1, for: 2, term: 2) { effects in
      guard votes else { return }
      effects = [
        .replace(KVRecord.hardStateFile, with: .hardState(HardState(term: 2, vote: NodeID(2)))),
        .sync(WriteToken(9), directory: true),
        .send(
          .raft(.voteReply(VoteReply(term: 2, granted: true))), to: Endpoint(NodeID(2)), after: WriteToken(9),
          under: nil),
      ]
    }
    #expect(stage.fired == (votes ? ["impaired-abstains"] : []))
  }

  @Test("A disk that has forgotten is no fault of the server")
  func forgotten() {
    var stage = Stage()
    stage.append([entry(1)], to: 1, from: 0, term: 1)
    stage.complete(1)
    stage.judge.observeForgetting(process: 1)
    stage.crash(1)
    stage.restart(1, finding: HardState(term: 1))
    #expect(stage.fired == [])
  }

  @Test("A copy of a judge judges on its own")
  func copies() {
    var stage = Stage()
    stage.elect(0)
    var fork = stage
    fork.elect(2)
    #expect(fork.fired == ["election-safety"])
    #expect(stage.fired == [])
    stage.campaign(2)
    stage.elect(2)
    #expect(stage.fired == [])
  }

  @Test("After a hundred violations nothing more is recorded")
  func enough() {
    var stage = Stage()
    for term in 1...150 { stage.askVote(of: 1, for: 0, term: Term(term), changing: withoutWaiting) }
    #expect(stage.judge.violations.count == 100)
  }
}
