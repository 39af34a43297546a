internal import Foundation

/// A stage library that is loaded while the program runs.
public enum PluginLibrary {
  private typealias InterfaceFunction = @convention(c) () -> UnsafePointer<CChar>?
  private typealias RegisterFunction = @convention(c) (UnsafeMutableRawPointer) -> Void

  private static let coreName = "libCutlineCore.so"

  /// Loads the plugin at `path` and lets it register its stages.
  ///
  /// Before the library is opened, its interface is read out of the file, so nothing of a plugin that was built for
  /// another Core or by another toolchain ever runs. Then it is opened (`RTLD_NOW`, `RTLD_LOCAL`), which runs its
  /// static initialisers and fails where it needs what Core does not have; `cutline_plugin_interface` is asked, and
  /// `cutline_plugin_register` called. It is never closed: Swift types cannot be taken back.
  ///
  /// - Parameter place: where the plugin is named, for errors.
  /// - Throws: `Faults` (usage) for everything that is wrong with it, `Faults` (io) when it cannot be read.
  public static func load(_ path: String, into registry: inout Registry, at place: Place) throws {
    let location = "\(place): \(path)"
    let library = try inspect(path, at: location)
    if registry.owners.contains(where: { $0.library?.sha256 == library.sha256 && $0.library?.path == library.path }) {
      return  // named twice
    }
    guard let handle = dlopen(library.path, RTLD_NOW | RTLD_LOCAL) else {
      let reason = dlerror().map { String(cString: $0) } ?? "no reason is given"
      throw Faults.usage(
        location,
        "the plugin cannot be loaded; it was built for another Core, or a library that it needs is missing: "
          + reason, PluginInterface.rebuild)
    }
    let interface = unsafeBitCast(
      try symbol("cutline_plugin_interface", of: handle, at: location), to: InterfaceFunction.self)
    guard let text = interface(), let said = PluginInterface(record: String(cString: text)) else {
      throw Faults.usage(
        location, "cutline_plugin_interface returns no record", "Return cutline_plugin_record() there.")
    }
    try said.mustMatch(.own, at: location)
    let register = unsafeBitCast(
      try symbol("cutline_plugin_register", of: handle, at: location), to: RegisterFunction.self)
    let loading = PluginLoading(library, into: registry)
    register(Unmanaged.passUnretained(loading).toOpaque())
    switch loading.outcome {
    case .success(let owner):
      guard !loading.registry.stages(of: owner).isEmpty else {
        throw Faults.usage(
          location, "the plugin registers no stage", "Call register of what PluginHost.register gives.")
      }
      registry = loading.registry
    case .failure(let error as Faults): throw error.inside(location).recoded(.usage)
    case .failure(let error):
      throw Faults.usage(location, "the plugin refuses to register: \(error)", "Ask its author.")
    case nil:
      throw Faults.usage(
        location, "the plugin registers nothing", "Call PluginHost.register in cutline_plugin_register.")
    }
  }

  /// Reads what can be known without running anything.
  private static func inspect(_ path: String, at location: String) throws -> StageOwner.Library {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw Faults.usage(location, "there is no such plugin", "Name the shared library that swift build made.")
    }
    guard !isFolder.boolValue else {
      throw Faults.usage(location, "is a folder, not a plugin", "Name the shared library in it.")
    }
    let absolute = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    let data = try OpenedFile.read(absolute)
    guard let file = ElfFile(data) else {
      throw Faults.usage(location, "is not a shared library", "Name the lib….so that swift build made.")
    }
    guard file.machine == ownMachine else {
      throw Faults.usage(
        location, "is a library for another processor (ELF machine \(file.machine), here \(ownMachine))",
        "Build it on this machine.")
    }
    guard let record = file.notes(of: "Cutline").first else {
      throw Faults.usage(
        location, "is not a Cutline plugin: it says nothing about the interface it was built for",
        "Export cutline_plugin_interface as docs/plugins-native.md shows, and rebuild it.")
    }
    guard let interface = PluginInterface(record: record) else {
      throw Faults.usage(location, "its interface \"\(record)\" cannot be read", PluginInterface.rebuild)
    }
    try interface.mustMatch(.own, at: location)
    guard file.needed.contains(coreName) else {
      throw Faults.usage(
        location, "the plugin does not ask for \(coreName), so it brings a Core of its own",
        "Link it with -lCutlineCore from this cutline's PREFIX, as docs/plugins-native.md shows.")
    }
    return StageOwner.Library(path: absolute, sha256: Digest.of(data))
  }

  private static func symbol(_ name: String, of handle: UnsafeMutableRawPointer, at location: String) throws
    -> UnsafeMutableRawPointer
  {
    guard let symbol = dlsym(handle, name) else {
      throw Faults.usage(
        location, "is not a whole plugin: the function \(name) is missing",
        "Export it as docs/plugins-native.md shows, and rebuild the plugin.")
    }
    return symbol
  }

  private static var ownMachine: UInt16 {
    #if arch(x86_64)
      62
    #elseif arch(arm64)
      183
    #else
      0
    #endif
  }
}
