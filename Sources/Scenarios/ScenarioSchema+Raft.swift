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

  static var raftProperties: [(key: String, value: SchemaValue)] {
    [
      (
        "election_timeout",
        reference("range", "A fresh draw for each election timer; 150ms..300ms unless given.")
      ),
      (
        "heartbeat",
        reference(
          "duration", "Between two rounds of a leader; 50ms unless given, below the election timeout.")
      ),
      ("pre_vote", flag("Ask before campaigning whether an election could be won; true unless given.")),
      (
        "check_quorum",
        flag(
          "A leader that hears no majority steps down, and who hears a leader elects no other; true unless given."
        )
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
      ("sessions", integer(1...1_000_000, "Client sessions that are open at once; 1024 unless given.")),
      wireVersion,
    ]
  }
}
