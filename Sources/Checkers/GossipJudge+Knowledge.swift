import Node
import Primitives
import Programs

extension GossipJudge {
  // MARK: What a node knows

  /// Walks what the node knows and what there is to know side by side; both ascend.
  mutating func learn(_ known: [UInt64], _ process: Int, _ now: Instant, inNewLife: Bool = false) {
    views[process].known = known.count
    var next = 0
    for position in rumours.indices {
      let number = rumours[position].number
      while next < known.count, known[next] < number {
        invent(known[next], process, now)
        next += 1
      }
      if next < known.count, known[next] == number {
        if rumours[position].knownAt[process] == nil { rumours[position].knownAt[process] = now }
        next += 1
      } else {
        lose(position, process, now, inNewLife: inNewLife)
      }
    }
    for number in known[next...] { invent(number, process, now) }
  }

  private mutating func lose(_ position: Int, _ process: Int, _ now: Instant, inNewLife: Bool) {
    let rumour = rumours[position]
    if inNewLife, rumour.told[process] {
      record(
        GossipInvariant.nothingForgotten, process, now,
        "n\(process + 1) told rumour \(rumour.number) before it restarted; it should know it still.")
    } else if !inNewLife, rumour.knownAt[process] != nil {
      record(
        GossipInvariant.knowledgeGrows, process, now,
        "n\(process + 1) knew rumour \(rumour.number) in this life; it should know it until the life ends.")
    }
    rumours[position].knownAt[process] = nil
    rumours[position].told[process] = false
  }

  private mutating func invent(_ number: UInt64, _ process: Int, _ now: Instant) {
    let place = invented.firstIndex { $0 >= number } ?? invented.count
    guard place == invented.count || invented[place] != number else { return }
    invented.insert(number, at: place)
    record(
      GossipInvariant.nothingInvented, process, now,
      "n\(process + 1) knows rumour \(number), which no request has begun; it should know begun ones only.")
  }

  // MARK: What a node tells

  mutating func survey(_ effects: borrowing Effects<Gossip>, _ process: Int, _ now: Instant) {
    effects.items.lendEach { effect in
      switch effect {
      case .send(let message, _, let token, _):
        // Within a life knowledge only grows, so a message of the same length is the same.
        guard views[process].offers(message.rumours.count, after: token) else { return }
        offer(message.rumours, after: token, process, now)
      case .reply(let request, .begun):
        if let number = views[process].answer(request) { tell([number], process, now) }
      default: break
      }
    }
  }

  private mutating func offer(
    _ told: [UInt64], after token: WriteToken?, _ process: Int, _ now: Instant
  ) {
    guard let token, views[process].completed.map({ token > $0 }) ?? true else { return tell(told, process, now) }
    views[process].wait(told, for: token)
  }

  mutating func tell(_ told: [UInt64], _ process: Int, _ now: Instant) {
    for number in told {
      let (position, isKnown) = place(of: number)
      if isKnown { rumours[position].told[process] = true } else { invent(number, process, now) }
    }
  }
}
