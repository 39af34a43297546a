internal import CutlineCore
internal import Foundation

/// Stages that are loaded while the tool runs.
extension Plugins {
  static let option = Option.value("plugin", "PATH", repeats: true, "Load a plugin: a shared library of stages.")

  /// For commands that need no configuration.
  static let options: [Option] = [
    .value("config", short: "c", "PATH", "Load the plugins of this configuration."), option,
  ]

  /// The built-in stages, those of the plugins that the configuration `config` names under `[plugins]`, and those of
  /// `--plugin`.
  static func registry(_ arguments: Arguments, config: String?) throws -> Registry {
    var registry = try registry()
    if let config {
      for (path, place) in try named(in: ConfigDocument.load(config, settings: arguments.all("set"))) {
        try PluginLibrary.load(path, into: &registry, at: place)
      }
    }
    for path in arguments.all("plugin") {
      try PluginLibrary.load(path, into: &registry, at: Place(source: "--plugin"))
    }
    return registry
  }

  /// `[plugins] load = ["…"]`: paths relative to the file that names them, or to the current folder for `--set`.
  private static func named(in document: ConfigDocument) throws -> [(path: String, place: Place)] {
    guard let value = document.root["plugins"] else { return [] }
    guard let table = value.table else {
      throw Faults.usage(value.place, "plugins is \(value.typeName)", "Write [plugins] with load = [\"lib….so\"].")
    }
    for entry in table.entries where entry.key != "load" {
      let hint = DidYouMean.phrase(for: entry.key, among: ["load"])
      throw Faults.usage(
        entry.place, "unknown key \(entry.key) of [plugins]\(hint)", "It may hold load, a list of paths.")
    }
    guard let load = table["load"] else { return [] }
    guard let items = load.array else {
      throw Faults.usage(load.place, "load is \(load.typeName)", "Write load = [\"lib….so\"].")
    }
    return try items.map { item in
      guard let path = item.string, !path.isEmpty else {
        throw Faults.usage(item.place, "load holds \(item.typeName)", "Each item is the path of a shared library.")
      }
      // Only a place in a file has a line.
      guard !path.hasPrefix("/"), item.place.line > 0, !item.place.source.hasPrefix("--") else {
        return (path, item.place)
      }
      let folder = item.place.source.parentFolder
      return ((folder as NSString).appendingPathComponent(path), item.place)
    }
  }
}
