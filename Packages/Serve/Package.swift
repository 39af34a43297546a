// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny")]

let package = Package(
  name: "Serve",
  products: [.library(name: "CutlineServe", targets: ["CutlineServe"])],
  dependencies: [
    .package(path: "../Core"), .package(path: "../Run"), .package(path: "../Workspace"), .package(path: "../Decide"),
    .package(path: "../Report"), .package(path: "../Formats"),
  ],
  targets: [
    // `libmicrohttpd` itself is opened at run time.
    .target(name: "CMicrohttpd", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    .target(
      name: "CutlineServe",
      dependencies: [
        .product(name: "CutlineCore", package: "Core"), .product(name: "CutlineRun", package: "Run"),
        .product(name: "CutlineWorkspace", package: "Workspace"), .product(name: "CutlineDecide", package: "Decide"),
        .product(name: "CutlineReport", package: "Report"), .product(name: "CutlineFormats", package: "Formats"),
        "CMicrohttpd",
      ],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
