import Primitives
import World

/// Text → `Scenario`: every default filled in, every contradiction refused. The first problem is reported:
/// unknown keys before missing ones, and then the sections in the order cluster, workload, network, disks,
/// clocks, faults, expectations, because the later ones name hosts that the earlier ones bring in.
package enum ScenarioReader {
  /// - Throws: the first thing wrong with the file, also where it cannot be read.
  package static func read(path: String) throws(Complaint) -> Scenario {
    try read(path: path, settings: [])
  }

  /// - Parameter settings: as in `read(text:file:settings:)`.
  package static func read(path: String, settings: [(key: String, value: String)]) throws(Complaint) -> Scenario {
    try scenario(text: SourceText.read(path: path), file: path, settings: settings)
  }

  /// - Parameters:
  ///   - file: for messages.
  ///   - settings: values put in the place of the file's, by path: `cluster.raft.heartbeat` and `40ms`; the
  ///     elements of a list go by their number from 0, as in `faults.0.at`. A value is read as YAML.
  /// - Throws: the first thing wrong. What is wrong with a setting is placed in the file `--set`, line 1, by
  ///   its column in `key=value`.
  package static func read(
    text: String, file: String, settings: [(key: String, value: String)] = []
  ) throws(Complaint) -> Scenario {
    try scenario(text: SourceText.checked(bytes: text.utf8, file: file), file: file, settings: settings)
  }

  private static func scenario(
    text: String, file: String, settings: [(key: String, value: String)]
  ) throws(Complaint) -> Scenario {
    guard var tree = try YAMLTree.read(text: text, file: file) else {
      throw Complaint(
        at: Place(file: file), "the file is empty; expected a scenario, which begins with 'faultline: 1'")
    }
    for setting in settings { try tree.set(setting.key, to: setting.value) }
    return try scenario(tree)
  }

  static func scenario(_ tree: Tree) throws(Complaint) -> Scenario {
    try refuseOtherVersion(tree)
    let fields = try FieldReader(tree, name: "", keys: Grammar.top, later: Grammar.laterTop)
    _ = try fields.required("faultline")
    let name = try name(fields.required("name"))
    let description = try fields.optional("description")?.text("a text") ?? ""
    let seed = try fields.optional("seed")?.integer(in: 0...UInt64.max) ?? 1
    let duration = try fields.required("duration").positiveDuration()
    let healAt = try healAt(fields.optional("heal_at"), duration)
    let heals = try fields.optional("heal")?.word(Scenario.Heals.self) ?? .all
    let ties = try fields.optional("ties")?.word(Scenario.Ties.self) ?? .sequence
    let schedule = try schedule(fields.optional("schedule"), duration)

    let cluster = try cluster(fields.required("cluster"))
    let workload = try workload(fields.optional("workload"), cluster.value.program, duration)
    try refuseUnansweredRequests(cluster.value.program, duration, fields.required("cluster"))
    let hosts = Hosts(cluster.value, clients: workload?.clients ?? 0)
    try refuseBrokenLeases(cluster.value, workload, fields.required("cluster"))
    let network = try network(fields.optional("network"), hosts)
    let disks = try disks(fields.optional("disks"), nodeDisks: cluster.disks, hosts)
    let diskBudget = try diskBudget(fields.optional("disks"))
    let clocks = try clocks(fields.optional("clocks"), hosts)
    let resources = try resources(fields.optional("resources"))
    let span = FaultSpan(duration: duration, healAt: healAt)
    let faults = try faults(
      fields.optional("faults"), FaultReader(hosts: hosts, network: network, resources: resources, span: span))
    let choices = try choices(fields.optional("choices"), hosts, faults, workload: workload != nil)
    if heals == .core { try refuseLateFaults(faults, fields.optional("faults"), span) }
    let election = try measures(fields.optional("measures"), cluster.value.program)
    let expectations = try expectations(
      fields.required("expect"), cluster.value.program, workload: workload != nil || cluster.value.program.asks)
    try refuseAbsentKinds(expectations, faults, fields.required("expect"))
    let sweep = try sweep(fields.optional("sweep"), of: tree)
    return Scenario(
      name: name, description: description, seed: seed, duration: duration, healAt: healAt, heals: heals,
      ties: ties,
      schedule: schedule, cluster: cluster.value, network: network, disks: disks, diskBudget: diskBudget,
      clocks: clocks, resources: resources, workload: workload, faults: faults, choices: choices,
      election: election, expectations: expectations, sweep: sweep
    )
  }

  /// Before all else: the keys of another version are no mistakes of this one.
  private static func refuseOtherVersion(_ tree: Tree) throws(Complaint) {
    guard case .map(let entries) = tree.content, let entry = entries.first(where: { $0.key == "faultline" }) else {
      return
    }
    let version = Field(name: entry.key, keyPlace: entry.place, value: entry.value)
    let expected = "1, the only version of the format"
    guard try version.text(expected) == "1" else { throw version.complaint(expected: expected) }
  }

  private static func name(_ field: Field) throws(Complaint) -> String {
    let expected = "a name of a to z, 0 to 9 and '-', not beginning with '-', of at most 64 characters"
    let name = try field.text(expected)
    guard isName(name, limit: 64) else { throw field.complaint(expected: expected) }
    return name
  }

  /// `[a-z0-9][a-z0-9-]*`
  static func isName(_ text: String, limit: Int) -> Bool {
    let bytes = text.utf8
    return !bytes.isEmpty && bytes.count <= limit && bytes.first != UInt8(ascii: "-")
      && bytes.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-") }
  }

  private static func healAt(_ field: Field?, _ duration: Nanoseconds) throws(Complaint) -> Instant {
    // Divided first: ten years times eight would still fit, but nobody should have to know.
    guard let field else { return Instant(nanoseconds: duration.count / 5 * 4 + duration.count % 5 * 4 / 5) }
    let healAt = try field.duration()
    guard healAt <= duration else {
      throw field.complaint(expected: "a moment within the duration of \(Units.text(duration))")
    }
    return .zero + healAt
  }
}

extension ScenarioReader {
  /// A length of time as scenarios write it; nil for anything else.
  package static func duration(_ text: String) -> Nanoseconds? { try? Units.duration(text) }
}
