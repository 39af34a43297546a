// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny")]

let package = Package(
  name: "Benchmarks",
  dependencies: [
    .package(path: "../Packages/Core"), .package(path: "../Packages/Data"), .package(path: "../Packages/Models"),
    .package(path: "../Packages/Optimize"), .package(path: "../Packages/Allocate"),
    .package(path: "../Packages/Decide"),
  ],
  targets: [
    .executableTarget(
      name: "cutline-bench",
      dependencies: [
        .product(name: "CutlineCore", package: "Core"), .product(name: "CutlineData", package: "Data"),
        .product(name: "CutlineModels", package: "Models"), .product(name: "CutlineSearch", package: "Optimize"),
        .product(name: "CutlineAllocate", package: "Allocate"), .product(name: "CutlineDecide", package: "Decide"),
        .product(name: "CutlineRules", package: "Decide"), .product(name: "CutlineFlow", package: "Decide"),
        .product(name: "cutline-sas-reader", package: "Data"),
      ], swiftSettings: strict)
  ],
  swiftLanguageModes: [.v6]
)
