// swift-tools-version: 6.2
import PackageDescription

// Two ways to build: as a part of this repository's tool, or, where CUTLINE_PREFIX names an installed cutline, as a shared
// library of its own that it loads.
let strict: [SwiftSetting] = [.treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny")]
let package: Package

if let prefix = Context.environment["CUTLINE_PREFIX"] {
  let modules: [SwiftSetting] =
    strict + [.unsafeFlags(["-I", "\(prefix)/lib/cutline/modules"]), .define("CUTLINE_LIBRARY")]
  let core: [LinkerSetting] = [
    .unsafeFlags(["-L", "\(prefix)/lib", "-lCutlineCore", "-Xlinker", "-rpath", "-Xlinker", "\(prefix)/lib"])
  ]
  let kit: [LinkerSetting] = [.unsafeFlags(["-L", "\(prefix)/lib/cutline", "-lCutlineTesting"])]
  package = Package(
    name: "Example",
    products: [.library(name: "ExamplePlugin", type: .dynamic, targets: ["ExamplePlugin"])],
    targets: [
      .target(name: "ExamplePlugin", swiftSettings: modules, linkerSettings: core),
      .testTarget(
        name: "ExamplePluginTests", dependencies: ["ExamplePlugin"], swiftSettings: modules, linkerSettings: kit + core),
    ],
    swiftLanguageModes: [.v6])
} else {
  let core: Target.Dependency = .product(name: "CutlineCore", package: "Core")
  package = Package(
    name: "Example",
    products: [.library(name: "ExamplePlugin", targets: ["ExamplePlugin"])],
    dependencies: [.package(path: "../../Packages/Core"), .package(path: "../../Packages/Testing")],
    targets: [
      .target(name: "ExamplePlugin", dependencies: [core], swiftSettings: strict),
      .testTarget(
        name: "ExamplePluginTests",
        dependencies: ["ExamplePlugin", core, .product(name: "CutlineTesting", package: "Testing")],
        swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6])
}
