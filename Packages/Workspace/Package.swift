// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny")]

let package = Package(
  name: "Workspace",
  products: [.library(name: "CutlineWorkspace", targets: ["CutlineWorkspace"])],
  dependencies: [.package(path: "../Core"), .package(path: "../Run")],
  targets: [
    // Embeds the plans of `Plans/` and the frame of the configuration page.
    .target(name: "CTexts", exclude: ["pages"]),
    .target(
      name: "CutlineWorkspace",
      dependencies: [
        .product(name: "CutlineCore", package: "Core"), .product(name: "CutlineRun", package: "Run"), "CTexts",
      ],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
