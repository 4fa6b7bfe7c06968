import Primitives
import Raft

extension Stage {
  // MARK: Clients

  mutating func propose(_ texts: [String], to node: Int) {
    let name = Words.node(node)
    // In one step: what is proposed in one go travels together.
    var answers: [(String, Proposal)] = []
    step(node) { raft, _, actions in
      for text in texts { answers.append((text, raft.propose(Array(text.utf8), &actions))) }
    }
    for (text, answer) in answers {
      switch answer {
      case .accepted: break
      case .notLeader:
        let raft = servers[node].raft
        let why = raft.role == .leader ? "it hands over" : "it is not the leader"
        tell("\(name) does not take \"\(text)\": \(why)")
      case .overloaded: tell("\(name) does not take \"\(text)\": too much waits to be committed")
      }
    }
  }

  mutating func read(_ node: Int) {
    let name = Words.node(node)
    let answer = servers[node].raft.read()
    switch answer {
    case .waiting(let ticket): tell("\(name) takes read \(Words.ticket(ticket))")
    case .notLeader: tell("\(name) takes no read: it knows no leader")
    case .overloaded: tell("\(name) takes no read: too many wait")
    }
    // Carries out what the read owes.
    step(node) { _, _, _ in }
  }

  mutating func leaseRead(_ node: Int) {
    let server = servers[node]
    if server.raft.holdsLease(at: server.time) {
      tell("\(Words.node(node)) answers on its lease at index \(server.raft.commit)")
    } else {
      tell("\(Words.node(node)) holds no lease")
    }
  }

  mutating func change(_ change: MembershipChange, at node: Int) {
    let name = Words.node(node)
    var reason: String?
    step(node) { raft, _, actions in
      do throws(MembershipRefusal) {
        let index = try raft.change(change, &actions)
        if index == nil { reason = "changes nothing: the membership is so already" }
      } catch {
        reason = "does not change the membership: \(error.words)"
      }
    }
    if let reason { tell("\(name) \(reason)") }
  }

  mutating func handOver(from node: Int, to successor: Int?) {
    var reason: String?
    step(node) { raft, now, actions in
      do throws(HandoverRefusal) {
        try raft.handOver(to: successor.map { NodeID(UInt32($0)) }, at: now, &actions)
      } catch {
        reason = error.words
      }
    }
    if let reason {
      tell("\(Words.node(node)) does not hand over: \(reason)")
    } else if successor == nil, let chosen = servers[node].raft.referral {
      tell("\(Words.node(node)) hands over to \(Words.node(chosen.index))")
    }
  }

  mutating func takeSnapshot(_ node: Int) {
    guard servers[node].raft.commit > 0 else {
      tell("\(Words.node(node)) takes no snapshot: nothing is committed")
      return
    }
    let snapshot = servers[node].snapshot
    var isOfUse = true
    step(node) { raft, _, actions in isOfUse = raft.compact(with: snapshot, &actions) }
    if !isOfUse { tell("\(Words.node(node)) takes no snapshot: it has one of as much, or one is being stored") }
  }

  // MARK: Selected messages

  /// The places of what is selected, in the order of the selection's numbers or of the network.
  private func places(_ selection: Selection) -> [Int] {
    if !selection.numbers.isEmpty {
      return selection.numbers.compactMap { number in network.firstIndex { $0.number == number } }
    }
    let places = network.indices.filter { selection.covers(network[$0]) }
    guard case .first(let count) = selection.amount else { return places }
    return Array(places.prefix(count))
  }

  mutating func deliver(_ selection: Selection) {
    var numbers: [UInt64] = []
    if !selection.numbers.isEmpty {
      numbers = selection.numbers
    } else {
      let candidates = network.filter { selection.covers($0) && !$0.isHeld }
      switch selection.amount {
      case .present, .all: numbers = candidates.map(\.number)
      case .first(let count): numbers = candidates.prefix(count).map(\.number)
      }
    }
    for number in numbers {
      if let place = network.firstIndex(where: { $0.number == number }) { deliver(at: place) }
    }
    guard selection.amount == .all else { return }
    for _ in 0..<20_000 {
      guard let place = network.firstIndex(where: { selection.covers($0) && !$0.isHeld }) else { return }
      deliver(at: place)
    }
    tell("the servers do not fall silent")
  }

  mutating func drop(_ selection: Selection) {
    let numbers = places(selection).map { network[$0].number }
    let gone = Set(numbers)
    network.removeAll { gone.contains($0.number) }
    for number in numbers { tell("m\(number) is lost") }
  }

  mutating func duplicate(_ selection: Selection) {
    for number in places(selection).map({ network[$0].number }) {
      if let place = network.firstIndex(where: { $0.number == number }) { duplicate(at: place) }
    }
  }

  mutating func corrupt(_ selection: Selection) {
    for place in places(selection) { corrupt(at: place) }
  }

  mutating func setHeld(_ isHeld: Bool, _ selection: Selection) {
    for place in places(selection) where network[place].isHeld != isHeld {
      network[place].isHeld = isHeld
      tell("m\(network[place].number) is \(isHeld ? "held back" : "under way again")")
    }
  }

  /// Turns the order of what is selected round; numbers say the new order themselves.
  mutating func reorder(_ selection: Selection) {
    let chosen = places(selection)
    let order = selection.numbers.isEmpty ? Array(chosen.reversed()) : chosen
    let moved = order.map { network[$0] }
    for (place, envelope) in zip(chosen.sorted(), moved) { network[place] = envelope }
    if !moved.isEmpty { tell("now in the order " + moved.map { "m\($0.number)" }.joined(separator: " ")) }
  }

  // MARK: Surroundings

  mutating func cut(from: [Int], to: [Int]) {
    for sender in from { for receiver in to { cuts.insert([sender, receiver]) } }
  }

  /// What was under way between the two is lost, and both are told.
  mutating func disconnect(_ left: Int, _ right: Int) {
    let isBetween = { (envelope: Envelope) in
      (envelope.from, envelope.to) == (left, right) || (envelope.from, envelope.to) == (right, left)
    }
    let lost = network.filter(isBetween)
    network.removeAll(where: isBetween)
    for envelope in lost { tell("m\(envelope.number) is lost") }
    for (node, other) in [(left, right), (right, left)] where servers[node].isUp {
      let peer = servers[other].raft.id
      step(node) { raft, _, _ in raft.connectionLost(to: peer) }
    }
  }

  mutating func crash(_ node: Int, keepsLog: Bool) {
    servers[node].crash(keepsLog: keepsLog)
    tell("\(Words.node(node)) is down")
  }

  mutating func restart(_ node: Int) {
    servers[node].restart()
    let state = ServerState(servers[node])
    let vote = Words.node(servers[node].raft.state.vote)
    tell("\(Words.node(node)) is up in term \(state.term), vote \(vote), log \(Words.log(state))")
    start(node)
  }

  mutating func setDisks(isPrompt: Bool) {
    promptDisks = isPrompt
    guard isPrompt else { return }
    for node in servers.indices { while !servers[node].writes.isEmpty { finishWrite(node) } }
  }

  // MARK: Showing

  mutating func show(_ node: Int?) {
    for node in node.map({ [$0] }) ?? Array(servers.indices) {
      tell(ServerState(servers[node]).sentence)
      let raft = servers[node].raft
      guard servers[node].isUp, raft.role == .leader, !isTerse else { continue }
      for (place, progress) in raft.progress.enumerated() where raft.members[place] != raft.id {
        let mode =
          switch progress.mode {
          case .probe: "probing"
          case .replicate: "replicating, \(progress.entriesInFlight) in flight"
          case .snapshot: "sent a snapshot"
          }
        tell("  \(Words.node(raft.members[place])): next \(progress.next), match \(progress.match), \(mode)")
      }
    }
  }

  mutating func showLog(_ node: Int?) {
    for node in node.map({ [$0] }) ?? Array(servers.indices) {
      let server = servers[node]
      let entries = server.isUp ? server.raft.log.entries : server.durable.entries
      let first = server.isUp ? server.raft.log.base + 1 : server.durable.first
      let snapshot = server.isUp ? server.raft.snapshot : server.durable.snapshot
      let stands = snapshot.map { "a snapshot up to \(Words.snapshot($0.name)), then " } ?? ""
      tell("\(Words.node(node)): \(stands)" + (entries.isEmpty ? "empty" : Words.entries(entries, from: first)))
    }
  }

  mutating func showNetwork() {
    for envelope in network {
      let line = "\(Words.node(envelope.from)) -> \(Words.node(envelope.to)) m\(envelope.number)"
      tell("\(line): \(Words.message(envelope.message))\(envelope.isHeld ? " (held back)" : "")")
    }
    if network.isEmpty { tell("nothing is under way") }
  }
}
