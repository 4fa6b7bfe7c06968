import Primitives
import World

extension ScenarioReader {
  static func resources(_ field: Field?) throws(Complaint) -> ResourceProfile {
    guard let field else { return ResourceProfile() }
    let fields = try FieldReader(field.value, name: field.name, keys: Grammar.resources)
    func size(_ key: String, from lowest: UInt64, _ example: String) throws(Complaint) -> UInt64? {
      try fields.optional(key)?.quantity("a size such as \(example)") { text throws(Malformed) in
        try Units.size(text, in: lowest...1_000_000_000_000_000)
      }
    }
    let limit = try size("memory", from: 1, "512MiB")
    let idle = try size("idle", from: 0, "64MiB") ?? 0
    guard limit.map({ $0 > idle }) ?? true else {
      throw Complaint(
        at: field.value.place,
        "resources: a process that does nothing takes \(Units.sizeText(idle)); expected more memory than that")
    }
    return ResourceProfile(limit: limit, idle: idle)
  }
}

extension FaultReader {
  func load(_ field: Field) throws(Complaint) -> FaultAction {
    try refuseWithoutWork(field)
    let fields = try FieldReader(field.value, name: field.name, keys: Grammar.load)
    let selector = try selector(fields.required("nodes"))
    let share = try fields.required("cpu")
    let expected = "a percentage from 1% to 99%"
    let parts = try share.quantity(expected) { text throws(Malformed) in try Units.parts(text, decimals: 4) }
    guard (10_000...990_000).contains(parts) else { throw share.complaint(expected: expected) }
    let owner = try fields.optional("of")?.word(of: Grammar.loadOwners) ?? Grammar.loadOwners[0]
    return .load(selector, share: parts, endsWithProcess: owner == Grammar.loadOwners[0])
  }

  func leak(_ field: Field) throws(Complaint) -> FaultAction {
    try refuseWithoutWork(field)
    guard resources.limit != nil else {
      throw Complaint(
        at: field.keyPlace,
        "\(field.name): nothing ends the process; expected a limit, as in resources: {memory: 512MiB}"
      )
    }
    let fields = try FieldReader(field.value, name: field.name, keys: Grammar.leak)
    let selector = try selector(fields.required("nodes"))
    let rate = try fields.required("rate").quantity("a rate such as 20MB/s") { text throws(Malformed) in
      try Units.bandwidth(text)
    }
    return .leak(selector, bytesPerSecond: rate)
  }

  private func refuseWithoutWork(_ field: Field) throws(Complaint) {
    if case .mesh(let mesh) = hosts.program, mesh.work != nil { return }
    let expected = "program: mesh, with 'work' for its requests"
    throw Complaint(
      at: field.keyPlace,
      "\(field.name): nodes of '\(hosts.program.name)' use no processor here; expected \(expected)")
  }
}
