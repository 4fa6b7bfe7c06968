import Primitives
import World

/// A cluster at one moment, as a text and as JSON.
package enum InspectionText {
  package static func text(_ inspection: Inspection) -> String {
    var text =
      "\(PeopleText.moment(inspection.at.nanoseconds)), after \(PeopleText.count(inspection.events, "event"))\n"
    for process in inspection.processes {
      let tags = process.tags.isEmpty ? "" : ", " + process.tags.joined(separator: ", ")
      text += "\n\(process.name)  \(process.state)\(tags)\n"
      let width = process.details.map(\.name.count).max() ?? 0
      for detail in process.details {
        text += "    \(detail.name)\(String(repeating: " ", count: width - detail.name.count))  \(detail.value)\n"
      }
    }
    text += list("faults", inspection.faults) + list("under way", inspection.underWay)
    text += "\noperations open  \(inspection.operationsOpen)\ndigest           \(inspection.digest.hexadecimal)\n"
    return text
  }

  private static func list(_ title: String, _ lines: [String]) -> String {
    guard !lines.isEmpty else { return "" }
    let shown = lines.prefix(40).map { "    \($0)\n" }.joined()
    return "\n\(title)\n\(shown)" + (lines.count > 40 ? "    and \(lines.count - 40) more\n" : "")
  }

  package static func json(_ inspection: Inspection) -> [UInt8] {
    var json = JSONText(.indented)
    json.object { json in
      json.member("at_ns", inspection.at.nanoseconds)
      json.member("events", inspection.events)
      json.member("digest", inspection.digest.hexadecimal)
      json.array("processes") { json in
        for process in inspection.processes {
          json.object { json in
            json.member("name", process.name)
            json.member("state", process.state)
            json.array("tags") { json in for tag in process.tags { json.value(tag) } }
            json.member("monotonic_ns", process.monotonic.nanoseconds)
            json.array("details") { json in
              for detail in process.details {
                json.object { json in
                  json.member("name", detail.name)
                  json.member("value", detail.value)
                }
              }
            }
            json.member("digest", process.digest.hexadecimal)
          }
        }
      }
      json.array("faults") { json in for fault in inspection.faults { json.value(fault) } }
      json.array("under_way") { json in for message in inspection.underWay { json.value(message) } }
      json.member("operations_open", UInt64(inspection.operationsOpen))
    }
    json.newline()
    return json.bytes
  }
}
