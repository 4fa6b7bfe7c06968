import RPC

extension ScenarioSchema {
  private static func backoff(first: String, factor: String, longest: String, jitter: String)
    -> [(String, SchemaValue)]
  {
    [
      ("initial", reference("duration", "The first pause at its longest; \(first) unless given.")),
      (
        "factor",
        [
          "type": "number", "minimum": 1, "maximum": 100,
          "description": .text(
            "What pauses grow by with each failure, with at most 3 decimals; \(factor) unless given."),
        ]
      ),
      ("max", reference("duration", "No pause is longer; \(longest) unless given.")),
      ("jitter", reference("percentage", "What chance may take away of a pause; \(jitter) unless given.")),
    ]
  }

  static var retry: SchemaValue {
    map(
      "How clients try again.",
      [
        (
          "timeout",
          reference("duration", "How long a try waits; a quarter of the whole, up to 250ms, unless given.")
        )
      ]
        + backoff(first: "25ms", factor: "2", longest: "ten times the first", jitter: "80%")
        + [
          ("attempts", integer(1...1_000_000, "Tries of an operation; as many as its time allows unless given.")),
          (
            "repeat",
            [
              "enum": .words(CallPolicy.Repeats.allCases.map(\.rawValue)),
              "description":
                "safe, unless given, repeats what cannot be carried out twice by it; never gives up; always does not ask.",
            ]
          ),
        ])
  }

  static var reconnect: SchemaValue {
    map(
      "How long a host waits after it has dialled another in vain; only with setup or setup_failure.",
      backoff(first: "1s", factor: "1.6", longest: "120 times the first", jitter: "20%"))
  }
}
