// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny")]

let package = Package(
  name: "Report",
  products: [.library(name: "CutlineReport", targets: ["CutlineReport"])],
  dependencies: [.package(path: "../Core"), .package(path: "../Formats")],
  targets: [
    .target(
      name: "CutlineReport",
      dependencies: [
        .product(name: "CutlineCore", package: "Core"), .product(name: "CutlineFormats", package: "Formats"),
      ],
      swiftSettings: strict)
  ],
  swiftLanguageModes: [.v6]
)
