// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny")]

let package = Package(
  name: "Formats",
  products: [.library(name: "CutlineFormats", targets: ["CutlineFormats"])],
  dependencies: [.package(path: "../Core")],
  targets: [
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    // `libxlsxwriter` itself is opened at run time.
    .target(name: "CXlsx", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    .target(
      name: "CutlineFormats", dependencies: [.product(name: "CutlineCore", package: "Core"), "CXlsx", "CZlib"],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
