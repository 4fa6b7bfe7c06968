extension ScenarioSchema {
  static var meshProperties: [(key: String, value: SchemaValue)] {
    [
      ("topology", topology),
      (
        "hello",
        [
          "description": "Between two hellos to each neighbour; 200ms unless given. none: every link works.",
          "anyOf": [reference("duration", "How long."), ["const": "none"]],
        ]
      ),
      ("patience", integer(1...100, "Silent hellos in a row after which a link is down; 3 unless given.")),
      ("period", reference("duration", "Each node probes another in it; 1s unless given.")),
      ("probe_timeout", reference("duration", "When others are asked to probe; 200ms unless given, or a fifth.")),
      ("proxies", integer(0...100, "How many others are asked; 3 unless given.")),
      ("suspicion", integer(0...1_000, "Periods, times the logarithm of the nodes; 3 unless given.")),
      ("targets", ["enum": .words(Grammar.probeTargets), "default": "random", "description": "Who is probed."]),
      ("dead_contact", integer(0...1_000_000, "Periods between pings to one held dead; 5 unless given. 0: never.")),
      ("refresh", reference("duration", "Between two comparisons with a neighbour's view; 5s unless given.")),
      ("requests", reference("rate", "For random keys, each at a random node; none unless given.")),
      ("timeout", reference("duration", "How long a request waits for its answer; 2s unless given.")),
    ]
  }

  private static var topology: SchemaValue {
    [
      "description": "Who is linked with whom; full unless given.",
      "anyOf": [
        ["enum": ["full", "ring"]],
        map(
          "One of these.",
          [
            (
              "grid",
              map("Rows of nodes.", required: ["columns"], [("columns", integer(1...10_000, "Nodes in a row."))])
            ),
            (
              "random",
              map(
                "Points on a square, linked with those near by.", required: ["degree"],
                [
                  ("degree", integer(0...256, "Neighbours in the mean.")),
                  ("seed", integer(0...Int.max, "Of the points; 1 unless given.")),
                ])
            ),
            (
              "links",
              [
                "type": "array", "description": "Pairs of nodes.",
                "items": ["type": "array", "minItems": 2, "maxItems": 2, "items": reference("nodeName")],
              ]
            ),
          ]),
      ],
    ]
  }
}
