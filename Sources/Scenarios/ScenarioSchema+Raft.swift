import Programs

/// Settings of raft-kv, and the others that nodes may be restarted with.
extension ScenarioSchema {
  static var variants: (key: String, value: SchemaValue) {
    (
      "variants",
      [
        "description": "Other settings that nodes may be restarted with, by name; what is not said is as in raft.",
        "type": "object", "minProperties": 1,
        "propertyNames": [
          "pattern": "^[a-z0-9][a-z0-9-]{0,31}$", "not": ["const": .text(Grammar.baseVariant)],
        ],
        "additionalProperties": map(
          "What is different.", required: Grammar.variant,
          [("raft", map("Settings.", raftProperties.filter { Grammar.variantRaft.contains($0.key) }))]),
      ]
    )
  }

  static var wireVersion: (key: String, value: SchemaValue) {
    (
      "wire_version",
      integer(
        Int(WireVersion.lowest.rawValue)...Int(WireVersion.newest.rawValue),
        "The highest version in which a server writes to others; \(WireVersion.newest.rawValue) unless given.")
    )
  }

  private static var snapshots: [(key: String, value: SchemaValue)] {
    [
      ("entries", integer(1...1_000_000_000, "Applied since the last one; 10000 unless given.")),
      ("size", reference("size", "Bytes of commands applied since; 64MiB unless given. Either is enough.")),
      ("keep", integer(0...1_000_000_000, "Entries that stay in the log all the same; 5000 unless given.")),
      ("piece", reference("size", "Bytes of a snapshot in one InstallSnapshot; 256KiB unless given.")),
      ("in_flight", reference("size", "Bytes sent to a follower and not answered; 1MiB unless given.")),
      ("compression", integer(0...9, "zlib's level, 0 for none; 1 unless given.")),
    ]
  }

  private static var begin: [(key: String, value: SchemaValue)] {
    let most = Scenario.RaftSettings.Begin.mostEntries
    return [
      (
        "term",
        integer(0...1_000_000_000, "Stored by each, and that of all entries; 1 where there are entries, or 0.")
      ),
      (
        "log",
        [
          "description":
            "Entries of each, of each in order, or another number for each as the seed draws; 0 unless given.",
          "anyOf": [
            integer(0...most, "Of every server."),
            ["type": "array", "items": integer(0...most, "Of one server.")], ["const": "shuffled"],
          ],
        ]
      ),
      ("leader", ["type": "string", "description": "Who stands for election as it starts."]),
    ]
  }

  static var measures: SchemaValue {
    map(
      "How measures are taken.",
      [
        (
          "election",
          map(
            "What counts as an election.",
            [
              (
                "from",
                [
                  "enum": .words(Scenario.ElectionMeasure.From.allCases.map(\.rawValue)),
                  "description": "Where it begins; candidacy unless given.",
                ]
              ),
              (
                "until",
                [
                  "enum": .words(Scenario.ElectionMeasure.Until.allCases.map(\.rawValue)),
                  "description": "Where it ends; elected unless given.",
                ]
              ),
              ("heartbeats", integer(0...1_000_000, "That a stable leader outlives; 16 unless given.")),
            ])
        )
      ])
  }

  static var raftProperties: [(key: String, value: SchemaValue)] {
    [
      (
        "election_timeout",
        reference("range", "A fresh draw for each election timer; 150ms..300ms unless given.")
      ),
      (
        "candidate_timeout",
        reference("range", "The same of a candidate; as election_timeout unless given.")
      ),
      (
        "heartbeat",
        reference(
          "duration", "Between two rounds of a leader; 50ms unless given, below the election timeout.")
      ),
      ("pre_vote", flag("Ask before campaigning whether an election could be won; true unless given.")),
      (
        "check_quorum",
        flag("A leader that hears no majority steps down; true unless given.")
      ),
      ("leader_stickiness", flag("Who hears a leader votes for nobody; as check_quorum unless given.")),
      (
        "backoff",
        flag("A candidate that half of the others refused waits twice as long the next time; false unless given.")
      ),
      (
        "replicate",
        flag(
          "Leaders append and send entries; without it heartbeats alone, for elections alone. true unless given.")
      ),
      (
        "clock_error",
        reference("percentage", "How much a clock may run fast or slow, for leases; 0.1% unless given.")
      ),
      ("randomise", flag("Each seed draws time-outs and limits of its own; false unless given.")),
      ("batch", integer(1...10_000, "Entries in one AppendEntries, at most; 100 unless given.")),
      ("batch_size", reference("size", "Bytes of commands in one AppendEntries; 1MiB unless given.")),
      (
        "in_flight",
        integer(1...1_000_000, "Entries sent to a follower and not answered; 1000 unless given.")
      ),
      ("in_flight_size", reference("size", "Bytes of the same; 4MiB unless given.")),
      (
        "queue",
        integer(1...1_000_000, "Entries of a leader that wait to be committed; 10000 unless given.")
      ),
      ("queue_size", reference("size", "Bytes of the same; 64MiB unless given.")),
      ("reads", integer(1...1_000_000, "Reads that wait on a server; 10000 unless given.")),
      ("segment", integer(1...65_536, "Entries in a segment of the log; 1024 unless given.")),
      (
        "snapshots",
        [
          "description": "When a server puts a snapshot in the place of its log's beginning; on unless given.",
          "anyOf": [["enum": ["off", "on"]], map("When and how.", snapshots)],
        ]
      ),
      (
        "voters",
        [
          "description": "With whom the group begins; the other nodes wait to be added. All unless given.",
          "type": "array", "items": ["type": "string"], "minItems": 1,
        ]
      ),
      ("begin", map("What the servers have behind them when the run begins.", begin)),
      ("sessions", integer(1...1_000_000, "Client sessions that are open at once; 1024 unless given.")),
      wireVersion,
    ]
  }
}
