import ArgumentParser
import Experiments

/// The command line: arguments, progress and exit codes, and nothing else.
@main
struct Faultline: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "faultline",
    abstract: "Rehearses a cluster's bad days: replays scenarios on virtual time and judges what happened.",
    discussion: """
      Exit codes: 0 every expectation held · 1 a violation · 2 inconclusive · 3 nondeterminism · 64 usage · \
      65 bad input · 69 toolchain missing · 70 internal error · 74 input or output failed · 130 interrupted.
      """,
    version: Version.current,
    subcommands: [
      RunCommand.self, SweepCommand.self, ResultsCommand.self, CompareCommand.self, PairCommand.self,
      MergeCommand.self,
      ExportCommand.self,
      CoverageCommand.self, ReplayCommand.self, ReportCommand.self, InspectCommand.self, ShrinkCommand.self,
      BranchCommand.self,
      CheckCommand.self, ValidateCommand.self, ListCommand.self, SchemaCommand.self, DigestsCommand.self,
      RaftScriptCommand.self, MutantsCommand.self, YardsticksCommand.self, CompletionsCommand.self,
      TwinCommand.self,
      SweepWorkerCommand.self,
    ])
}
