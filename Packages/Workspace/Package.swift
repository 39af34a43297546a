// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny")]

let package = Package(
  name: "Workspace",
  products: [.library(name: "CutlineWorkspace", targets: ["CutlineWorkspace"])],
  dependencies: [.package(path: "../Core")],
  targets: [
    .target(
      name: "CutlineWorkspace",
      dependencies: [.product(name: "CutlineCore", package: "Core")],
      swiftSettings: strict)
  ],
  swiftLanguageModes: [.v6]
)
