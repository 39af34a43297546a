// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny")]

let package = Package(
  name: "Testing",
  products: [.library(name: "CutlineTesting", targets: ["CutlineTesting"])],
  dependencies: [.package(path: "../Core")],
  targets: [
    .target(
      name: "CutlineTesting",
      dependencies: [.product(name: "CutlineCore", package: "Core")],
      swiftSettings: strict)
  ],
  swiftLanguageModes: [.v6]
)
