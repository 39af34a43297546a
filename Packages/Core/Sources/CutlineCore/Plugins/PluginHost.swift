/// What a plugin registers its stages with.
///
/// Not `Sendable`: it lives while the plugin's `cutline_plugin_register` runs, on one thread.
public final class PluginRegistrar {
  private(set) var registry: Registry

  init(registry: Registry) { self.registry = registry }

  /// Adds a stage. A kind that the program does not know comes with it.
  /// - Throws: `Faults` (usage) when the kind already has a stage of that name or alias; it names both owners.
  public func register<S: Stage>(_ type: S.Type) throws { try registry.register(type) }
}

/// The host's side of one loading.
final class PluginLoading {
  let library: StageOwner.Library
  var registry: Registry
  /// Nil until the plugin has registered itself.
  var outcome: Result<StageOwner, any Error>?

  init(_ library: StageOwner.Library, into registry: Registry) {
    self.library = library
    self.registry = registry
  }

  func register(_ owner: StageOwner, _ body: (PluginRegistrar) throws -> Void) throws -> StageOwner {
    guard outcome == nil else {
      throw Faults.usage(library.path, "the plugin registers itself twice", "Call PluginHost.register once.")
    }
    if let other = registry.owners.first(where: { $0.library != nil && $0.name == owner.name }) {
      throw Faults.usage(
        library.path, "the plugin is called \(owner.name), as is \(other.phrase)", "Load only one of them.")
    }
    try registry.owned(by: owner) { inner in
      let registrar = PluginRegistrar(registry: inner)
      try body(registrar)
      inner = registrar.registry
    }
    return owner
  }
}

/// Called by a plugin's `cutline_plugin_register`:
///
/// ```swift
/// @c(cutline_plugin_register) public func register(_ host: UnsafeMutableRawPointer) {
///   PluginHost.register(host, name: "example", version: "1.0") { try $0.register(MyStage.self) }
/// }
/// ```
public enum PluginHost {
  /// Registers the stages of a plugin under its name. Errors go to the host, which reports them.
  ///
  /// - Parameters:
  ///   - host: what `cutline_plugin_register` was given.
  ///   - name: unique among the plugins of a run.
  public static func register(
    _ host: UnsafeMutableRawPointer, name: String, version: String, summary: String = "",
    _ body: (PluginRegistrar) throws -> Void
  ) {
    let loading = Unmanaged<PluginLoading>.fromOpaque(host).takeUnretainedValue()
    let owner = StageOwner(name: name, version: version, summary: summary, library: loading.library)
    do {
      loading.outcome = .success(try loading.register(owner, body))
    } catch {
      loading.outcome = .failure(error)
    }
  }
}
