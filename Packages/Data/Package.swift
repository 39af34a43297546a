// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny")]

let package = Package(
  name: "Data",
  products: [
    .library(name: "CutlineData", targets: ["CutlineData"]),
    // Parses SAS files, which are not trusted, in a process of its own with little memory, time and rights.
    .executable(name: "cutline-sas-reader", targets: ["CutlineSasReader"]),
  ],
  dependencies: [.package(path: "../Core"), .package(path: "../Formats")],
  targets: [
    .systemLibrary(name: "CIsal", providers: [.apt(["libisal-dev"])]),
    .systemLibrary(name: "CReadStat", providers: [.apt(["libreadstat-dev"])]),
    .executableTarget(
      name: "CutlineSasReader",
      cSettings: [.treatAllWarnings(as: .error), .enableWarning("all"), .enableWarning("extra")],
      // Without the Swift runtime that the driver would link: see no_swift_runtime.c.
      linkerSettings: [.unsafeFlags(["-static-stdlib", "-Xlinker", "--as-needed"]), .linkedLibrary("readstat")]),
    .target(
      name: "CSystem",
      cSettings: [.treatAllWarnings(as: .error), .enableWarning("all"), .enableWarning("extra")]),
    // Arrow itself is opened at run time, by way of the library in its folder, which scripts/setup builds.
    .target(
      name: "CParquet", exclude: ["library"],
      cSettings: [.treatAllWarnings(as: .error), .enableWarning("all"), .enableWarning("extra")],
      linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    // RE2, which no expression can keep busy.
    .target(
      name: "CRegex",
      cxxSettings: [.treatAllWarnings(as: .error), .enableWarning("all"), .enableWarning("extra")],
      linkerSettings: [.linkedLibrary("re2")]),
    .target(
      name: "CutlineData",
      dependencies: [
        .product(name: "CutlineCore", package: "Core"), .product(name: "CutlineFormats", package: "Formats"),
        "CIsal", "CParquet", "CReadStat", "CRegex", "CSystem",
      ],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
