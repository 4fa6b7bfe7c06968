extension HostileInput {
  /// A scenario with this sweep in its sixth line.
  private static func sweep(_ value: String) -> String {
    "faultline: 1\nname: a\nduration: 40s\ncluster: {nodes: 5}\nexpect: [{measure: elections, at_most: 5}]\nsweep: \(value)\n"
  }

  private static let seeds =
    "seeds such as 1..1000, both ends included, at most 100,000,000 of them and none above 2⁶³ − 1"

  /// What no sweep can run.
  static let sweeps: [HostileInput] = [
    .init("a sweep that is a number", sweep("5"), "6:8: sweep: found '5'; expected a map with seeds or vary"),
    .init("a mistyped key", sweep("{seed: 1..5}"), "6:9: unknown key 'seed' in sweep; did you mean 'seeds'?"),
    .init("one seed", sweep("{seeds: 5}"), "6:16: sweep.seeds: found '5'; expected \(seeds)"),
    .init("seeds that fall", sweep("{seeds: 5..1}"), "6:16: sweep.seeds: found '5..1'; expected \(seeds)"),
    .init("three dots", sweep("{seeds: 1...5}"), "6:16: sweep.seeds: found '1...5'; expected \(seeds)"),
    .init(
      "a seed that SQLite has no integer for", sweep("{seeds: 1..9223372036854775808}"),
      "6:16: sweep.seeds: found '1..9223372036854775808'; expected \(seeds)"),
    .init(
      "more seeds than anybody runs", sweep("{seeds: 1..100000001}"),
      "6:16: sweep.seeds: found '1..100000001'; expected \(seeds)"),
    .init(
      "nothing to vary", sweep("{vary: {}}"),
      "6:15: sweep.vary: found a map; expected a map of keys and lists, such as {cluster.nodes: [3, 5, 7]}"),
    .init(
      "a list to vary", sweep("{vary: [3, 5]}"),
      "6:15: sweep.vary: found a list; expected a map of keys and lists, such as {cluster.nodes: [3, 5, 7]}"),
    .init(
      "one value in the place of alternatives", sweep("{vary: {cluster.nodes: 3}}"),
      "6:31: sweep.vary.cluster.nodes: found '3'; expected a list of alternatives, such as [3, 5, 7]"),
    .init(
      "no alternative", sweep("{vary: {cluster.nodes: []}}"),
      "6:31: sweep.vary.cluster.nodes: found an empty list; expected at least one alternative"),
    .init(
      "an alternative twice", sweep("{vary: {cluster.nodes: [3, 5, 3]}}"),
      "6:38: sweep.vary.cluster.nodes: found '3' twice; expected it once"),
    .init(
      "varied seeds", sweep("{vary: {seed: [1, 2]}}"),
      "6:16: sweep.vary: 'seed' is the same at every point of a sweep"),
    .init(
      "a sweep in a sweep", sweep("{vary: {sweep.seeds: [1..2]}}"),
      "6:16: sweep.vary: 'sweep.seeds' is the same at every point of a sweep"),
    .init(
      "an alternative that is no value of its key", sweep("{vary: {cluster.nodes: [3, many]}}"),
      "6:35: cluster.nodes: found 'many'; expected a number from 1 to 10000, or a list of names; so it is at the sweep's point cluster.nodes=many"
    ),
    .init(
      "a key that no scenario has", sweep("{vary: {cluster.raft.heartbeet: [40ms]}}"),
      "6:29: unknown key 'heartbeet' in cluster.raft; did you mean 'heartbeat'?; so it is at the sweep's point cluster.raft.heartbeet=40ms"
    ),
    .init(
      "a path through a text", sweep("{vary: {duration.of: [40ms]}}"),
      "6:25: 'of' is a key of nothing: there is '40s' instead of a map"),
    .init(
      "a combination that is no scenario",
      sweep("{vary: {cluster.raft.heartbeat: [10ms, 200ms], cluster.raft.election_timeout: [150ms..300ms]}}"),
      "6:47: cluster.raft: the heartbeat, 200ms, is not shorter than the shortest election timeout, 150ms; expected a heartbeat below it; so it is at the sweep's point cluster.raft.heartbeat=200ms, cluster.raft.election_timeout=150ms..300ms"
    ),
    .init(
      "a grid without end",
      sweep(
        "{vary: {cluster.nodes: [\((1...40).map(String.init).joined(separator: ", "))], duration: [\((1...26).map { "\($0)s" }.joined(separator: ", "))]}}"
      ),
      "6:184: sweep.vary: found more than 1,000 points; a grid has at most 1,000"),
  ]
}
