import Primitives
import RPC

extension Spelling {
  static func backoff(_ backoff: Backoff) -> Pairs {
    [
      ("initial", Units.text(backoff.initial)),
      ("factor", Units.decimalText(UInt64(backoff.factorThousandths), scale: 3)),
      ("max", Units.text(backoff.longest)), ("jitter", Units.text(backoff.jitter)),
    ]
  }

  static func retry(_ policy: CallPolicy) -> Pairs {
    [("timeout", Units.text(policy.patience))] + backoff(policy.backoff)
      + (policy.attempts.map { [("attempts", "\($0)")] } ?? []) + [("repeat", policy.repeats.rawValue)]
  }
}
