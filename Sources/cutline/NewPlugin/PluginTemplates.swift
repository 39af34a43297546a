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
      static func stage() throws -> StageDescription {
        var registry = Registry()
        try registry.register({{Stage}}.self)
        return try #require(registry.all.first)
      }

      @Test func namesAndFieldsAreWellFormed() throws {
        #expect(StageConformance.wellFormed(try Self.stage()) == [])
      }

      /// On the inputs that its kind offers for tests: the same bytes whenever it runs, what its output must be (such
      /// as one risk a cell), and an end when it is told to stop.
      @Test func itsKindIsKept() async throws {
        let stage = try Self.stage()
        let specimens = try stage.contract.specimens()
        #expect(!specimens.isEmpty)
        for inputs in specimens {
          #expect(try await StageConformance.deterministic(stage, inputs: inputs).broken == [])
          #expect(try await StageConformance.lawful(stage, inputs: inputs) == [])
          #expect(try await StageConformance.stopsWhenCancelled(stage, inputs: inputs) == [])
        }
      }

      @Test func wrongInputsAreRefused() async throws {
        #expect(await StageConformance.refusesWrongInputs(try Self.stage()) == [])
      }{{laws}}
    }

    """#

  /// What the test of an estimator has besides.
  static let estimatorLaws = #"""


      /// The same predictions where rows, weights and features say the same in other words. A law that the estimator cannot
      /// keep is named with the reason: `except: [.rowOrder: "it draws rows by their place"]`.
      @Test func theLawsOfEstimatorsAreKept() async throws {
        #expect(try await EstimatorConformance.laws(try Self.stage()).broken == [])
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

        {{usage}}

    The plugin fits the cutline in `{{prefix}}` only; after cutline or the toolchain has changed, build it again.
    `CUTLINE_PREFIX=DIR swift build` builds it for another installation.

    """#

  static let ignore = ".build/\n"
}
