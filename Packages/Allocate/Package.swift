// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny")]

let package = Package(
  name: "Allocate",
  products: [.library(name: "CutlineAllocate", targets: ["CutlineAllocate"])],
  dependencies: [.package(path: "../Core"), .package(path: "../Optimize")],
  targets: [
    .target(
      name: "CutlineAllocate",
      dependencies: [
        .product(name: "CutlineCore", package: "Core"), .product(name: "CutlineMilp", package: "Optimize"),
      ],
      swiftSettings: strict)
  ],
  swiftLanguageModes: [.v6]
)
