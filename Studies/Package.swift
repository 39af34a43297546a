// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny")]

let package = Package(
  name: "Studies",
  dependencies: [
    .package(path: "../Packages/Core"), .package(path: "../Packages/Data"), .package(path: "../Packages/Models"),
    .package(path: "../Packages/Monitor"), .package(path: "../Packages/Optimize"),
    .package(path: "../Packages/Simulate"),
  ],
  targets: [
    .executableTarget(
      name: "cutline-study",
      dependencies: [
        .product(name: "CutlineCore", package: "Core"), .product(name: "CutlineData", package: "Data"),
        .product(name: "CutlineModels", package: "Models"), .product(name: "CutlineOptimize", package: "Optimize"),
        .product(name: "CutlineMonitor", package: "Monitor"), .product(name: "CutlineSimulate", package: "Simulate"),
      ], swiftSettings: strict)
  ],
  swiftLanguageModes: [.v6]
)
