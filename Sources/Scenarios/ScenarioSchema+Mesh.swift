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
      ("work", reference("distribution", "What a request takes of its owner's processor; nothing unless given.")),
      ("memory", reference("size", "What a request holds of its owner's memory; 0B unless given. Only with work.")),
      ("queue", integer(1...1_000_000, "Requests that an owner has under way; 64 unless given. Only with work.")),
      (
        "healing",
        [
          "description": "Whether nodes heal what they find wrong; off unless given.",
          "anyOf": [["enum": ["off", "on"]], map("How.", healing)],
        ]
      ),
    ]
  }

  private static var healing: [(key: String, value: SchemaValue)] {
    let intervals = Grammar.modes.map { ($0, reference("duration")) }
    let thresholds: [(key: String, value: SchemaValue)] =
      Grammar.thresholds.dropLast().map { ($0, reference("percentage", "From 1% to 99%.")) }
      + [("latency", reference("duration", "Three times what is usual, and more, unless given."))]
    return [
      (
        "council",
        [
          "description": "The nodes that decide for all, or how many; 5 unless given.",
          "anyOf": [integer(1...25, "So many."), reference("hosts")],
        ]
      ),
      ("election_timeout", reference("range", "Of the council; 1s..2s unless given.")),
      ("heartbeat", reference("duration", "Of the council's leader; 250ms unless given.")),
      (
        "interval",
        [
          "description": "Between two turns of a loop: 60s, 15s, 3s and 5s by mode unless given.",
          "anyOf": [reference("duration", "In every mode at most."), map("By mode.", intervals)],
        ]
      ),
      ("thresholds", map("Above which something is wrong.", thresholds)),
      (
        "remedies",
        [
          "type": "array", "description": "What may be done; all unless given.",
          "items": ["enum": .words(Grammar.remedies)],
        ]
      ),
      ("cooldown", reference("duration", "Before the same is done to the same node again; 30s unless given.")),
      ("patience", reference("duration", "How long a remedy may take to help; 15s unless given.")),
      ("well_for", reference("duration", "Before a node may serve again; 10s unless given.")),
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
