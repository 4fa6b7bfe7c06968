extension ScenarioSchema {
  static var sweep: SchemaValue {
    map(
      "What a sweep runs; a single run takes no notice of it.",
      [
        (
          "seeds",
          [
            "type": "string", "pattern": #"^[0-9]+\.\.[0-9]+$"#,
            "description": "From the first to the last, both included, such as 1..1000.",
          ]
        ),
        (
          "vary",
          [
            "type": "object", "minProperties": 1,
            "description": "Alternatives by dotted path, as in --set; each combination is a point of the grid.",
            "additionalProperties": ["type": "array", "minItems": 1],
          ]
        ),
      ])
  }
}
