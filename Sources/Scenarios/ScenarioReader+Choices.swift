import Node
import Primitives
import World

/// Choices that a scenario makes in the place of chance: `{message: VoteReply, from: n2, to: n1, number: 0, drop: true}`.
extension ScenarioReader {
  static func choices(
    _ field: Field?, _ hosts: Hosts, _ faults: [PlannedFault], workload: Bool
  ) throws(Complaint) -> [NamedChoice] {
    let reader = ChoiceReader(hosts: hosts, faults: faults, workload: workload)
    var choices: [NamedChoice] = []
    for element in try field?.list("a list of choices") ?? [] {
      for choice in try reader.choices(element) {
        guard !choices.contains(where: { $0.isSameChoice(as: choice) }) else {
          throw Complaint(at: element.value.place, "\(element.name): this choice is made twice; expected it once")
        }
        choices.append(choice)
      }
    }
    return choices
  }
}

/// Reads one choice, or several about the same message, process, fault or operation.
private struct ChoiceReader {
  let hosts: Hosts
  let faults: [PlannedFault]
  let workload: Bool

  func choices(_ element: Field) throws(Complaint) -> [NamedChoice] {
    guard case .map(let entries) = element.value.content else {
      throw element.complaint(
        expected: "a map such as {message: VoteReply, from: n2, to: n1, number: 0, drop: true}")
    }
    let subjects = Grammar.choiceSubjects
    guard let subject = entries.map(\.key).first(where: subjects.contains) else {
      throw Complaint(
        at: element.value.place,
        "\(element.name): this choice is about nothing; expected one of \(alternatives(subjects))")
    }
    let words = Grammar.choiceWords(subject, hosts.program)
    let others = subject == "message" ? ["from", "to", "number"] : subject == "operation" ? [] : ["number"]
    let fields = try FieldReader(
      element.value, name: element.name, keys: [subject] + others + words.map(NamedChoice.Words.word))
    let (about, number) = try self.subject(subject, fields)
    var choices: [NamedChoice] = []
    for purpose in words {
      guard let field = fields.optional(NamedChoice.Words.word(purpose)) else { continue }
      choices.append(NamedChoice(about, number: number, purpose, try value(field, purpose)))
    }
    guard !choices.isEmpty else {
      throw Complaint(
        at: element.value.place,
        "\(element.name): nothing is chosen here; expected \(alternatives(words.map(NamedChoice.Words.word)))")
    }
    return choices
  }

  private func subject(
    _ subject: String, _ fields: FieldReader
  ) throws(Complaint) -> (NamedChoice.Subject, number: UInt64) {
    let field = try fields.required(subject)
    if subject == "operation" {
      guard workload else {
        throw Complaint(
          at: field.keyPlace, "\(field.name): there are no operations; expected a workload in the scenario")
      }
      return (.operation, try field.integer(in: 0...UInt64.max))
    }
    let number = try fields.optional("number")?.integer(in: 0...UInt64.max) ?? 0
    switch subject {
    case "message":
      let kinds = hosts.program.messageKinds
      let kind = UInt8(kinds.firstIndex(of: try field.word(of: kinds)) ?? 0)
      return (
        .message(kind: kind, from: try host(fields.required("from")), to: try host(fields.required("to"))), number
      )
    case "node": return (.node(try host(field)), number)
    default:
      let id = try field.integer(in: 1...UInt64(UInt32.max))
      guard faults.contains(where: { UInt64($0.id) == id }) else {
        throw field.complaint(expected: "the id of a fault, \(alternatives(faults.prefix(8).map { "\($0.id)" }))")
      }
      return (.fault(UInt32(id)), number)
    }
  }

  private func host(_ field: Field) throws(Complaint) -> NodeID {
    let found = try hosts.hosts(field)
    guard found.count == 1 else { throw field.complaint(expected: "the name of one host") }
    return found[0]
  }

  private func value(_ field: Field, _ purpose: Purpose) throws(Complaint) -> FixedChoice.Value {
    switch NamedChoice.Words.sample(purpose) {
    case .truth: .truth(try field.flag())
    case .number: .number(try field.integer(in: 0...1_000_000))
    case .length: .length(try field.duration())
    }
  }
}

extension Grammar {
  static let choiceSubjects = ["message", "node", "fault", "operation"]

  /// What may be chosen about a subject, in the order in which it is written.
  static func choiceWords(_ subject: String, _ program: Scenario.ProgramChoice) -> [Purpose] {
    switch subject {
    case "message": NamedChoice.Words.message
    case "node": program.lengths + NamedChoice.Words.node
    case "fault": NamedChoice.Words.fault
    default: NamedChoice.Words.operation
    }
  }
}
