// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny")]

let package = Package(
  name: "Formats",
  products: [.library(name: "CutlineFormats", targets: ["CutlineFormats"])],
  dependencies: [.package(path: "../Core")],
  targets: [
    .target(
      name: "CutlineFormats", dependencies: [.product(name: "CutlineCore", package: "Core")], swiftSettings: strict)
  ],
  swiftLanguageModes: [.v6]
)
