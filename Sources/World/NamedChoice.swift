import Node
import Primitives

/// A choice as people name it: what it is about, which of that kind, counted from 0, and the value it is to have in the
/// place of chance.
@usableFromInline package struct NamedChoice: Hashable, Sendable {
  /// Whom a choice is about.
  @usableFromInline package enum Subject: Hashable, Sendable {
    /// Messages of one kind over one directed link.
    case message(kind: UInt8, from: NodeID, to: NodeID)
    /// A process, its disk included.
    case node(NodeID)
    /// A fault, by its id.
    case fault(UInt32)
    /// An operation of the workload, by its number.
    case operation
  }

  @usableFromInline package var subject: Subject
  /// How many of this kind came before it: messages over the link, syncs of the disk, strikes of the fault.
  @usableFromInline package var number: UInt64
  @usableFromInline package var purpose: Purpose
  @usableFromInline package var value: FixedChoice.Value

  @usableFromInline package init(
    _ subject: Subject, number: UInt64, _ purpose: Purpose, _ value: FixedChoice.Value
  ) {
    self.subject = subject
    self.number = number
    self.purpose = purpose
    self.value = value
  }

  /// Whether both name one choice, whatever its value.
  package func isSameChoice(as other: NamedChoice) -> Bool {
    subject == other.subject && number == other.number && purpose == other.purpose
  }

  /// The same choice by the key that the world draws it with.
  @usableFromInline package var fixed: FixedChoice {
    switch subject {
    case .message(let kind, let from, let to):
      let key = Entities.message(from: Endpoint(from).word, to: Endpoint(to).word, kind: kind, group: 0)
      return FixedChoice(purpose, key, number, value)
    case .node(let node) where purpose == .crashSurvival:
      // What a crash leaves is drawn by the life that it ends; the first is life 1.
      return FixedChoice(purpose, Entities(Endpoint(node).word, number &+ 1), 0, value)
    case .node(let node): return FixedChoice(purpose, Entities(Endpoint(node).word), number, value)
    case .fault(let id): return FixedChoice(purpose, Entities(UInt64(id)), number, value)
    case .operation: return FixedChoice(purpose, Entities(number), 0, value)
    }
  }

  /// The choices that can be fixed by name, in the words of links, disks and faults. A program's own lengths of time
  /// come on top (`Program.lengths`).
  package enum Words {
    package static let message: [Purpose] = [
      .latency, .loss, .filter, .corruption, .duplication, .reordering, .reorderDelay,
    ]
    package static let node: [Purpose] = [
      .diskWrite, .diskSync, .diskFailure, .diskLoss, .crashSurvival, .serviceTime,
    ]
    package static let fault: [Purpose] = [.faultInterval, .faultBranch]
    package static let operation: [Purpose] = [.arrivalInterval, .arrivalTarget]

    /// As scenarios spell it: what is drawn for a link or a disk, by that section's key.
    package static func word(_ purpose: Purpose) -> String {
      switch purpose {
      case .filter: "drop"
      case .diskWrite: "write"
      case .diskSync: "sync"
      case .diskFailure: "failure"
      case .diskLoss: "lost"
      case .crashSurvival: "survival"
      case .serviceTime: "service"
      case .faultInterval, .arrivalInterval: "interval"
      case .faultBranch: "branch"
      case .arrivalTarget: "client"
      default: String("\(purpose.name)".map { $0 == "-" ? "_" : $0 })
      }
    }

    /// Whether it is a length of time, a number or something that happens or not.
    package static func sample(_ purpose: Purpose) -> FixedChoice.Value {
      switch purpose {
      case .loss, .filter, .corruption, .duplication, .reordering, .diskFailure, .diskLoss: .truth(true)
      case .faultBranch, .crashSurvival, .arrivalTarget: .number(0)
      default: .length(.zero)
      }
    }
  }
}

extension Simulation {
  /// Fixed choices that nobody has asked for, by their place in the plan: what was fixed in vain proves nothing.
  var unmadeChoices: [Int] { plan.choices.indices.filter { !wasMade(plan.choices[$0]) } }

  private func wasMade(_ choice: NamedChoice) -> Bool {
    switch choice.subject {
    case .message(let kind, let from, let to):
      guard let link = links.find(from: from, to: to) else { return false }
      return UInt64(links.links[link].ordinals[Int(kind)]) > choice.number
    case .node(let node):
      let disk = processes[node.index].disk
      switch choice.purpose {
      case .diskWrite: return disk.written > choice.number
      case .diskSync, .diskFailure, .diskLoss: return disk.synced > choice.number
      case .serviceTime: return processes[node.index].served > choice.number
      case .crashSurvival: return UInt64(processes[node.index].life) > choice.number
      default:
        guard let slot = P.lengths.firstIndex(of: choice.purpose) else { return false }
        return UInt64(draws[node.index].counts[slot]) > choice.number
      }
    case .fault(let id):
      guard let fault = faults.records.firstIndex(where: { $0.id == id }) else { return false }
      return faults.begun[fault] > choice.number
    case .operation: return operations.arrivals > choice.number
    }
  }
}
