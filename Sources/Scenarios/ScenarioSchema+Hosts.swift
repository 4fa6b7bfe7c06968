import World

/// What is said of hosts: where they stand, their disks and clocks.
extension ScenarioSchema {
  static func domains(_ domain: FailureDomain) -> (key: String, value: SchemaValue) {
    (
      "\(domain.rawValue)s",
      [
        "description": .text("Nodes that share a \(domain.rawValue), by its name; a node is in one at most."),
        "type": "object", "minProperties": 1, "additionalProperties": reference("hosts"),
        "propertyNames": ["pattern": "^[a-z0-9][a-z0-9-]{0,31}$", "not": ["enum": .words(Grammar.domainWords)]],
      ]
    )
  }

  /// The nodes of one, in a fault.
  static func domain(_ domain: FailureDomain) -> SchemaValue {
    map(
      "The nodes of a \(domain.rawValue).", required: [domain.rawValue],
      [(domain.rawValue, ["type": "string", "description": "Its name, or random, or leader for the leader's."])])
  }

  static var disks: SchemaValue {
    map(
      "All disks, and some that differ.",
      diskProperties + [
        (
          "budget",
          [
            "enum": .words(DiskBudget.allCases.map(\.rawValue)), "default": "recoverable",
            "description": "Whether disk faults stay within what a correct cluster recovers from.",
          ]
        ),
        (
          "hosts",
          [
            "type": "array", "description": "Disks that differ, later ones over earlier ones.",
            "items": map(
              "The disks of some nodes.", required: ["nodes"], [("nodes", reference("hosts"))] + diskProperties),
          ]
        ),
      ])
  }

  static var diskProperties: [(key: String, value: SchemaValue)] {
    [
      ("write", reference("distribution", "Time that a write keeps the disk busy; 0s unless given.")),
      ("sync", reference("distribution", "Time that a sync takes; 1ms unless given.")),
      (
        "failure",
        reference("percentage", "Syncs that fail, and whose writes no later sync makes good; 0% unless given.")
      ),
      (
        "lost",
        reference("percentage", "Syncs that report success and leave all in a cache that a crash empties; 0%.")
      ),
      (
        "misdirected",
        reference("percentage", "Appended records that land in the place of another; 0% unless given.")
      ),
      (
        "unsynced",
        [
          "enum": .words(DiskProfile.Unsynced.allCases.map(\.rawValue)), "default": "sectors",
          "description": "What a crash leaves of unsynced writes: any of their sectors, or nothing.",
        ]
      ),
    ]
  }

  static var resources: SchemaValue {
    map(
      "What every host gives its process.",
      [
        ("memory", reference("size", "A process that takes so much is ended; without limit unless given.")),
        ("idle", reference("size", "What a process takes that does nothing; 0B unless given.")),
      ])
  }

  static var clocks: SchemaValue {
    let error = "A percentage from 0% to 50%, such as 0.01%."
    return map(
      "All hosts' clocks, clients' included, and some that differ.",
      [
        (
          "drift",
          reference("percentage", "Each runs fast or slow by its own constant up to this; 0% unless given.")
        ),
        ("offset", reference("duration", "Each wall clock is off by up to this, either way; 0s unless given.")),
        (
          "hosts",
          [
            "type": "array", "description": "Clocks that run otherwise; later ones win.",
            "items": oneOf(
              Grammar.clock,
              in: map(
                "The clocks of some hosts.", required: ["nodes"],
                [
                  ("nodes", reference("hosts")),
                  ("drift", reference("percentage", "Up to this, either way. " + error)),
                  ("fast", reference("percentage", "By just this. " + error)),
                  ("slow", reference("percentage", "By just this. " + error)),
                  ("offset", reference("duration", "Of the wall clock, up to this, either way.")),
                ])),
          ]
        ),
      ])
  }
}
