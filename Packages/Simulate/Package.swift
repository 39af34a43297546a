// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny")]

let package = Package(
  name: "Simulate",
  products: [.library(name: "CutlineSimulate", targets: ["CutlineSimulate"])],
  dependencies: [.package(path: "../Core")],
  targets: [
    .target(
      name: "CutlineSimulate",
      dependencies: [.product(name: "CutlineCore", package: "Core")],
      swiftSettings: strict)
  ],
  swiftLanguageModes: [.v6]
)
