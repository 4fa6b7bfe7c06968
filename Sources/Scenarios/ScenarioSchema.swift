import World

/// The scenario grammar as a JSON Schema (draft 2020-12), for editors. It knows keys, shapes and spellings;
/// what depends on other values (a fault after the end, a mix of 90 %) the reader alone can tell.
package enum ScenarioSchema {
  /// The same text each time.
  package static func json() -> String { schema.json() + "\n" }

  private static var schema: SchemaValue {
    [
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "Faultline scenario",
      "description":
        "A rehearsal of a cluster's bad days: the cluster, its network, its faults and what must hold.",
      "type": "object",
      "additionalProperties": false,
      "required": ["faultline", "name", "duration", "cluster", "expect"],
      "properties": [
        "faultline": ["const": 1, "description": "The format's version."],
        "name": [
          "type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,63}$",
          "description": "Names the folder of results.",
        ],
        "description": ["type": "string", "description": "What the scenario shows, for people."],
        "seed": [
          "type": "integer", "minimum": 0, "default": 1,
          "description": "The root of all randomness, from 0 to 18446744073709551615.",
        ],
        "duration": reference("duration", "Virtual time from start to end; above 0, at most 10 years."),
        "heal_at": reference("duration", "When faults without 'for' end; 80 % of the duration unless given."),
        "heal": [
          "enum": .words(Scenario.Heals.allCases.map(\.rawValue)), "default": "all",
          "description":
            "Whether everything heals, or at heal_at a majority alone while the rest stays as it failed.",
        ],
        "ties": [
          "enum": .words(Scenario.Ties.allCases.map(\.rawValue)), "default": "sequence",
          "description": "The order of events of one instant: as scheduled, or shuffled by the seed.",
        ],
        "schedule": schedule,
        "cluster": cluster,
        "network": network,
        "disks": disks,
        "clocks": clocks,
        "resources": resources,
        "workload": workload,
        "faults": [
          "type": "array", "items": ["anyOf": [reference("timedFault"), reference("repeatingFault")]],
          "description": "What goes wrong, and when.",
        ],
        "choices": [
          "type": "array", "items": choice,
          "description": "Choices made here in the place of chance; all others keep their luck.",
        ],
        "measures": measures,
        "expect": [
          "type": "array", "minItems": 1, "items": expectation,
          "description": "What must hold for the run to pass.",
        ],
        "sweep": sweep,
      ],
      "$defs": definitions,
    ]
  }

  // MARK: Building blocks

  static func reference(_ name: String, _ description: String? = nil) -> SchemaValue {
    var pairs: [(key: String, value: SchemaValue)] = [("$ref", .text("#/$defs/\(name)"))]
    if let description { pairs.append(("description", .text(description))) }
    return .map(pairs)
  }

  static func map(
    _ description: String, required: [String] = [], _ properties: [(key: String, value: SchemaValue)]
  ) -> SchemaValue {
    var pairs: [(key: String, value: SchemaValue)] = [
      ("description", .text(description)), ("type", "object"), ("additionalProperties", false),
    ]
    if !required.isEmpty { pairs.append(("required", .words(required))) }
    pairs.append(("properties", .map(properties)))
    return .map(pairs)
  }

  static func flag(_ description: String) -> SchemaValue { ["type": "boolean", "description": .text(description)] }

  static func integer(_ bounds: ClosedRange<Int>, _ description: String) -> SchemaValue {
    [
      "type": "integer", "minimum": .number(bounds.lowerBound), "maximum": .number(bounds.upperBound),
      "description": .text(description),
    ]
  }

  private static func pattern(_ pattern: String, _ description: String) -> SchemaValue {
    ["type": "string", "pattern": .text(pattern), "description": .text(description)]
  }

  // MARK: Sections

  private static var cluster: SchemaValue {
    map(
      "The nodes and what runs on them.", required: ["nodes"],
      [
        (
          "nodes",
          [
            "description": "A count, giving n1, n2, …, or a list of names.",
            "anyOf": [
              integer(1...10_000, "How many."),
              [
                "type": "array", "minItems": 1, "maxItems": 10_000,
                "items": [
                  "anyOf": [
                    reference("nodeName"),
                    map(
                      "A node that is not as the others.", required: ["name"],
                      [
                        ("name", reference("nodeName")),
                        ("disk", map("What is different about its disk.", diskProperties)),
                        ("raft", map("What its server has otherwise than the others.", [wireVersion])),
                      ]),
                  ]
                ],
              ],
            ],
          ]
        ),
        (
          "program",
          [
            "enum": .words(Grammar.programs.map(\.name)), "default": "raft-kv",
            "description": "What runs on each node.",
          ]
        ),
        ("raft", map("Settings of raft-kv.", raftProperties)),
        variants,
        (
          "gossip",
          map(
            "Settings of gossip.",
            [
              ("interval", reference("duration", "Between two rounds of a node; 100ms unless given.")),
              ("fanout", integer(1...9_999, "Peers told in each round; 2 unless given, fewer than the nodes.")),
              ("rumours", integer(1...10_000, "Rumours begun during the first half of the run; 10 unless given.")),
            ])
        ),
        (
          "crdt",
          map(
            "Settings of crdt.",
            [
              ("interval", reference("duration", "Between two rounds of a replica; 500ms unless given.")),
              ("fanout", integer(1...9_999, "Peers told in each round; 1 unless given, fewer than the nodes.")),
              (
                "deltas",
                integer(0...10_000, "Changes kept for peers that lack only these; 64 unless given.")
              ),
              (
                "operations",
                integer(1...10_000, "Operations asked during the first half of the run; 100 unless given.")
              ),
            ])
        ),
        ("mesh", map("Settings of mesh.", meshProperties)),
        (
          "restart_after",
          reference("duration", "How long a process that ended itself stays down; 1s unless given.")
        ),
        domains(.zone), domains(.rack),
      ])
  }

  private static var network: SchemaValue {
    map(
      "All links, and some that differ.",
      linkProperties + [
        (
          "codec",
          [
            "enum": ["typed", "wire"], "default": "typed",
            "description":
              "Whether messages travel as values or through their wire form; no verdict depends on it.",
          ]
        ),
        (
          "links",
          [
            "type": "array", "description": "Links that differ, later ones over earlier ones.",
            "items": map(
              "Directed links, from each host to each.", required: ["from", "to"],
              [("from", reference("hosts")), ("to", reference("hosts"))] + linkProperties),
          ]
        ),
      ])
  }

  static var linkProperties: [(key: String, value: SchemaValue)] {
    [
      (
        "transport",
        [
          "enum": .words(Transport.allCases.map(\.rawValue)),
          "description": "stream keeps order and resets on loss; datagram loses, repeats and overtakes.",
        ]
      ),
      ("latency", reference("distribution", "One way; 1ms unless given.")),
      ("loss", reference("percentage", "Messages lost; on a stream each loss is a reset.")),
      ("drop", reference("percentage", "Messages that vanish without anybody's notice, on a stream too.")),
      (
        "corruption",
        reference("percentage", "Messages with a flipped bit: refused, and on a stream each is a reset.")
      ),
      ("duplication", reference("percentage", "Messages that arrive twice; datagrams only.")),
      (
        "reordering",
        reference("percentage", "Messages held back, so that later ones overtake them; datagrams only.")
      ),
      ("reorder_delay", reference("distribution", "How long they are held back; 1ms..10ms unless given.")),
      (
        "bandwidth",
        pattern(#"^[0-9]+(\.[0-9]+)?[kMG]?B/s$"#, "Bytes a second, such as 10MB/s; unlimited unless given.")
      ),
      ("queue", reference("size", "What may wait for transmission; 1MiB unless given; only with a bandwidth.")),
      ("setup", reference("distribution", "How long it takes to open a stream; 0s unless given.")),
      (
        "setup_timeout",
        reference("duration", "When it is known of a host behind a cut that it does not answer; 1s unless given.")
      ),
      ("setup_failure", reference("percentage", "Streams that cannot be opened; 0% unless given.")),
      ("reconnect", reconnect),
    ]
  }

  private static var workload: SchemaValue {
    let count = integer(1...1_000_000, "How many keys.")
    var value = map(
      "What clients of raft-kv ask for; either rate or think.",
      [
        ("clients", integer(1...1_000, "c1, c2, …; 1 unless given.")),
        (
          "rate",
          pattern(
            #"^[0-9]+(\.[0-9]+)?/[smh]$"#,
            "Operations of all clients together, as a Poisson process, such as 200/s.")
        ),
        ("think", reference("duration", "Each client waits this long after an outcome, then asks again.")),
        (
          "mix",
          map(
            "Shares of the operations, exactly 100 % together; put and get by halves unless given.",
            Grammar.mix.map { ($0, reference("percentage")) })
        ),
        (
          "in_flight", integer(1...10_000, "Operations that each client has under way, with think; 1 unless given.")
        ),
        (
          "reads",
          [
            "description": "How gets are answered: one way, or shares of several; read_index unless given.",
            "anyOf": [
              ["enum": .list(Grammar.reads.map { .text($0) })],
              map("Shares, exactly 100 % together.", Grammar.reads.map { ($0, reference("percentage")) }),
            ],
          ]
        ),
        (
          "keys",
          [
            "description": "Which keys; 16 alike unless given.",
            "anyOf": [
              count,
              map(
                "Each key alike.", required: ["uniform"],
                [("uniform", map("Each key alike.", required: ["count"], [("count", count)]))]),
              map(
                "Key k with weight 1/kˢ.", required: ["zipf"],
                [
                  (
                    "zipf",
                    map(
                      "Key k with weight 1/kˢ.", required: ["count", "exponent"],
                      [
                        ("count", count),
                        (
                          "exponent",
                          [
                            "type": "number", "minimum": 0, "maximum": 5,
                            "description": "s, with at most 3 decimals.",
                          ]
                        ),
                      ])
                  )
                ]),
            ],
          ]
        ),
        ("value_size", reference("size", "Bytes of each written value, from 8B to 64KiB; 8B unless given.")),
        ("timeout", reference("duration", "How long a client waits for an outcome; 1s unless given.")),
        (
          "sessions",
          flag(
            "Whether clients write within sessions, so that a repeated request is applied once; true unless given.")
        ),
        ("retry", retry),
        ("start", reference("duration", "When operations begin; 0s unless given.")),
        ("stop", reference("duration", "When operations end; the duration unless given.")),
        (
          "only",
          [
            "type": "array", "items": ["type": "integer", "minimum": 0],
            "description": "Of all operations those with these numbers, ascending; the others keep their luck.",
          ]
        ),
      ])
    value.append("oneOf", [["required": ["rate"]], ["required": ["think"]]])
    return value
  }

  private static var expectation: SchemaValue {
    let within: [(key: String, value: SchemaValue)] = [("within", reference("duration", "At most this long."))]
    let count: SchemaValue = ["type": "integer", "minimum": 0, "description": "For counts."]
    let bound: SchemaValue = ["anyOf": [count, reference("duration"), reference("percentage")]]
    let measures = Scenario.Measure.allCases.map(\.rawValue).joined(separator: "|")
    let statistics = Scenario.Statistic.allCases.map(\.rawValue).joined(separator: "|")
    var measure = map(
      "A figure of the run within a bound, in the measure's own unit.", required: ["measure"],
      [
        (
          "measure",
          pattern(
            "^(\(measures))(\\.(\(statistics)))?$",
            "What is measured, with a statistic where it has many values; max unless given.")
        ),
        ("at_most", bound), ("at_least", bound),
      ])
    measure.append("oneOf", [["required": ["at_most"]], ["required": ["at_least"]]])
    return [
      "anyOf": [
        ["const": "safety", "description": "No invariant of the program is violated."],
        ["const": "linearizable", "description": "The clients' operations have a legal order."],
        map(
          "The same, with a budget of its own.", required: ["linearizable"],
          [
            (
              "linearizable",
              map(
                "How hard to search.", required: ["budget"],
                [
                  (
                    "budget",
                    integer(1...1_000_000_000_000, "Steps, past which nothing is said; 50000000 unless given.")
                  )
                ])
            )
          ]),
        ["const": "read_your_writes", "description": "A client's read contains the writes it had finished."],
        ["const": "monotonic_reads", "description": "A client never reads an older state than it has read."],
        [
          "const": "monotonic_writes",
          "description": "A client's writes take effect in the order in which it made them.",
        ],
        [
          "const": "committed_reads",
          "description": "Every read, stale ones too, returns some state that was there.",
        ],
        map(
          "A client operation succeeds soon after the last heal.", required: ["recovers"],
          [("recovers", map("Counted from the last heal.", required: ["within"], within))]),
        map(
          "Every rumour reaches every node soon after the last heal.", required: ["converges"],
          [("converges", map("Counted from the last heal.", required: ["within"], within))]),
        map(
          "What faults of these kinds hit is served again soon, though they still act.", required: ["heals"],
          [
            (
              "heals",
              map(
                "Counted from each fault's beginning.", required: ["kinds", "within"],
                [("kinds", ["type": "array", "minItems": 1, "items": ["enum": .words(Grammar.actions)]])] + within)
            )
          ]),
        measure,
        sometimes,
      ]
    ]
  }
}

extension SchemaValue {
  mutating func append(_ key: String, _ value: SchemaValue) {
    guard case .map(let pairs) = self else { return }
    self = .map(pairs + [(key: key, value: value)])
  }
}
