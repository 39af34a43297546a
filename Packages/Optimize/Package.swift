// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny")]
let core: Target.Dependency = .product(name: "CutlineCore", package: "Core")

let package = Package(
  name: "Optimize",
  products: [
    .library(name: "CutlineOptimize", targets: ["CutlineOptimize"]),
    // The engine alone. Never `.static` or `.dynamic`: SwiftPM would link CutlineCompute a second time.
    .library(name: "CutlineSearch", targets: ["CutlineSearch"]),
    // The solver HiGHS alone, by the same rule.
    .library(name: "CutlineMilp", targets: ["CutlineMilp"]),
  ],
  dependencies: [.package(path: "../Core"), .package(path: "../Formats")],
  targets: [
    .target(name: "CSearch"),
    .target(name: "CClosure"),
    // The kernels are embedded by kernels.c; `libOpenCL` itself is opened at run time.
    .target(name: "COpenCL", exclude: ["kernels"], linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    .target(
      name: "CutlineSearch", dependencies: [core, "CSearch", "CClosure", "COpenCL"], swiftSettings: strict),
    // `libhighs` itself is opened at run time.
    .target(name: "CHighs", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    .target(name: "CutlineMilp", dependencies: [core, "CHighs"], swiftSettings: strict),
    .target(
      name: "CutlineOptimize",
      dependencies: [core, .product(name: "CutlineFormats", package: "Formats"), "CutlineSearch", "CutlineMilp"],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
