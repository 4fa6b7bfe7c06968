/// Which operations may take effect before the one whose end has come.
///
/// These rules keep the ways few, and none of them loses a legal order:
/// - An operation that leaves the state as it is (a read, a compare-and-set that found another value) takes effect
///   as soon as it may: it could be moved there from wherever it stands.
/// - A state that one operation alone can bring about is not left while an operation that needs it is still to
///   take effect: it would not come again.
/// - A write whose value nobody needs any more takes effect just before another write: nobody sees it there.
/// - A write that alone brings about a value which is certainly needed later is tried before its time only where somebody
///   under way needs it: else the value would be overwritten before it is seen.
/// - So is one without which another cannot be, at equal times of one process.
/// - An operation of unknown outcome is used only where what it would write is still needed: else it may be left
///   out, and the state before it stands in its place.
/// - A compare-and-set that is owed another value than the present one may need any change of state: for its sake
///   everything is tried.
extension LinearizabilitySearch {
  /// The configurations one step further, beside the operation in `target`.
  mutating func moves(from configuration: Configuration, towards target: Int) -> [Configuration] {
    var moves: [Configuration] = []
    let wanted = wanted(in: configuration)
    for slot in slots.indices.reversed() where slot != target && slots[slot] >= 0 {
      let item = Int(slots[slot])
      guard !items[item].effect.keepsState, !configuration.done.contains(slot),
        items[item].isAwaited || wanted.wants(items[item].effect, facts)
      else { continue }
      if let next = taking(item, in: configuration) { moves.append(next) }
    }
    for unknown in unknowns where unknown < begun[moment] {
      guard wanted.everything || facts.need(of: items[Int(unknown)].effect) >= moment,
        wanted.wants(items[Int(unknown)].effect, facts), !configuration.used.contains(unknown)
      else { continue }
      if let next = using(Int(unknown), in: configuration) { moves.append(next) }
    }
    return moves
  }

  /// What operations under way need.
  struct Wanted {
    var states: [Int32] = []
    /// The size of the largest set that is to be read.
    var size = -1
    var everything = false
    let moment: Int

    init(at moment: Int) { self.moment = moment }

    func wants(_ effect: Effect, _ facts: LinearizabilityFacts) -> Bool {
      if everything || facts.hasAppends { return true }
      switch effect {
      case .write(let state):
        return states.contains(state) || facts.mayComeEarly(state, at: moment)
      case .cas(_, _, matched: .some): return true
      case .cas(_, let state, matched: nil): return states.contains(state)
      case .add(let element): return facts.ranks[element].map { $0 <= size } ?? false
      default: return true
      }
    }
  }

  private func wanted(in configuration: Configuration) -> Wanted {
    var wanted = Wanted(at: moment)
    for slot in slots.indices where slots[slot] >= 0 && !configuration.done.contains(slot) {
      switch items[Int(slots[slot])].effect {
      case .read(let state):
        wanted.states.append(state)
        if let size = facts.sizes[state] { wanted.size = max(wanted.size, size) }
      case .cas(let state, _, matched: .some(true)): wanted.states.append(state)
      case .cas(let state, _, matched: .some(false)): if state == configuration.state { wanted.everything = true }
      default: break
      }
    }
    // What is used to bring about a wanted state needs one itself.
    for unknown in unknowns where unknown < begun[moment] {
      if case .cas(let state, _, matched: nil) = items[Int(unknown)].effect { wanted.states.append(state) }
    }
    return wanted
  }

  // MARK: Steps

  mutating func taking(_ item: Int, in configuration: Configuration) -> Configuration? {
    budget -= 1
    guard isEnabled(item, configuration), let state = apply(items[item].effect, to: configuration.state),
      !isStillNeeded(configuration, leavingFor: state, by: item)
    else { return nil }
    var next = configuration
    if case .write = items[item].effect { absorb(before: item, &next) }
    next.state = state
    next.done.insert(Int(items[item].slot))
    extend(&next, item)
    settle(&next)
    return next
  }

  private mutating func using(_ item: Int, in configuration: Configuration) -> Configuration? {
    budget -= 1
    guard isEnabled(item, configuration), let state = apply(items[item].effect, to: configuration.state),
      !isStillNeeded(configuration, leavingFor: state, by: item)
    else { return nil }
    var next = configuration
    if case .write = items[item].effect { absorb(before: item, &next) }
    // What changes nothing and hides nothing is of no use.
    guard state != configuration.state || next.length > configuration.length else { return nil }
    next.state = state
    let place = next.used.firstIndex { $0 > Int32(item) } ?? next.used.count
    next.used.insert(Int32(item), at: place)
    extend(&next, item)
    settle(&next)
    return next
  }

  /// Lets everything take effect that leaves the state as it is.
  mutating func settle(_ configuration: inout Configuration) {
    var changed = true
    while changed {
      changed = false
      for slot in slots.indices where slots[slot] >= 0 && !configuration.done.contains(slot) {
        let item = Int(slots[slot])
        guard items[item].effect.keepsState, isEnabled(item, configuration),
          apply(items[item].effect, to: configuration.state) != nil
        else { continue }
        configuration.done.insert(slot)
        extend(&configuration, item)
        changed = true
      }
    }
  }

  /// Lets writes take effect whose values nobody needs any more, unseen just before another one.
  private mutating func absorb(before writer: Int, _ configuration: inout Configuration) {
    guard !facts.hasMismatches, !facts.hasAppends else { return }
    for slot in slots.indices where slots[slot] >= 0 && !configuration.done.contains(slot) {
      let item = Int(slots[slot])
      guard item != writer, case .write(let state) = items[item].effect, facts.need(of: state) < moment,
        isEnabled(item, configuration)
      else { continue }
      configuration.done.insert(slot)
      extend(&configuration, item)
    }
  }

  private mutating func extend(_ configuration: inout Configuration, _ item: Int) {
    chain.append((Int32(item), configuration.last))
    configuration.last = Int32(chain.count - 1)
    configuration.length += 1
  }

  // MARK: Conditions

  private func isEnabled(_ item: Int, _ configuration: Configuration) -> Bool {
    let before = items[item].before
    guard before >= 0, items[Int(before)].slot >= 0 else { return true }
    let slot = Int(items[Int(before)].slot)
    return slots[slot] != before || configuration.done.contains(slot)
  }

  /// Whether the state cannot be left yet, since it will not come again.
  private func isStillNeeded(_ configuration: Configuration, leavingFor state: Int32, by leaver: Int) -> Bool {
    let present = configuration.state
    guard looksAhead, state != present, facts.isUnique(present) else { return false }
    let last = facts.lastCall(needing: present)
    if last >= begun[moment] { return true }
    guard facts.need(of: present) >= moment else { return false }
    for slot in slots.indices where slots[slot] >= 0 && !configuration.done.contains(slot) {
      let item = Int(slots[slot])
      if item != leaver, items[item].effect.observed == present { return true }
    }
    return false
  }

  /// The state after an effect; nil where it cannot be.
  private mutating func apply(_ effect: Effect, to state: Int32) -> Int32? {
    switch effect {
    case .read(let value): state == value ? state : nil
    case .write(let value): value
    case .cas(let expected, let new, let matched):
      switch matched {
      case true?: state == expected ? new : nil
      case false?: state == expected ? nil : state
      case nil: state == expected ? new : state
      }
    case .append(let datum): states.appending(datum, to: state, history)
    case .add(let datum): states.adding(datum, to: state, history)
    }
  }
}
