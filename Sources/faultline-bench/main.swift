import Experiments
import Foundation

FreedMemory.keepForNextRun()

let groups: [any BenchmarkGroup] = [
  EventQueueBenchmark(), DigestBenchmark(), SimulationBenchmark(), CommitBenchmark(), SnapshotBenchmark(),
  MeshBenchmark(),
  LinearizabilityBenchmark(),
]

do {
  let options = try Options(Array(CommandLine.arguments.dropFirst()))
  if options.wantsHelp {
    print(Options.help)
    exit(0)
  }
  let selected = groups.flatMap { group in
    (group.rows.filter(options.selects) + group.longRows.filter(options.only.contains)).map { (group, $0) }
  }
  guard !selected.isEmpty else {
    throw UsageError("no benchmark begins with '\(options.only.joined(separator: "', '"))'")
  }
  let table = Table(format: options.format)
  table.printHeader()
  for (group, row) in selected {
    try table.printRow(group.measure(row, options: options))
    // A row is worth reading while the next is being measured.
    fflush(nil)
  }
} catch let error as UsageError {
  complain("\(error.message)\n\(Options.help)")
  exit(64)
} catch let error as ReferenceError {
  complain(error.message)
  exit(70)
}
