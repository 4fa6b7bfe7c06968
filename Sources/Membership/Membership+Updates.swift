import Primitives

/// Dissemination on the back of other messages (section 4.1), suspicion and its refutation (section 4.2).
extension Membership {
  // MARK: Learning

  mutating func learn(
    _ update: Update, _ evidence: Evidence, at now: Instant, _ actions: inout Outbox<Action>
  ) {
    if update.node == id {
      answer(update, &actions)
      return
    }
    guard isMember(update.node), let former = roster.take(update) else { return }
    news.add(update, first: false)
    if former == .suspect { stopSuspicion(of: update.node) }
    switch update.status {
    case .alive: if former != .alive { actions.append(.alive(update.node, after: former)) }
    case .suspect:
      // A member that was held dead has been alive since, if it is suspect in a later incarnation.
      let end = now + settings.suspicionTimeout(members: members)
      suspicions.append(Suspicion(node: update.node, end: end))
      if former != .suspect { actions.append(.suspected(update.node, evidence)) }
    case .dead: if former != .dead { actions.append(.confirmed(update.node, evidence)) }
    }
  }

  /// Hears about itself.
  private mutating func answer(_ update: Update, _ actions: inout Outbox<Action>) {
    guard update.status != .alive else {
      // Of a life that this one knows nothing about.
      incarnation = max(incarnation, update.incarnation)
      return
    }
    if update.incarnation >= incarnation {
      // There is no higher one left; only damage counts so far.
      guard update.incarnation < .max else { return }
      incarnation = update.incarnation + 1
      // Whoever is suspected without cause is slow itself, as a rule.
      health = min(health + 1, settings.localHealthLimit)
      actions.append(.refuted(incarnation: incarnation))
    }
    // Also to who has missed an earlier refutation: it would be told by nobody else.
    news.add(Update(id, .alive, incarnation: incarnation), first: true)
  }

  // MARK: Suspicions

  private mutating func stopSuspicion(of node: NodeID) {
    if let place = suspicions.firstIndex(where: { $0.node == node }) { suspicions.remove(at: place) }
    if suspicions.isEmpty { suspicions = [] }
  }

  mutating func endSuspicions(at now: Instant, _ actions: inout Outbox<Action>) {
    while let first = suspicions.first, first.end <= now {
      let held = roster.held(about: first.node)
      learn(Update(first.node, .dead, incarnation: held.incarnation), .own, at: now, &actions)
    }
  }

  /// Keeps the timer at the end of the oldest suspicion.
  mutating func watchSuspicions(at now: Instant, _ actions: inout Outbox<Action>) {
    let due = suspicions.first?.end
    guard due != suspicionDue else { return }
    suspicionDue = due
    if let due {
      actions.append(.setTimer(.suspicion, after: max(.zero, due - now)))
    } else {
      actions.append(.cancelTimer(.suspicion))
    }
  }

  // MARK: Telling

  /// Sends the next message of the probe that `message` belongs to.
  mutating func send(
    _ form: Message.Form, in message: Message, to receiver: NodeID, _ actions: inout Outbox<Action>
  ) {
    send(
      form, sequence: message.sequence, initiator: message.initiator, target: message.target, to: receiver, &actions
    )
  }

  /// - Parameter first: what the message tells before all else; otherwise what is held about the receiver, if it
  ///   should refute it.
  mutating func send(
    _ form: Message.Form, sequence: UInt32, initiator: NodeID, target: NodeID, to receiver: NodeID,
    first: Update? = nil, _ actions: inout Outbox<Action>
  ) {
    var updates: [Update] = []
    var first = first
    if first == nil, roster.suspects + roster.dead > 0 {
      let held = roster.held(about: receiver)
      if held.status != .alive { first = held }
    }
    if first != nil || !news.isEmpty {
      updates.reserveCapacity(min(settings.updatesPerMessage, news.items.count + 1))
      if let first { updates.append(first) }
      news.take(
        settings.updatesPerMessage - updates.count, besides: first?.node,
        limit: UInt16(settings.transmissions(members: members)), into: &updates)
    }
    let message = Message(form, sequence: sequence, initiator: initiator, target: target, updates: updates)
    actions.append(.send(message, to: receiver))
  }
}
