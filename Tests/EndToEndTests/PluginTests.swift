import CutlineCore
import Foundation
import Testing

/// Plugins that the built tool loads: a real one, and copies of it with a few bytes changed.
@Suite struct PluginTests {
  private static let builtOrError = Result { try ToyPlugin() }
  private let plugin: ToyPlugin
  private let place: Workplace

  init() throws {
    plugin = try Self.builtOrError.get()
    place = try Workplace()
  }

  /// A copy of the plugin in which `text` is replaced by one of the same length.
  private func copy(_ name: String, _ text: String = "", with other: String = "") throws -> String {
    try plugin.copy(to: place.path(name), text, with: other)
    return name
  }

  /// What the tool says of a plugin that it refuses; `ran` tells whether its initialisers may have run by then.
  private func refusal(of plugin: String, ran: Bool = false) throws -> String {
    let outcome = try place.tool("plugins", "--plugin", plugin)
    #expect(outcome.code == 2)
    var lines = outcome.err.split(separator: "\n")
    #expect((lines.first == "toy initialiser") == ran)
    if ran { lines.removeFirst() }
    #expect(lines.count == 1 && lines.first?.hasPrefix("error: --plugin: \(plugin)") == true, "\(outcome.err)")
    return outcome.err
  }

  @Test func isListedWithItsStages() throws {
    let outcome = try place.tool("plugins", "--plugin", try copy("libToy.so"))
    #expect(outcome.code == 0)
    #expect(outcome.err == "toy initialiser\n")
    #expect(outcome.out.contains("toy 1.5: For tests.\n  from    \(place.root)/libToy.so\n"))
    #expect(
      outcome.out.contains("  stages  infer-rejects.acceptance-upliff, fit.toy-mean, toy-kind.toy-stage-of-own-kind\n"))
    #expect(outcome.out.contains("CutlineModels"))
  }

  /// The configuration of a folder elsewhere names the plugin beside it; the run uses its stage.
  @Test func isUsedByARun() throws {
    try FileManager.default.createDirectory(atPath: place.path("settings"), withIntermediateDirectories: true)
    try place.simulate(rows: 3000)
    let plugin = try copy("settings/libToy.so")
    let stages = "\n[plugins]\nload = [\"libToy.so\"]\n[stages.infer-rejects]\nuse = \"acceptance-upliff\"\n"
    try place.write("settings/config.toml", try place.read("config.toml") + stages)
    #expect(try place.tool("check", "-c", "settings/config.toml").code == 0)
    let first = try place.tool("run", "-c", "settings/config.toml", "-o", "out")
    #expect(first.code == 0, "\(first.err)")
    #expect(first.err.contains("the toy plugin was here"))
    let manifest = try place.read("out/manifest.json")
    #expect(manifest.contains("\"name\" : \"toy\""))
    #expect(manifest.contains("\"path\" : \"\(place.root)/\(plugin)\""))
    #expect(try place.tool("verify", "out").code == 0)

    let second = try place.tool("run", "-c", "settings/config.toml", "-o", "out")
    #expect(second.err.contains("= infer-rejects (unchanged)"))
    _ = try copy("settings/libToy.so", "the toy plugin was here", with: "the new plugin was here")
    let third = try place.tool("run", "-c", "settings/config.toml", "-o", "out")
    #expect(third.err.contains("the new plugin was here"))
    #expect(!third.err.contains("(unchanged)"))
  }

  /// Loaded twice is loaded once; without the plugin its stage is not known.
  @Test func isOneHoweverOftenItIsNamed() throws {
    let plugin = try copy("libToy.so")
    let both = ["--plugin", plugin, "--plugin", place.path(plugin)]
    #expect(try place.tool.run(["describe", "infer-rejects.acceptance-upliff"] + both).code == 0)
    #expect(try place.tool.run(["list"] + both).out.contains("toy-kind: A kind that only the toy knows."))
    #expect(try place.tool.run(["describe", "infer-rejects.acceptance-upliff"]).code == 2)
  }

  @Test func anotherInterfaceIsRefusedBeforeItRuns() throws {
    let said = try refusal(
      of: copy("libOther.so", "\(PluginInterface.own.number) \(plugin.compiler)", with: "9 \(plugin.compiler)"))
    #expect(
      said.contains(
        "the plugin was built for the interface 9 of Core, this cutline has \(PluginInterface.own.number). Rebuild it"))
  }

  @Test func anotherToolchainIsRefused() throws {
    let said = try refusal(of: copy("libOther.so", plugin.compiler, with: "9" + plugin.compiler.dropFirst()))
    #expect(said.contains("the plugin was built by the toolchain 9"))
    #expect(said.contains("Rebuild it with swift build"))
  }

  @Test func anotherCoreIsRefused() throws {
    let said = try refusal(of: copy("libOther.so", "$s11CutlineCore10PluginHost", with: "$s11CutlineCore10PluginHast"))
    #expect(said.contains("it was built for another Core"))
    #expect(said.contains("undefined symbol: $s11CutlineCore10PluginHast"))
  }

  @Test func missingFunctionsAreRefused() throws {
    let interface = try refusal(
      of: copy("libOther.so", "cutline_plugin_interface", with: "cutline_plugin_intarface"), ran: true)
    #expect(interface.contains("is not a whole plugin: the function cutline_plugin_interface is missing"))
    let register = try refusal(
      of: copy("libOther.so", "cutline_plugin_register", with: "cutline_plugin_ragister"), ran: true)
    #expect(register.contains("the function cutline_plugin_register is missing"))
    let note = try refusal(of: copy("libOther.so", "Cutline\0", with: "Cutlass\0"))
    #expect(note.contains("is not a Cutline plugin"))
  }

  @Test func anotherFileIsNoPlugin() throws {
    try place.write("notes.txt", "no library")
    #expect(try refusal(of: "notes.txt").contains("is not a shared library"))
    #expect(try refusal(of: "nowhere.so").contains("there is no such plugin"))
    #expect(try refusal(of: "libCutlineCore.so").contains("there is no such plugin"))
    let core = URL(fileURLWithPath: Tool.executable).deletingLastPathComponent().path + "/libCutlineCore.so"
    #expect(try refusal(of: core).contains("it brings a Core of its own"))
    #expect(try refusal(of: ".").contains("is a folder, not a plugin"))
  }

  @Test func everyPrefixOfALibraryIsRefused() throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: plugin.path))
    for count in [0, 3, 5, 17, 63, 64, 65, 200, 500, 700, 1000] {
      try bytes.prefix(count).write(to: URL(fileURLWithPath: place.path("short.so")))
      let outcome = try place.tool("plugins", "--plugin", "short.so")
      #expect(outcome.code == 2, "\(count) bytes: \(outcome.err)")
    }
  }

  @Test func namesTakenAreRefusedWithBothOwners() throws {
    let builtIn = try refusal(of: copy("libToy.so", "acceptance-upliff", with: "acceptance-uplift"), ran: true)
    #expect(
      builtIn.contains("infer-rejects.acceptance-uplift: is registered twice, by the module CutlineModels and by "))
    #expect(builtIn.contains("by the plugin toy 1.5 (\(place.root)/libToy.so). Give one of the two"))
    let one = try copy("libOne.so")
    let two = try copy("libTwo.so", "For tests.", with: "Of  tests.")
    let outcome = try place.tool("list", "--plugin", one, "--plugin", two)
    #expect(outcome.code == 2)
    #expect(outcome.err.contains("the plugin is called toy, as is the plugin toy 1.5 (\(place.root)/libOne.so)"))
  }

  @Test func theTableOfPluginsIsChecked() throws {
    try place.simulate(rows: 500)
    let config = try place.read("config.toml")
    for (text, said) in [
      ("plugins = 3\n", "plugins is the number 3"), ("[plugins]\nlaod = []\n", "did you mean load"),
      ("[plugins]\nload = \"a.so\"\n", "load is the text"), ("[plugins]\nload = [1]\n", "load holds the number 1"),
      ("[plugins]\nload = [\"a.so\"]\n", "there is no such plugin"),
    ] {
      try place.write("changed.toml", text.hasPrefix("plugins") ? text + config : config + "\n" + text)
      let outcome = try place.tool("check", "-c", "changed.toml")
      #expect(outcome.code == 2)
      #expect(outcome.err.contains(said) && outcome.err.contains("changed.toml:"), "\(outcome.err)")
    }
  }
}
