// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny")]

let package = Package(
  name: "Models",
  products: [.library(name: "CutlineModels", targets: ["CutlineModels"])],
  dependencies: [.package(path: "../Core")],
  targets: [
    .systemLibrary(name: "CLapacke", providers: [.apt(["liblapacke-dev"])]),
    .target(
      name: "CutlineModels",
      dependencies: [.product(name: "CutlineCore", package: "Core"), "CLapacke"],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
