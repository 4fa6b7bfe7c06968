import Foundation
import Testing

/// Slurm's commands, as far as a sweep needs them: a job runs at once, its tasks one after another.
private struct Understudy {
  let folder: String

  private static let sbatch = """
    #!/bin/sh
    for word; do
      case $word in
        --array=*) array=${word#--array=} ;;
        --*) ;;
        *) script=$word ;;
      esac
    done
    home=$(dirname "$0")
    echo "$*" >>"$home/calls"
    for range in $(echo "${array-0}" | tr , ' '); do
      for task in $(seq "${range%-*}" "${range#*-}"); do
        # A node that is lost with its task, as often as the file has lines.
        if [ -s "$home/lost-$task" ]; then
          sed -i 1d "$home/lost-$task"
        else
          SLURM_ARRAY_TASK_ID=$task sh "$script" >"$home/log-$task" 2>&1
        fi
      done
    done
    wc -l <"$home/calls"
    """

  init(in folder: String) throws {
    self.folder = folder
    for (name, text) in [("sbatch", Self.sbatch), ("squeue", "#!/bin/sh\n"), ("scancel", "#!/bin/sh\n")] {
      let path = "\(folder)/\(name)"
      try Data((text + "\n").utf8).write(to: URL(fileURLWithPath: path))
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }
  }

  /// Loses a task so many times.
  func lose(_ task: Int, times: Int) throws {
    try Data(String(repeating: "lost\n", count: times).utf8).write(
      to: URL(fileURLWithPath: "\(folder)/lost-\(task)"))
  }

  var calls: [String] {
    String(decoding: FileManager.default.contents(atPath: "\(folder)/calls") ?? Data(), as: UTF8.self)
      .split(separator: "\n").map(String.init)
  }

  func sweep(_ arguments: String...) throws -> Tool.Answer {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return try Tool.run(
      ["sweep", "\(folder)/quick.yaml", "--engine", "slurm"] + arguments, environment: ["PATH": "\(folder):\(path)"]
    )
  }
}

@Suite("A sweep by way of Slurm", .serialized)
struct SlurmTests {
  @Test("Parts by Slurm, merged, are the sweep on one machine to the byte, and leave one file")
  func whole() throws {
    try SweepFixture.within { (folder: String) throws -> Void in
      let slurm = try Understudy(in: folder)
      let answer = try slurm.sweep("--out", "\(folder)/a", "--parts", "3", "--sbatch", "--partition=long")
      #expect(answer.status == 0, "\(answer.errors)")
      #expect(slurm.calls.count == 2)
      #expect(
        slurm.calls.first?.contains("--array=1-3") == true && slurm.calls.last?.contains("afterany:1") == true)
      #expect(slurm.calls.allSatisfy { $0.contains("--partition=long") })
      try Tool.run("sweep", "\(folder)/quick.yaml", "--out", "\(folder)/b", "--quiet")
      #expect(try SweepFixture.export("\(folder)/a") == SweepFixture.export("\(folder)/b"))
      #expect(try Tool.files(in: "\(folder)/a").keys.sorted() == ["results.sqlite"])
      // What is there already is shown, and nothing runs.
      #expect(try slurm.sweep("--out", "\(folder)/a").status == 0)
      #expect(slurm.calls.count == 2)
    }
  }

  @Test("A part that is lost is submitted once more, and twice lost it is named")
  func lost() throws {
    try SweepFixture.within { (folder: String) throws -> Void in
      let slurm = try Understudy(in: folder)
      try slurm.lose(2, times: 1)
      let answer = try slurm.sweep("--out", "\(folder)/a", "--parts", "3", "--format", "json")
      #expect(answer.status == 0, "\(answer.errors)")
      #expect(slurm.calls.contains { $0.contains("--array=2 ") })
      #expect(try Tool.object(answer.output)["runs"] as? Int == 40)
      try slurm.lose(3, times: 2)
      let gone = try slurm.sweep("--out", "\(folder)/b", "--parts", "3")
      #expect(gone.status == 70 && gone.errors.contains("\(folder)/b/parts/3"))
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/b/results.sqlite"))
      // The parts that there are stay, and the same command needs only the other one.
      let later = try slurm.sweep("--out", "\(folder)/b", "--parts", "3", "--quiet")
      #expect(later.status == 0 && slurm.calls.contains { $0.contains("--array=3 ") })
    }
  }

  @Test("A violation in a part is the exit code of the whole")
  func violation() throws {
    try SweepFixture.within { (folder: String) throws -> Void in
      let slurm = try Understudy(in: folder)
      let answer = try slurm.sweep(
        "--out", "\(folder)/a", "--parts", "2", "--set", "expect.1={measure: elections, at_most: 1}", "--quiet")
      #expect(answer.status == 1, "\(answer.errors)")
    }
  }

  @Test("What does not go together is a usage error, and a machine without Slurm says so")
  func refusals() throws {
    try SweepFixture.within { (folder: String) throws -> Void in
      let scenario = "\(folder)/quick.yaml"
      for arguments in [["--shard", "1/2"], ["--jobs", "2"], ["--budget", "1s"], ["--parts", "0"]] {
        #expect(try Tool.run(["sweep", scenario, "--out", folder, "--engine", "slurm"] + arguments).status == 64)
      }
      #expect(try Tool.run("sweep", scenario, "--out", folder, "--parts", "3").status == 64)
      let answer = try Tool.run(
        ["sweep", scenario, "--out", "\(folder)/a", "--engine", "slurm"], environment: ["PATH": "/nowhere"])
      #expect(answer.status == 69 && answer.errors.contains("sbatch"))
    }
  }
}
