import ControlLoop
import Node
import Primitives
import Telemetry

/// The spans of a loop. An incident is a trace: `mape_k.incident` from its diagnosis to its end, and under it a
/// `network.adaptation.…` for each action. What is open when the node ends, ends with an error.
enum MeshTrace {
  private static func key(_ id: Incident.ID) -> SpanKey { SpanKey(subject: 1, number: UInt64(id.rawValue)) }
  private static func key(_ ticket: Ticket) -> SpanKey { SpanKey(subject: 2, number: UInt64(ticket.rawValue)) }

  static func tell(_ report: Report, _ effects: inout Effects<Mesh>) {
    switch report {
    case .diagnosed(let id, let cause, let subject):
      effects.telemetry.append(
        .start(
          key(id), "mape_k.incident", .internal, parent: .root,
          [Attribute("mape_k.cause", .text("\(cause)")), Attribute("mape_k.subject", UInt64(subject.rawValue) + 1)])
      )
    case .began(let ticket, let remedy, let subject, let id):
      effects.telemetry.append(
        .start(
          key(ticket), name(of: remedy), .internal, parent: .key(key(id)),
          [
            Attribute("mape_k.action_type", .text("\(remedy)")),
            Attribute("mape_k.subject", UInt64(subject.rawValue) + 1),
          ]))
    case .ended(let ticket, _, _, let outcome, _):
      effects.telemetry.append(.end(key(ticket), outcome == .done ? .ok : .error("the action failed")))
    case .closed(let id, _, _, _): effects.telemetry.append(.end(key(id), .ok))
    case .withdrawn(let id, _, _): effects.telemetry.append(.end(key(id), .unset))
    case .contained(let id, _, _, _):
      effects.telemetry.append(.annotate(key(id), Attribute("mape_k.contained", .flag(true))))
    case .exhausted(let id):
      effects.telemetry.append(.annotate(key(id), Attribute("mape_k.exhausted", .flag(true))))
    case .observed, .judged, .escalated, .changedMode, .threshold: break
    }
  }

  private static func name(of remedy: Remedy) -> StaticText {
    switch remedy {
    case .restart: "network.adaptation.restart"
    case .reroute: "network.adaptation.reroute"
    case .throttle: "network.adaptation.throttle"
    case .failover: "network.adaptation.failover"
    case .quarantine: "network.adaptation.quarantine"
    case .release: "network.adaptation.release"
    }
  }
}
