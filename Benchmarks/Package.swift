// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny")]

let package = Package(
  name: "Benchmarks",
  dependencies: [.package(path: "../Packages/Core")],
  targets: [
    .executableTarget(
      name: "cutline-bench", dependencies: [.product(name: "CutlineCore", package: "Core")], swiftSettings: strict)
  ],
  swiftLanguageModes: [.v6]
)
