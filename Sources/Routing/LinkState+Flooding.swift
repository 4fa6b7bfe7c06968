import Primitives

extension LinkState {
  // MARK: The adverts

  /// What is known of a node's links, nil where nothing was ever heard; O(log adverts).
  public func advert(of origin: NodeID) -> Advert? {
    let place = place(of: origin)
    return place < adverts.count && adverts[place].origin == origin ? adverts[place] : nil
  }

  /// Whether neither end says that the link is down. False where there is none.
  public func isUp(link first: NodeID, _ second: NodeID) -> Bool {
    guard topology.contains(link: first, second) else { return false }
    return advert(of: first)?.saysDown(second) != true && advert(of: second)?.saysDown(first) != true
  }

  private func place(of origin: NodeID) -> Int {
    var (low, high) = (0, adverts.count)
    while low < high {
      let middle = (low + high) / 2
      if adverts[middle].origin < origin { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// In the place of the older one. Returns whether a link has changed by it.
  @discardableResult
  mutating func install(_ advert: Advert) -> Bool {
    let place = place(of: advert.origin)
    sum &+= advert.fingerprint
    var former = Advert.none(of: advert.origin)
    let isKnown = place < adverts.count && adverts[place].origin == advert.origin
    if isKnown {
      former = adverts[place]
      sum &-= former.fingerprint
    }
    let isChange = former.links != advert.links
    let before = isChange && paths != nil ? costs(ofLinksIn: former, advert) : []
    if isKnown { adverts[place] = advert } else { adverts.insert(advert, at: place) }
    if isChange, paths != nil, changesPaths(before, costs(ofLinksIn: former, advert)) { paths = nil }
    return isChange
  }

  /// Whether the topology has the links that the advert speaks of. Damaged bytes may decode to anything.
  private func fits(_ advert: Advert) -> Bool {
    guard advert.origin.index < topology.nodes, advert.sequence > 0, advert.sequence < Advert.sequenceBound else {
      return false
    }
    var former: NodeID?
    for link in advert.links {
      guard former.map({ $0 < link.neighbour }) ?? true, topology.contains(link: advert.origin, link.neighbour),
        (1...Topology.highestCost).contains(link.cost)
      else { return false }
      former = link.neighbour
    }
    return true
  }

  // MARK: Flooding

  mutating func learn(_ heard: ContiguousArray<Advert>, from sender: NodeID, _ actions: inout Outbox<Action>) {
    var news: ContiguousArray<Advert> = []
    var own: ContiguousArray<Advert> = []
    var owed: ContiguousArray<Advert> = []
    var isChange = false
    for advert in heard where fits(advert) {
      let known = self.advert(of: advert.origin) ?? .none(of: advert.origin)
      if !advert.isNewer(than: known) {
        // Who says older things of itself than are known of it has begun a new life and not heard of the last.
        if advert.origin == sender, advert != known { owed.append(known) }
      } else if advert.origin != id || advert.links == known.links {
        if install(advert) { isChange = true }
        news.append(advert)
      } else {
        // Its own, from an earlier life. To go on above it makes it void (section 13.4).
        let newer = Advert(origin: id, sequence: advert.sequence + 1, links: known.links)
        install(newer)
        own = [newer]
      }
    }
    send(owed, to: sender, &actions)
    flood(news, own: own, from: sender, &actions)
    if isChange { actions.append(.routesChanged) }
  }

  /// Sends on what was heard to all neighbours but the one it came from, and the node's own to that one too.
  ///
  /// - Parameter closed: whether the node's own go over links that are down here too: the other direction may work, and
  ///   who sends into a hole has to be told.
  func flood(
    _ news: ContiguousArray<Advert>, own: ContiguousArray<Advert>, from sender: NodeID?,
    overClosed closed: Bool = false, _ actions: inout Outbox<Action>
  ) {
    guard !news.isEmpty || !own.isEmpty else { return }
    let messages = messages(of: news + own)
    for neighbour in topology.neighbours(of: id) where isOpen(to: neighbour) {
      if neighbour == sender {
        send(own, to: neighbour, &actions)
      } else {
        for message in messages { actions.append(.send(message, to: neighbour)) }
      }
    }
    if closed { tellClosed(own, &actions) }
  }

  /// Sends what the node says of its own links over those that are down.
  func tellClosed(_ own: ContiguousArray<Advert>, _ actions: inout Outbox<Action>) {
    for report in ownLinks where report.isDown { send(own, to: report.neighbour, &actions) }
  }

  private func send(_ adverts: ContiguousArray<Advert>, to neighbour: NodeID, _ actions: inout Outbox<Action>) {
    for message in messages(of: adverts) { actions.append(.send(message, to: neighbour)) }
  }

  private func messages(of adverts: ContiguousArray<Advert>) -> [Message] {
    stride(from: 0, to: adverts.count, by: settings.advertsPerMessage).map { first in
      .adverts(ContiguousArray(adverts[first..<min(adverts.count, first + settings.advertsPerMessage)]))
    }
  }

  // MARK: Repair

  func summary(isAnswer: Bool) -> Summary {
    Summary(count: UInt32(adverts.count), sum: sum, isAnswer: isAnswer)
  }

  /// Sends a summary to the neighbour whose turn it is; those behind links that are down are passed over.
  mutating func askNext(_ actions: inout Outbox<Action>) {
    let neighbours = topology.neighbours(of: id)
    for _ in neighbours {
      let neighbour = neighbours[turn]
      turn = (turn + 1) % neighbours.count
      guard isOpen(to: neighbour) else { continue }
      actions.append(.send(.summary(summary(isAnswer: false)), to: neighbour))
      return
    }
  }

  /// The same view needs no word. Else the sender gets all there is; and, so that it can tell what is still lacking
  /// here, a summary after it.
  func compare(_ theirs: Summary, of sender: NodeID, _ actions: inout Outbox<Action>) {
    guard theirs.count != UInt32(adverts.count) || theirs.sum != sum else { return }
    send(adverts, to: sender, &actions)
    if !theirs.isAnswer { actions.append(.send(.summary(summary(isAnswer: true)), to: sender)) }
  }

  // MARK: Digest

  /// Everything that decides how the node goes on. There are no moments in it: time is the caller's timer's.
  public func fold(into digest: inout Digest, at _: Instant) {
    digest.fold(UInt64(turn), UInt64(adverts.count))
    for advert in adverts { advert.fold(into: &digest) }
  }
}

extension Advert {
  func saysDown(_ neighbour: NodeID) -> Bool {
    var (low, high) = (0, links.count)
    while low < high {
      let middle = (low + high) / 2
      if links[middle].neighbour < neighbour { low = middle + 1 } else { high = middle }
    }
    return low < links.count && links[low].neighbour == neighbour && links[low].isDown
  }

  /// What counts before a node has said anything: the topology.
  static func none(of origin: NodeID) -> Advert { Advert(origin: origin, sequence: 0, links: []) }
}
