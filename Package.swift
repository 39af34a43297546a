// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny")]

let core: Target.Dependency = .product(name: "CutlineCore", package: "Core")
let testing: Target.Dependency = .product(name: "CutlineTesting", package: "Testing")
let data: Target.Dependency = .product(name: "CutlineData", package: "Data")
let sasReader: Target.Dependency = .product(name: "cutline-sas-reader", package: "Data")
let simulate: Target.Dependency = .product(name: "CutlineSimulate", package: "Simulate")
let run: Target.Dependency = .product(name: "CutlineRun", package: "Run")
let workspace: Target.Dependency = .product(name: "CutlineWorkspace", package: "Workspace")
let models: Target.Dependency = .product(name: "CutlineModels", package: "Models")
let formats: Target.Dependency = .product(name: "CutlineFormats", package: "Formats")
let monitor: Target.Dependency = .product(name: "CutlineMonitor", package: "Monitor")
let report: Target.Dependency = .product(name: "CutlineReport", package: "Report")
let optimize: Target.Dependency = .product(name: "CutlineOptimize", package: "Optimize")
let allocate: Target.Dependency = .product(name: "CutlineAllocate", package: "Allocate")
let decide: Target.Dependency = .product(name: "CutlineDecide", package: "Decide")
let rules: Target.Dependency = .product(name: "CutlineRules", package: "Decide")
let flow: Target.Dependency = .product(name: "CutlineFlow", package: "Decide")
let serve: Target.Dependency = .product(name: "CutlineServe", package: "Serve")
let milp: Target.Dependency = .product(name: "CutlineMilp", package: "Optimize")
let search: Target.Dependency = .product(name: "CutlineSearch", package: "Optimize")

/// The folders in Plugins/ that are built into the tool; each has a product and a module `<folder>Plugin`.
let plugins = ["Example"]
let pluginProducts: [Target.Dependency] = plugins.map { .product(name: "\($0)Plugin", package: $0) }

let package = Package(
  name: "Cutline",
  products: [.executable(name: "cutline", targets: ["cutline"])],
  dependencies: [
    .package(path: "Packages/Core"),
    .package(path: "Packages/Testing"),
    .package(path: "Packages/Simulate"),
    .package(path: "Packages/Data"),
    .package(path: "Packages/Formats"),
    .package(path: "Packages/Models"),
    .package(path: "Packages/Optimize"),
    .package(path: "Packages/Monitor"),
    .package(path: "Packages/Report"),
    .package(path: "Packages/Allocate"),
    .package(path: "Packages/Decide"),
    .package(path: "Packages/Run"),
    .package(path: "Packages/Workspace"),
    .package(path: "Packages/Serve"),
  ] + plugins.map { .package(path: "Plugins/\($0)") },
  targets: [
    // What the system refuses; in the executable, so that its functions come before those of the libraries.
    .target(name: "CRefusal", path: "Sources/CRefusal"),
    .executableTarget(
      name: "cutline",
      dependencies: [
        core, run, simulate, data, formats, models, optimize, allocate, monitor, report, search, workspace, decide,
        rules, flow, serve, sasReader, "CRefusal",
      ]
        + pluginProducts,
      swiftSettings: strict,
      // Where scripts/install puts libCutlineCore.so.
      linkerSettings: [.unsafeFlags(["-Xlinker", "-rpath", "-Xlinker", "$ORIGIN/../lib"])]),
    // What several suites share.
    .target(name: "TestSupport", dependencies: [core], path: "Tests/Support", swiftSettings: strict),
    .testTarget(name: "CoreTests", dependencies: ["TestSupport", core, run, testing], swiftSettings: strict),
    .testTarget(name: "ComputeTests", dependencies: ["TestSupport", core, testing], swiftSettings: strict),
    .testTarget(name: "SearchTests", dependencies: ["TestSupport", core, search], swiftSettings: strict),
    .testTarget(
      name: "DataTests", dependencies: ["TestSupport", core, data, simulate, testing, sasReader], swiftSettings: strict),
    .testTarget(name: "FormatsTests", dependencies: ["TestSupport", core, formats], swiftSettings: strict),
    .testTarget(name: "ModelsTests", dependencies: ["TestSupport", core, models, testing], swiftSettings: strict),
    .testTarget(
      name: "OptimizeTests", dependencies: ["TestSupport", core, milp, optimize, search, testing], swiftSettings: strict
    ),
    .testTarget(
      name: "AllocateTests", dependencies: ["TestSupport", core, allocate, milp, testing],
      swiftSettings: strict),
    .testTarget(
      name: "MonitorTests", dependencies: ["TestSupport", core, data, monitor, simulate, testing], swiftSettings: strict
    ),
    .testTarget(name: "ReportTests", dependencies: ["TestSupport", core, report], swiftSettings: strict),
    .testTarget(name: "DecideTests", dependencies: ["TestSupport", core, decide, rules, flow], swiftSettings: strict),
    .testTarget(
      name: "RulesTests", dependencies: ["TestSupport", core, data, rules], swiftSettings: strict),
    .testTarget(
      name: "FlowTests", dependencies: ["TestSupport", core, data, rules, flow], swiftSettings: strict),
    // What is killed in tests of jobs.
    .executableTarget(
      name: "job-owner", dependencies: [core, data, serve], path: "Tests/JobOwner", swiftSettings: strict),
    .testTarget(
      name: "ServeTests",
      dependencies: [
        "TestSupport", core, run, data, models, optimize, allocate, monitor, report, workspace, decide, serve,
        rules, flow,
        "cutline",
        "job-owner",
      ],
      swiftSettings: strict),
    .testTarget(name: "SimulateTests", dependencies: ["TestSupport", core, simulate, testing], swiftSettings: strict),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "TestSupport", core, run, testing, simulate, data, formats, models, optimize, allocate, monitor, report,
        workspace,
        sasReader, "cutline",
      ],
      swiftSettings: strict),
  ]
    + plugins.map { plugin in
      .testTarget(
        name: "\(plugin)PluginTests",
        dependencies: [core, testing, .product(name: "\(plugin)Plugin", package: plugin)],
        path: "Plugins/\(plugin)/Tests/\(plugin)PluginTests", swiftSettings: strict)
    },
  swiftLanguageModes: [.v6]
)
