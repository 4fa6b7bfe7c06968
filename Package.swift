// swift-tools-version: 6.2
import PackageDescription

// Warnings stop a CI build and nothing else: a newer compiler's new warning must not lock a user out.
let settings: [SwiftSetting] =
  [.enableUpcomingFeature("ExistentialAny")]
  + (Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)])

let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

func floor(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
  .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

let package = Package(
  name: "faultline",
  products: [.executable(name: "faultline", targets: ["faultline"])],
  dependencies: [
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    // Floor 0
    floor("Primitives"),
    // Floor 1: protocols, each alone, and the contract that programs keep
    floor("Telemetry", ["Primitives"]),
    floor("RPC", ["Primitives"]),
    floor("Raft", ["Primitives"]),
    floor("CRDT", ["Primitives"]),
    floor("Membership", ["Primitives"]),
    floor("Routing", ["Primitives"]),
    floor("ControlLoop", ["Primitives"]),
    floor("Node", ["Primitives", "Telemetry"]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    floor("Compression", ["CZlib"]),
    // Floor 2: what runs in a process
    floor(
      "Programs",
      [
        "Primitives", "Telemetry", "Compression", "Node", "RPC", "Raft", "CRDT", "Membership", "Routing", "ControlLoop",
      ]),
    // Floor 3: the stage and those who watch it
    floor("Kernel", ["Primitives"]),
    floor("World", ["Primitives", "Telemetry", "Node", "RPC", "Kernel"]),
    floor(
      "Checkers",
      ["Primitives", "Telemetry", "Node", "Raft", "CRDT", "Membership", "Routing", "ControlLoop", "Programs"]),
    floor("Transcripts", ["Primitives", "Raft"]),
    // Floor 4: experiments
    .systemLibrary(name: "CMalloc"),
    floor(
      "Scenarios",
      ["Primitives", "Node", "RPC", "Raft", "Membership", "Routing", "ControlLoop", "Programs", "World", yams]),
    floor(
      "Experiments",
      [
        "Primitives", "Telemetry", "Node", "RPC", "Raft", "ControlLoop", "Programs", "Kernel", "World", "Checkers",
        "Scenarios",
        "Compression", "CMalloc",
      ]),
    floor("Reports", ["Primitives", "Telemetry", "Node", "World", "Checkers"]),
    // What runs in a page travels inside the program.
    .target(
      name: "Pages", dependencies: ["Primitives", "World", "Reports"],
      resources: ["film", "axis", "timeline", "spacetime", "look", "order", "page"].map {
        .embedInCode("Page/\($0).js")
      }
        + [.embedInCode("Page/page.css")],
      swiftSettings: settings),
    floor("Results", ["Primitives", "World", "Reports", grdb]),
    // What others have published, and whether it comes out here.
    floor("Yardsticks", ["Primitives", "World", "Scenarios", "Experiments", "Results"]),
    // Known defects, planted in copies of the sources.
    floor("Mutants", ["Primitives"]),
    // Floor 6: tools
    .executableTarget(
      name: "faultline",
      dependencies: [
        "Primitives", "Compression", "World", "Checkers", "Transcripts", "Scenarios", "Experiments", "Reports",
        "Pages",
        "Results", "Yardsticks", "Mutants", arguments,
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "faultline-bench",
      dependencies: ["Primitives", "Node", "Raft", "Kernel", "Programs", "World", "Checkers", "Scenarios", "Experiments"],
      // Compiled by the benchmark itself, when it runs.
      exclude: ["Reference"],
      swiftSettings: settings),
    // Tests
    tests("PrimitivesTests", ["Primitives"]),
    tests("CompressionTests", ["Compression"]),
    tests("KernelTests", ["Primitives", "Kernel"]),
    tests("RPCTests", ["Primitives", "RPC"]),
    tests("RaftTests", ["Primitives", "Raft", "Transcripts"], exclude: ["Transcripts"]),
    tests("CRDTTests", ["Primitives", "CRDT"]),
    tests("MembershipTests", ["Primitives", "Membership"]),
    tests("ControlLoopTests", ["Primitives", "ControlLoop"]),
    tests("RoutingTests", ["Primitives", "Routing"]),
    tests(
      "CheckersTests",
      [
        "Primitives", "Telemetry", "Node", "Raft", "CRDT", "Membership", "Routing", "ControlLoop", "Programs",
        "Checkers",
      ]),
    tests(
      "ProgramsTests",
      ["Primitives", "Telemetry", "Node", "RPC", "Raft", "CRDT", "Membership", "Routing", "ControlLoop", "Programs"]),
    tests("WorldTests", ["Primitives", "Telemetry", "Node", "RPC", "Kernel", "Programs", "World"]),
    tests("ScenariosTests", ["Primitives", "Node", "RPC", "Raft", "ControlLoop", "Programs", "World", "Scenarios"]),
    tests(
      "ExperimentsTests",
      [
        "Primitives", "Telemetry", "Node", "ControlLoop", "Programs", "World", "Checkers", "Scenarios",
        "Experiments",
      ]),
    tests("MutantsTests", ["Primitives", "Mutants"]),
    // Reads the sources.
    tests("HouseTests", []),
    // Runs the built program.
    tests("CommandTests", []),
    tests("ReportsTests", ["Primitives", "Telemetry", "Node", "World", "Reports"]),
    tests("PagesTests", ["Primitives", "Reports", "Pages"]),
    tests("YardsticksTests", ["Primitives", "Scenarios", "Experiments", "Yardsticks"]),
    tests("ResultsTests", ["Primitives", "World", "Reports", "Results", grdb]),
  ],
  swiftLanguageModes: [.v6]
)
