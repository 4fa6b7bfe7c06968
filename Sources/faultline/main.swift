import Experiments
import Primitives
import Scenarios
import Kernel

let scenario = try! ScenarioReader.read(path: CommandLine.arguments[1])
let clock = ContinuousClock()
for seed in 1...UInt64(CommandLine.arguments.count > 2 ? CommandLine.arguments[2] : "1")! {
  var result: RunResult?
  let time = clock.measure { result = try? Run(scenario, seed: seed, telemetry: CommandLine.arguments.count > 3 ? .off : nil).perform() }
  print(seed, result!.verdict, result!.digest.hexadecimal, result!.events, result!.stop, time)
  for f in result!.findings { print("  ", f.name, f.outcome, f.detail) }
  for v in result!.violations { print("  ", v.invariant, v.process, v.detail) }
  if seed == 1 { for f in result!.figures { print("   ", f.measure, f.count, f.value(.p50) as Any, f.value(.max) as Any) }
   print(result!.recording.messages, result!.recording.spans.count, result!.recording.samples.count)
   for f in result!.recording.faults { print(f) } }
}
