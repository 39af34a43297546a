// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny")]

let package = Package(
  name: "Decide",
  products: [
    .library(name: "CutlineDecide", targets: ["CutlineDecide"]),
    .library(name: "CutlineRules", targets: ["CutlineRules"]),
    .library(name: "CutlineFlow", targets: ["CutlineFlow"]),
  ],
  dependencies: [.package(path: "../Core"), .package(path: "../Formats")],
  targets: [
    .target(name: "CSqlite", linkerSettings: [.linkedLibrary("sqlite3")]),
    // Ed25519 and SHA-256 of libcrypto, which Core links already.
    .target(name: "CSigning", linkerSettings: [.linkedLibrary("crypto")]),
    // The numbered texts that make the tables.
    .target(name: "CMigrations"),
    // The tables of rules that come with the program.
    .target(name: "CRuleTables"),
    .target(
      name: "CutlineRules",
      dependencies: [
        .product(name: "CutlineCore", package: "Core"), .product(name: "CutlineFormats", package: "Formats"),
        "CRuleTables",
      ],
      swiftSettings: strict),
    .target(
      name: "CutlineFlow",
      dependencies: [
        .product(name: "CutlineCore", package: "Core"), .product(name: "CutlineFormats", package: "Formats"),
        "CutlineRules",
      ],
      swiftSettings: strict),
    .target(
      name: "CutlineDecide",
      dependencies: [
        .product(name: "CutlineCore", package: "Core"), .product(name: "CutlineFormats", package: "Formats"), "CSqlite",
        "CSigning", "CMigrations", "CutlineRules", "CutlineFlow",
      ],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
