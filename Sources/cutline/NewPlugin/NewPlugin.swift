@_spi(Run) internal import CutlineCore
internal import CutlineCredit
internal import Foundation

/// The folder of a new plugin.
struct NewPlugin {
  /// Kebab-case.
  let name: String
  let kind: KindDescription
  private let baseline: String
  /// How a configuration uses the stage, as TOML.
  private let usage: String
  /// Where cutline is installed.
  let prefix: String

  /// Modules that a plugin imports, words of Core in the files of a plugin, and words of Swift: a module of that name
  /// would hide them.
  private static let taken: Set<String> = [
    "CutlineCompute", "CutlineCore", "CutlineCredit", "CutlineTesting", "Foundation", "Glibc", "Kind", "NoConfig",
    "NoInput", "PluginHost", "Registry", "Stage", "Strategy", "Swift", "Table", "Testing",
  ]

  /// - Parameters:
  ///   - kinds: all that there are.
  ///   - usage: how a configuration uses a stage of that kind and name.
  /// - Throws: `Faults` (usage) for a name that is no kebab-case name, or taken, and for a kind without a baseline; then
  ///   what `prefix` throws.
  init(
    name: String, kind: String, kinds: [KindDescription], usage: (KindDescription) throws -> String,
    prefix: () throws -> String
  ) throws {
    guard name.wholeMatch(of: /[a-z][a-z0-9]*(-[a-z0-9]+)*/) != nil, name.count <= 60 else {
      throw Faults.usage(
        "cutline new-plugin", "\"\(name)\" is not a name in kebab-case",
        "Use lower-case letters, digits and single hyphens, such as my-search.")
    }
    let known = kinds.filter { $0.baseline != nil }.map(\.name)
    guard let found = kinds.first(where: { $0.name == kind }), let baseline = found.baseline else {
      throw Faults.usage(
        "--kind", "there is no template for the kind \(kind)\(DidYouMean.phrase(for: kind, among: known))",
        "Kinds with one: \(known.joined(separator: ", ")); a stage of any other kind can be a program, with use = \"process\"."
      )
    }
    self.name = name
    self.kind = found
    self.baseline = baseline
    self.usage = try usage(found)
    let module = Self.module(name)
    let types = kinds.flatMap { [$0.symbol, "\($0.output)"] }
    guard !Self.taken.contains(module), !types.contains(module) else {
      throw Faults.usage(
        "cutline new-plugin", "a module called \(module) would hide one that plugins use", "Try my-\(name).")
    }
    self.prefix = try prefix()
  }

  /// The name in the form of a module: `MySearch`.
  var module: String { Self.module(name) }

  private static func module(_ name: String) -> String {
    name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  /// Path in the folder and text.
  var files: [(path: String, text: String)] {
    [
      ("Package.swift", PluginTemplates.manifest), ("README.md", PluginTemplates.readme),
      (".gitignore", PluginTemplates.ignore),
      ("Sources/\(module)/\(module)Stage.swift", PluginTemplates.head + baseline),
      ("Tests/\(module)Tests/\(module)Tests.swift", PluginTemplates.test),
    ].map { ($0.0, filled($0.1)) }
  }

  private func filled(_ text: String) -> String {
    [
      ("Module", module), ("Stage", "\(module)Stage"), ("name", name), ("kind", kind.name),
      ("usage", usage.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n    ")),
      ("prefix", prefix), ("cutline", "\(prefix)/bin/cutline"),
      ("laws", kind.name == Fit.name ? PluginTemplates.estimatorLaws : ""),
    ].reduce(text) { $0.replacingOccurrences(of: "{{\($1.0)}}", with: $1.1) }
  }

  /// - Throws: `Faults` (usage) when `folder` holds anything, `Faults` (io) when it cannot be written.
  func write(to folder: String) throws {
    if FileSystem.exists(folder), try !FileSystem.names(in: folder).isEmpty {
      throw Faults.usage(folder, "is there already and not empty", "Name a new folder with --output.")
    }
    for (path, text) in files {
      let file = "\(folder)/\(path)"
      try FileSystem.makeFolders(file.parentFolder)
      try NewFile.write(text, to: file)
    }
  }
}
