// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny")]

let package = Package(
  name: "Core",
  products: [
    // One dynamic product for the three modules: types that cross a plugin boundary must exist once in a process.
    .library(name: "CutlineCore", type: .dynamic, targets: ["CutlineCore", "CutlineCompute", "CutlineCredit"])
  ],
  targets: [
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .target(
      name: "CToml",
      cxxSettings: [.define("TOML_HEADER_ONLY", to: "0"), .define("TOML_SHARED_LIB", to: "1")],
      linkerSettings: [.linkedLibrary("tomlplusplus")]),
    // Functions with the same bits on every processor.
    .target(name: "CCompute", linkerSettings: [.linkedLibrary("sleef")]),
    .target(name: "CFileSystem"),
    .target(name: "CProcess"),
    .systemLibrary(name: "CPluginInterface"),
    .target(name: "CutlineCompute", dependencies: ["CCompute"], swiftSettings: strict),
    .target(
      name: "CutlineCore",
      dependencies: ["CutlineCompute", "CToml", "CCrypto", "CFileSystem", "CProcess", "CPluginInterface"],
      swiftSettings: strict),
    .target(name: "CutlineCredit", dependencies: ["CutlineCore", "CutlineCompute"], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
