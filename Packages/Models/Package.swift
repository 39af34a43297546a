// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny")]

let package = Package(
  name: "Models",
  products: [.library(name: "CutlineModels", targets: ["CutlineModels"])],
  dependencies: [.package(path: "../Core"), .package(path: "../Formats")],
  targets: [
    // Sums over rows with the same bits on every processor.
    .target(name: "CModels", linkerSettings: [.linkedLibrary("sleef")]),
    // `libxgboost` itself is opened at run time.
    .target(name: "CXGBoost", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    .target(
      name: "CutlineModels",
      dependencies: [
        .product(name: "CutlineCore", package: "Core"), .product(name: "CutlineFormats", package: "Formats"), "CModels",
        "CXGBoost",
      ],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
