import World

extension ScenarioSchema {
  static var schedule: SchemaValue {
    [
      "description": "Which of the events that may go goes next; earliest unless given.",
      "anyOf": [
        ["enum": .words(["earliest", "mixed"] + Grammar.schedules)],
        map(
          "By random priorities.", required: ["pct"],
          [
            (
              "pct",
              map(
                "Probabilistic concurrency testing, within a window of virtual time.",
                [
                  ("depth", integer(1...100, "One more than the changes of priority in a run; 3 unless given.")),
                  ("window", reference("duration", "By how much an event may be late; 5ms unless given.")),
                  (
                    "priorities",
                    [
                      "enum": .words(SchedulePlan.PriorityHolder.allCases.map(\.rawValue)),
                      "description": "What has one: each link and process, or each process with all its links.",
                    ]
                  ),
                ])
            )
          ]),
        map(
          "In order of time, with a few delays.", required: ["delays"],
          [
            (
              "delays",
              map(
                "Delay-bounded scheduling.",
                [
                  ("bound", integer(1...1_000, "Delays in a run; 5 unless given.")),
                  (
                    "by", reference("duration", "How long a delayed link or process is held up; 10ms unless given.")
                  ),
                ])
            )
          ]),
      ],
    ]
  }

  static var sometimes: SchemaValue {
    let mark: SchemaValue = ["enum": .words(Scenario.Mark.allCases.map(\.rawValue))]
    return map(
      "Rare events that some run of a sweep of at least 1,000 seeds meets; judged over all of them.",
      required: ["sometimes"],
      [
        (
          "sometimes",
          [
            "description": "One event, or several, each of which is to be met.",
            "anyOf": [mark, ["type": "array", "minItems": 1, "items": mark]],
          ]
        )
      ])
  }
}
