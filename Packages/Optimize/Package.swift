// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny")]

let package = Package(
  name: "Optimize",
  products: [.library(name: "CutlineOptimize", targets: ["CutlineOptimize"])],
  dependencies: [.package(path: "../Core")],
  targets: [
    // `libhighs` itself is opened at run time.
    .target(name: "CHighs", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    .target(
      name: "CutlineOptimize",
      dependencies: [.product(name: "CutlineCore", package: "Core"), "CHighs"],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
