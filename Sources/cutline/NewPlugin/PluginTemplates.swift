/// The files of a new plugin around its stage. Words in double braces are filled in.
enum PluginTemplates {
  static let manifest = #"""
    // swift-tools-version: 6.2
    import PackageDescription

    /// Where cutline is installed (scripts/install PREFIX); CUTLINE_PREFIX in the environment goes before.
    let prefix = Context.environment["CUTLINE_PREFIX"] ?? "{{prefix}}"
    let modules: [SwiftSetting] = [.unsafeFlags(["-I", "\(prefix)/lib/cutline/modules"])]
    let core: [LinkerSetting] = [
      .unsafeFlags(["-L", "\(prefix)/lib", "-lCutlineCore", "-Xlinker", "-rpath", "-Xlinker", "\(prefix)/lib"])
    ]
    let kit: [LinkerSetting] = [.unsafeFlags(["-L", "\(prefix)/lib/cutline", "-lCutlineTesting"])]

    let package = Package(
      name: "{{Module}}",
      products: [.library(name: "{{Module}}", type: .dynamic, targets: ["{{Module}}"])],
      targets: [
        .target(name: "{{Module}}", swiftSettings: modules, linkerSettings: core),
        .testTarget(
          name: "{{Module}}Tests",
          dependencies: ["{{Module}}"],
          swiftSettings: modules,
          linkerSettings: kit + core),
      ],
      swiftLanguageModes: [.v6]
    )

    """#

  /// In front of the stage.
  static let head = #"""
    internal import CPluginInterface
    internal import CutlineCore
    internal import CutlineCredit

    // Read out of the library before anything of it runs: which cutline it was built for.
    @c(cutline_plugin_interface) public func interface() -> UnsafePointer<CChar> { cutline_plugin_record() }

    @c(cutline_plugin_register) public func register(_ host: UnsafeMutableRawPointer) {
      PluginHost.register(
        host, name: "{{name}}", version: "0.1.0", summary: "Says what the plugin is for."
      ) { plugin in
        try plugin.register({{Stage}}.self)
      }
    }


    """#

  static let test = #"""
    import CutlineCore
    import CutlineTesting
    import Testing

    @testable import {{Module}}

    @Suite struct {{Module}}Tests {
      /// The stage with what it needs of a portfolio of 72 applications.
      static func stage() throws -> (stage: StageDescription, inputs: [String: any Artifact]) {
        var registry = Registry()
        try registry.register({{Stage}}.self)
        let stage = try #require(registry.all.first)
        return (stage, try SmallPortfolio().inputs(of: stage))
      }

      @Test func namesAndFieldsAreWellFormed() throws {
        #expect(StageConformance.wellFormed(try Self.stage().stage) == [])
      }

      @Test func sameInputSameBytes() async throws {
        let (stage, inputs) = try Self.stage()
        #expect(try await StageConformance.deterministic(stage, inputs: inputs).broken == [])
      }

      /// For a built-in kind: what its output must be, such as one risk a cell.
      @Test func theLawsOfItsKindHold() async throws {
        let (stage, inputs) = try Self.stage()
        #expect(try await StageConformance.lawful(stage, inputs: inputs) == [])
        #expect(try await StageConformance.stopsWhenCancelled(stage, inputs: inputs) == [])
      }

      @Test func wrongInputsAreRefused() async throws {
        #expect(await StageConformance.refusesWrongInputs(try Self.stage().stage) == [])
      }
    }

    """#

  static let readme = #"""
    # {{name}}

    A plugin of cutline with one stage, `{{kind}}.{{name}}`. Build, test, look at it:

        swift build -c release
        swift test
        {{cutline}} plugins --plugin .build/release/lib{{Module}}.so
        {{cutline}} describe {{kind}}.{{name}} --plugin .build/release/lib{{Module}}.so

    Use it, in a `config.toml` beside this file:

        [plugins]
        load = [".build/release/lib{{Module}}.so"]

        [stages.{{id}}]
        use = "{{name}}"

    The plugin fits the cutline in `{{prefix}}` only; after cutline or the toolchain has changed, build it again.
    `CUTLINE_PREFIX=DIR swift build` builds it for another installation.

    """#

  static let ignore = ".build/\n"
}
