import Primitives
import Programs
import World

extension ScenarioSchema {
  /// One choice, or several about one subject.
  static var choice: SchemaValue {
    ["anyOf": .list([message, node, fault, operation])]
  }

  private static let number = integer(0...Int.max, "How many of these came before it; 0 unless given.")

  private static var messageKinds: [String] {
    (KVMessage.kinds + GossipMessage.kinds + ReplicaMessage.kinds + MeshMessage.kinds).map { "\($0)" }
  }

  private static var message: SchemaValue {
    let host: SchemaValue = ["type": "string"]
    return map(
      "About a message.", required: ["message", "from", "to"],
      [
        ("message", ["enum": .words(messageKinds)]),
        ("from", host), ("to", host), ("number", number),
      ] + words(NamedChoice.Words.message))
  }

  private static var node: SchemaValue {
    map(
      "About a process and its disk.", required: ["node"],
      [("node", ["type": "string"]), ("number", number)] + words(RaftKV.lengths + NamedChoice.Words.node))
  }

  private static var fault: SchemaValue {
    map(
      "About a fault.", required: ["fault"],
      [("fault", integer(1...4_000_000_000, "Its id.")), ("number", number)] + words(NamedChoice.Words.fault))
  }

  private static var operation: SchemaValue {
    map(
      "About an operation of the workload.", required: ["operation"],
      [("operation", integer(0...Int.max, "Its number."))] + words(NamedChoice.Words.operation))
  }

  private static func words(_ purposes: [Purpose]) -> [(key: String, value: SchemaValue)] {
    purposes.map { purpose in
      let value: SchemaValue =
        switch NamedChoice.Words.sample(purpose) {
        case .truth: ["type": "boolean"]
        case .number: ["type": "integer", "minimum": 0]
        case .length: reference("duration")
        }
      return (NamedChoice.Words.word(purpose), value)
    }
  }
}
