/// JSON whose keys keep their order, so that the schema is the same text each time.
indirect enum SchemaValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  case text(String)
  case number(Int)
  case truth(Bool)
  case list([SchemaValue])
  case map([(key: String, value: SchemaValue)])

  init(stringLiteral value: String) { self = .text(value) }
  init(integerLiteral value: Int) { self = .number(value) }
  init(booleanLiteral value: Bool) { self = .truth(value) }
  init(arrayLiteral elements: SchemaValue...) { self = .list(elements) }
  init(dictionaryLiteral elements: (String, SchemaValue)...) {
    self = .map(elements.map { (key: $0.0, value: $0.1) })
  }

  static func words(_ words: [String]) -> SchemaValue { .list(words.map(SchemaValue.text)) }

  /// Indented by two blanks for each level.
  func json(level: Int = 0) -> String {
    let indent = String(repeating: "  ", count: level + 1)
    let end = "\n" + String(repeating: "  ", count: level)
    switch self {
    case .text(let text): return Self.quoted(text)
    case .number(let number): return "\(number)"
    case .truth(let truth): return truth ? "true" : "false"
    case .list(let elements) where elements.isEmpty: return "[]"
    case .list(let elements):
      return "[\n" + elements.map { indent + $0.json(level: level + 1) }.joined(separator: ",\n") + end + "]"
    case .map(let pairs) where pairs.isEmpty: return "{}"
    case .map(let pairs):
      let lines = pairs.map { "\(indent)\(Self.quoted($0.key)): \($0.value.json(level: level + 1))" }
      return "{\n" + lines.joined(separator: ",\n") + end + "}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" || scalar == "\\" { result += "\\" }
      result.unicodeScalars.append(scalar)
    }
    return result + "\""
  }
}
