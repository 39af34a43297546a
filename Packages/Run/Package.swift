// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny")]

let package = Package(
  name: "Run",
  products: [.library(name: "CutlineRun", targets: ["CutlineRun"])],
  dependencies: [.package(path: "../Core")],
  targets: [
    .target(
      name: "CutlineRun", dependencies: [.product(name: "CutlineCore", package: "Core")], swiftSettings: strict)
  ],
  swiftLanguageModes: [.v6]
)
