import Primitives
import Telemetry
import World

/// What each fault did, as `ledger.json`: times in nanoseconds of virtual time, `until_ns` null where the
/// run ended first, effects that did not happen left out.
package enum LedgerJSON {
  /// - Parameters:
  ///   - hosts: names by number.
  ///   - words: what was done, in words, as far as that is known.
  package static func file(
    _ recording: Recording, hosts: [String], words: (FaultAction) -> String
  ) -> [UInt8] {
    var json = JSONText(.indented)
    json.object { json in
      json.array("faults") { json in
        for fault in recording.faults { write(&json, fault, hosts: hosts, words) }
      }
    }
    json.newline()
    return json.bytes
  }

  private static func write(
    _ json: inout JSONText, _ fault: FaultRecord, hosts: [String], _ words: (FaultAction) -> String
  ) {
    json.object { json in
      json.member("id", fault.id)
      json.member("name", fault.name)
      json.member("kind", fault.timed ? "timed" : "random")
      json.member("bit", fault.bit)
      json.member("without_target", fault.withoutTarget)
      effects(&json, fault)
      json.array("occurrences") { json in
        for occurrence in fault.occurrences {
          json.object { json in
            json.member("from_ns", occurrence.from.nanoseconds)
            json.key("until_ns")
            if let until = occurrence.until { json.value(until.nanoseconds) } else { json.null() }
            json.member("branch", occurrence.branch)
            if let action = occurrence.action { json.member("what", words(action)) }
            json.array("hosts") { json in
              for host in occurrence.hosts { json.value(hosts[host.index]) }
            }
          }
        }
      }
    }
  }

  /// The member `effects`: counts by name, zeros left out.
  static func effects(_ json: inout JSONText, _ fault: FaultRecord) {
    json.object("effects") { json in
      for effect in FaultRecord.Effect.allCases where fault.effects[effect.rawValue] > 0 {
        json.member(effect.name.text, fault.effects[effect.rawValue])
      }
    }
  }
}
