import Primitives
import World

extension ScenarioReader {
  static func network(_ field: Field?, _ hosts: Hosts) throws(Complaint) -> NetworkPlan {
    var plan = NetworkPlan()
    guard let field else { return plan }
    let fields = try FieldReader(field.value, name: field.name, keys: Grammar.network)
    let change = try linkChange(fields)
    plan.base = change.applied(to: .standard)
    try refuseContradiction(fields, change, over: [.standard])
    plan.encodesMessages = try fields.optional("codec")?.word(of: ["typed", "wire"]) == "wire"
    for element in try fields.optional("links")?.list(
      "a list of maps with 'from', 'to' and what is different there")
      ?? []
    {
      let profiles = [plan.base] + plan.exceptions.map { $0.change.applied(to: plan.base) }
      plan.exceptions.append(try exception(element, hosts, over: profiles))
    }
    return plan
  }

  private static func exception(
    _ element: Field, _ hosts: Hosts, over profiles: [LinkProfile]
  ) throws(Complaint) -> NetworkPlan.Exception {
    let fields = try FieldReader(element.value, name: element.name, keys: Grammar.linkException)
    let from = try hosts.hosts(fields.required("from"))
    let to = try hosts.hosts(fields.required("to"))
    let change = try linkChange(fields)
    try refuseEmpty(change, fields)
    try refuseContradiction(fields, change, over: profiles)
    return NetworkPlan.Exception(from: from, to: to, change: change)
  }

  static func refuseEmpty(_ change: LinkChange, _ fields: FieldReader) throws(Complaint) {
    guard change == LinkChange() else { return }
    throw Complaint(
      at: fields.place, "\(fields.name) changes nothing; expected at least one of \(alternatives(Grammar.link))")
  }

  static func linkChange(_ fields: FieldReader) throws(Complaint) -> LinkChange {
    var change = LinkChange()
    change.transport = try fields.optional("transport")?.word(Transport.self)
    change.latency = try fields.optional("latency")?.distribution()
    change.loss = try fields.optional("loss")?.percentage()
    change.drop = try fields.optional("drop")?.percentage()
    change.corruption = try fields.optional("corruption")?.percentage()
    change.duplication = try fields.optional("duplication")?.percentage()
    change.reordering = try fields.optional("reordering")?.percentage()
    change.reorderDelay = try fields.optional("reorder_delay")?.distribution()
    change.bandwidth = try fields.optional("bandwidth")?.quantity("a bandwidth such as 10MB/s") {
      text throws(Malformed) in try Units.bandwidth(text)
    }
    change.queueLimit = try fields.optional("queue")?.quantity("a size such as 64kB") { text throws(Malformed) in
      try Units.size(text, in: 1...(1 << 40))
    }
    change.setup = try fields.optional("setup")?.distribution()
    change.setupTimeout = try fields.optional("setup_timeout")?.positiveDuration()
    change.setupFailure = try fields.optional("setup_failure")?.percentage()
    change.reconnect = try fields.optional("reconnect").map(reconnect)
    return change
  }

  /// A stream delivers once and in order, datagrams have no connection, nothing queues for a link without a bandwidth, and
  /// nobody dials in vain where streams open by themselves: refused where that is so on every link that the change may meet.
  ///
  /// - Parameter profiles: of the links before the change; at least one.
  static func refuseContradiction(
    _ fields: FieldReader, _ change: LinkChange, over profiles: [LinkProfile]
  ) throws(Complaint) {
    let changed = profiles.map { change.applied(to: $0) }
    if changed.allSatisfy({ $0.transport == .stream }) {
      let shares = [
        ("duplication", changed.allSatisfy { !$0.duplication.isZero }),
        ("reordering", changed.allSatisfy { !$0.reordering.isZero }),
      ]
      for (key, present) in shares where present {
        let place = (fields.optional(key) ?? fields.optional("transport"))?.keyPlace ?? fields.place
        throw Complaint(
          at: place,
          "\(fields.name): \(key) on a stream link, which keeps order and delivers once; "
            + "expected 'transport: datagram' or \(key) of 0%"
        )
      }
    }
    if let setup = fields.optional("setup") ?? fields.optional("setup_failure"),
      changed.allSatisfy({ $0.transport == .datagram })
    {
      throw Complaint(
        at: setup.keyPlace, "\(setup.name): datagrams have no connection; expected 'transport: stream' beside it")
    }
    if let field = fields.optional("reconnect") ?? fields.optional("setup_timeout"),
      changed.allSatisfy(\.opensAtOnce)
    {
      throw Complaint(
        at: field.keyPlace,
        "\(field.name): streams open by themselves; expected 'setup' or 'setup_failure' beside it")
    }
    if let queue = fields.optional("queue"), changed.allSatisfy({ $0.bandwidth == nil }) {
      throw Complaint(at: queue.keyPlace, "\(queue.name) without a bandwidth; expected 'bandwidth' beside it")
    }
  }
}
