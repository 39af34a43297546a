import CutlineCore
import Foundation
import Testing

/// What a plugin is compiled against: when it changes, plugins that were built before must be refused.
@Suite struct InterfaceTests {
  @Test func theNumberRisesWithTheInterface() throws {
    let folder = BuiltModules.root.appendingPathComponent("Packages/Core/Sources/CPluginInterface")
    let recorded = try String(contentsOf: folder.appendingPathComponent("interface.digest"), encoding: .utf8)
      .split(separator: "\n").filter { !$0.hasPrefix("#") }.map { $0.split(separator: " ").map(String.init) }
    let number = PluginInterface.own.number
    let digest = try CoreInterface().digest
    let last = try #require(recorded.last)
    #expect(last.count == 2 && zip(recorded, recorded.dropFirst()).allSatisfy { Int($0[0]) ?? 0 < Int($1[0]) ?? 0 })
    #expect(Int(last[0]) == number, "the last line of interface.digest and plugin_interface.h have different numbers")
    #expect(
      last[1] == digest,
      """
      A public declaration of Core, or the layout of a public type, has changed. In Packages/Core/Sources/CPluginInterface: \
      set CUTLINE_PLUGIN_INTERFACE of plugin_interface.h to \(number + 1) and add the line "\(number + 1) \(digest)" to \
      interface.digest. (Only where no cutline with number \(number) was ever handed out may its line be replaced.)
      """)
  }

  @Test func theInterfaceHoldsLayoutsAndDeclarations() throws {
    let lines = try CoreInterface().lines
    #expect(lines.contains { $0.contains("Stage.run") && $0.contains("async throws") })
    #expect(lines.contains { $0.contains("CutlineCompute RandomStream.unused") })  // private, but laid out in plugins
    #expect(lines.contains { $0.contains("CutlineCore StageInstance.bound") })
    #expect(lines.contains { $0.contains("CutlineCore BoundStage.externalInputs") })  // inside a public struct
    #expect(!lines.contains { $0.contains("ElfFile") || $0.contains("PluginLibrary.inspect") })
  }
}
