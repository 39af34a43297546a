internal import CPluginInterface

/// What a plugin and Core must agree on to the letter: there is no library evolution, so a struct is laid out, and a
/// function called, as it was compiled.
public struct PluginInterface: Sendable, Hashable {
  /// Raised when a public declaration of Core changes.
  public let number: Int
  /// The version and commit of the compiler.
  public let toolchain: String

  /// The interface of this Core.
  public static var own: PluginInterface {
    PluginInterface(record: String(cString: cutline_plugin_record())) ?? PluginInterface(number: 0, toolchain: "")
  }

  init(number: Int, toolchain: String) {
    self.number = number
    self.toolchain = toolchain
  }

  /// Reads `NUMBER TOOLCHAIN`; nil for anything else.
  init?(record: String) {
    let parts = record.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, let number = Int(parts[0]), number > 0 else { return nil }
    self.init(number: number, toolchain: String(parts[1]))
  }

  /// What to do about a plugin that does not fit.
  static let rebuild = "Rebuild it with swift build against this cutline: the toolchain and PREFIX that it comes from."

  /// - Throws: `Faults` (usage) that says what was found and what is needed.
  func mustMatch(_ needed: PluginInterface, at location: String) throws {
    guard number == needed.number else {
      throw Faults.usage(
        location, "the plugin was built for the interface \(number) of Core, this cutline has \(needed.number)",
        Self.rebuild)
    }
    guard toolchain == needed.toolchain else {
      throw Faults.usage(
        location, "the plugin was built by the toolchain \(toolchain), this cutline by \(needed.toolchain)",
        Self.rebuild)
    }
  }
}
