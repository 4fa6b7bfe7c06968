extension ScenarioSchema {
  private static let durationPattern = #"([0-9]+(\.[0-9]+)?(ns|us|µs|μs|ms|s|m|h|d))+"#

  /// What several places share: quantities, hosts and faults.
  static var definitions: SchemaValue {
    [
      "duration": [
        "type": "string", "pattern": .text("^\(durationPattern)$"),
        "description": "A number with its unit (ns, us, ms, s, m, h, d), such as 10ms or 1m30s; at most 10 years.",
      ],
      "range": [
        "description": "Two durations, the first below the second: 150ms..300ms.",
        "anyOf": [
          ["type": "string", "pattern": .text("^\(durationPattern)\\.\\.\(durationPattern)$")],
          ["type": "array", "minItems": 2, "maxItems": 2, "items": reference("duration")],
        ],
      ],
      "percentage": [
        "type": "string", "pattern": #"^[0-9]+(\.[0-9]+)?%$"#, "description": "From 0% to 100%, such as 0.1%.",
      ],
      "size": [
        "type": "string", "pattern": #"^[0-9]+(\.[0-9]+)?(B|kB|MB|GB|KiB|MiB|GiB)$"#,
        "description": "Bytes, such as 64kB or 1MiB.",
      ],
      "distribution": distribution,
      "nodeName": [
        "type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,31}$",
        "description": "Not c and a number, which is a client's, and no word that selects hosts.",
      ],
      "hostName": ["type": "string", "description": "A node, or a client: c1, c2, …."],
      "hosts": [
        "description": "One host or several.",
        "anyOf": [reference("hostName"), ["type": "array", "minItems": 1, "items": reference("hostName")]],
      ],
      "selector": [
        "description": "Hosts by name, or a word that is resolved when the fault begins.",
        "anyOf": [
          ["enum": .words(Grammar.roleWords + Grammar.selectorWords)], reference("hosts"), domain(.zone),
          domain(.rack),
        ],
      ],
      "partition": partition,
      "linkFault": map(
        "Links that behave differently for a while.", required: ["from", "to"],
        [("from", reference("selector")), ("to", reference("selector"))] + linkProperties + [
          (
            "kinds",
            [
              "description":
                "The kinds of messages that it is about, by name, such as AppendEntries; all unless given.",
              "anyOf": [["type": "string"], ["type": "array", "minItems": 1, "items": ["type": "string"]]],
            ]
          )
        ]),
      "diskFault": map(
        "Disks that behave differently for a while.", required: ["nodes"],
        [("nodes", reference("selector"))] + diskProperties + [
          ("full", ["type": "boolean", "description": "There is no room: writes fail."]),
          ("stall", ["type": "boolean", "description": "Syncs end when the fault does."]),
        ]),
      "clockFault": oneOf(
        Grammar.clockFault,
        in: map(
          "Clocks that jump, run otherwise or stand still.", required: ["nodes"],
          [
            ("nodes", reference("selector")),
            ("step", ["type": "string", "description": "The wall clock jumps by this, back with a minus: -5s."]),
            ("slew", reference("percentage", "The wall clock runs fast by this.")),
            ("fast", reference("percentage", "Both clocks run fast by this, in place of their own drift.")),
            ("slow", reference("percentage", "Both clocks run slow by this.")),
            ("freeze", ["const": true, "description": "Both clocks stand still, and no timer fires."]),
          ])),
      "slow": map(
        "Processes that take a while for each input.", required: ["nodes", "each"],
        [("nodes", reference("selector")), ("each", reference("distribution", "The time for one input."))]),
      "load": map(
        "Something else takes a share of processors.", required: ["nodes", "cpu"],
        [
          ("nodes", reference("selector")), ("cpu", reference("percentage", "From 1% to 99%.")),
          (
            "of",
            [
              "enum": .words(Grammar.loadOwners), "default": "process",
              "description": "Whether it ends when the process does.",
            ]
          ),
        ]),
      "leak": map(
        "Processes lose memory, in every life, until it is at its limit.", required: ["nodes", "rate"],
        [("nodes", reference("selector")), ("rate", reference("bandwidth", "Bytes a second."))]),
      "damage": [
        "description": "Durable records go bad; who reads them next finds it.",
        "anyOf": [
          reference("selector"),
          map(
            "Whose, and how many of each.", required: ["nodes"],
            [("nodes", reference("selector")), ("records", integer(1...1_000_000, "1 unless given."))]),
        ],
      ],
      "timedFault": fault(
        "A fault that happens once.", required: ["at"],
        common + [
          ("at", reference("duration", "When it begins.")),
          ("for", reference("duration", "How long it lasts; until heal_at unless given.")),
        ] + actions),
      "repeatingFault": map(
        "A fault that comes again and again, drawn by the seed.", required: ["every", "between", "one_of"],
        common + [
          ("every", reference("distribution", "Between one and the next; never below 1ms.")),
          ("between", reference("range", "Each begins within these two moments.")),
          (
            "swarm",
            [
              "type": "boolean", "default": false,
              "description": "Each seed does without some of the actions, so that the others act undisturbed.",
            ]
          ),
          (
            "one_at_a_time",
            ["type": "boolean", "default": false, "description": "None begins while another one lasts."]
          ),
          (
            "one_of",
            [
              "type": "array", "minItems": 1, "description": "One of these each time, drawn by weight.",
              "items": fault(
                "An action and how long it lasts.", required: [],
                [
                  ("for", reference("duration", "Required, except for a restart and damage.")),
                  ("weight", integer(1...1_000_000, "How often it is drawn, against the others; 1 unless given.")),
                ] + actions),
            ]
          ),
        ]),
    ]
  }

  private static var common: [(key: String, value: SchemaValue)] {
    [
      (
        "id",
        integer(
          1...4_000_000_000, "Names the fault's random choices; its position in the list from 1 unless given.")
      ),
      ("name", ["type": "string", "minLength": 1, "maxLength": 200, "description": "For reports."]),
      (
        "luck",
        map(
          "Another fault's draws, for one that stands for a single strike of it.", required: ["fault", "number"],
          [
            ("fault", integer(1...4_000_000_000, "Its id.")),
            ("number", integer(0...Int(UInt32.max), "How often it had struck before.")),
          ])
      ),
    ]
  }

  private static var variant: (key: String, value: SchemaValue) {
    ("variant", ["type": "string", "description": "One of cluster.variants, or base for how each began."])
  }

  private static var actions: [(key: String, value: SchemaValue)] {
    [
      ("crash", reference("selector", "Processes end, and start again when the fault does.")),
      ("power", reference("selector", "As crash, of all at once, and nothing of what no sync covers is left.")),
      ("restart", reference("selector", "Processes end and start again at once.")),
      ("pause", reference("selector", "Processes stand still; what reaches them waits.")),
      ("partition", reference("partition", "Links are cut.")),
      ("link", reference("linkFault", "Links behave differently.")),
      ("disk", reference("diskFault", "Disks behave differently.")),
      ("damage", reference("damage", "Durable records go bad.")),
      ("slow", reference("slow", "Processes take a while for each input.")),
      ("load", reference("load", "Something else takes a share of processors.")),
      ("leak", reference("leak", "Processes lose memory until it is at its limit.")),
      ("clock", reference("clockFault", "Clocks go wrong.")),
      ("wipe", reference("selector", "Processes end, and start again on an empty disk when the fault ends.")),
      (
        "rolling_restart",
        map(
          "Processes end and start again one after another.", required: ["nodes", "each", "between"],
          [
            ("nodes", reference("selector")), ("each", reference("duration", "How long each is down.")),
            ("between", reference("duration", "How long each is up before the next one goes.")), variant,
          ])
      ),
      (
        "reconfigure",
        map(
          "Nodes end and start again at once with other settings.", required: Grammar.reconfigure,
          [("nodes", reference("selector")), variant])
      ),
      (
        "membership",
        [
          "description": "The leader is told to change who takes part, or to abandon such a change.",
          "anyOf": [
            ["const": "abandon"],
            map(
              "Who is to vote, to learn, to be no member, and of whom the opposite of voting and not is wanted.",
              Grammar.membership.map { ($0, reference("selector")) }),
          ],
        ]
      ),
      (
        "handover",
        reference("selector", "The leader is told to let another lead; of several the one with most of the log.")
      ),
      (
        "flap",
        map(
          "With partition: the links come and go.", required: Grammar.flap,
          [
            ("up", reference("distribution", "How long they are up in a turn; never below 1ms.")),
            ("down", reference("distribution", "How long they are down, at first and in each turn.")),
          ])
      ),
      (
        "hold",
        [
          "type": "boolean", "default": false,
          "description": "With partition: what meets a cut link waits instead of being lost.",
        ]
      ),
    ]
  }

  private static func fault(
    _ description: String, required: [String], _ properties: [(key: String, value: SchemaValue)]
  ) -> SchemaValue {
    oneOf(Grammar.actions, in: map(description, required: required, properties))
  }

  /// A map in which exactly one of `keys` is there.
  static func oneOf(_ keys: [String], in map: SchemaValue) -> SchemaValue {
    var value = map
    value.append("oneOf", .list(keys.map { ["required": [.text($0)]] }))
    return value
  }

  private static var partition: SchemaValue {
    [
      "description": "Which links are cut.",
      "anyOf": [
        [
          "enum": .words(Grammar.partitionShapes),
          "description": "Random halves, halves that share one node, a circle, or zones or racks from each other.",
        ],
        map("Some nodes from all others, both ways.", required: ["isolate"], [("isolate", reference("selector"))]),
        map(
          "What leaves from for to; the way back stays open.", required: ["from", "to"],
          [("from", reference("selector")), ("to", reference("selector"))]),
        map(
          "Each node hears its two neighbours in this circle of all nodes.", required: ["ring"],
          [("ring", ["type": "array", "minItems": 4, "items": reference("hostName")])]),
        map(
          "Hosts in different groups.", required: ["groups"],
          [
            (
              "groups",
              [
                "type": "array", "minItems": 2, "description": "A host in none keeps all its links.",
                "items": ["type": "array", "minItems": 1, "items": reference("hostName")],
              ]
            )
          ]),
      ],
    ]
  }

  private static var distribution: SchemaValue {
    let duration = reference("duration")
    let parts: [(String, String, [String], [String])] = [
      ("exponential", "A minimum plus an exponential.", ["mean"], ["mean", "min"]),
      ("normal", "Normal within min and max.", ["mean", "deviation"], ["mean", "deviation", "min", "max"]),
      ("lognormal", "By its median and 99th percentile.", ["median", "p99"], ["median", "p99"]),
    ]
    let maps = parts.map { name, description, required, keys in
      map(
        description, required: [name], [(name, map(description, required: required, keys.map { ($0, duration) }))])
    }
    return [
      "description":
        "Lengths of time: one, or a range a..b that stands for [a, b), or one of the named distributions.",
      "anyOf": .list(
        [
          duration, reference("range"),
          map("Always the same.", required: ["constant"], [("constant", duration)]),
          map("Evenly within [a, b).", required: ["uniform"], [("uniform", reference("range"))]),
        ] + maps),
    ]
  }
}
