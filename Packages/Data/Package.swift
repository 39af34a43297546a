// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny")]

let package = Package(
  name: "Data",
  products: [.library(name: "CutlineData", targets: ["CutlineData"])],
  dependencies: [.package(path: "../Core")],
  targets: [
    .target(
      name: "CutlineData",
      dependencies: [.product(name: "CutlineCore", package: "Core")],
      swiftSettings: strict)
  ],
  swiftLanguageModes: [.v6]
)
