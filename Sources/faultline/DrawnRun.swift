import Compression
import Experiments
import Pages
import Primitives
import Reports
import World

/// A run's page, beside its other files.
enum DrawnRun {
  static let name = "report.html"
  /// Of longer runs a page is drawn where somebody asks for it: it takes seconds and hundreds of megabytes.
  static let mostEvents: UInt64 = 1_500_000

  /// The page of a run that has just ended.
  ///
  /// - Returns: nil where somebody has interrupted its drawing.
  static func file(_ result: RunResult, _ files: [RunStore.File]) throws -> RunStore.File? {
    let run = Run(result.scenario, seed: result.seed, telemetry: .off)
    guard let (film, end) = run.film(progress: { _ in !Interruption.isRequested }) else { return nil }
    let record = try RunRecord(
      files: { name in
        files.first { $0.name == name }.map { .success($0.bytes) } ?? .failure(.init("the run has left none"))
      },
      film: end.digest == result.digest
        ? .success(film) : .failure(.init("repeated, it comes to another digest")))
    return RunStore.File(name, RunPage(record, compressed: Gzip.compressed).bytes)
  }
}
