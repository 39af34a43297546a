import Foundation
import Testing

/// Who may know whom, over the imports of all sources.
@Suite struct ArchitectureTests {
  private static let core: Set<String> = ["CutlineCompute", "CutlineCore", "CutlineCredit"]

  /// Module → the modules of this repository that it may import. docs/architecture.md has the reasons.
  private static let allowed: [String: Set<String>] = [
    "CutlineCompute": [],
    "CutlineCore": ["CutlineCompute"],
    "CutlineCredit": ["CutlineCore", "CutlineCompute"],
    "CutlineTesting": core,
    "CutlineSimulate": core,
    "CutlineSearch": ["CutlineCompute"],
    "CutlineFormats": core,
    "CutlineData": core.union(["CutlineFormats"]),
    "CutlineMonitor": core.union(["CutlineFormats"]),
    "CutlineReport": core.union(["CutlineFormats"]),
    "CutlineModels": core.union(["CutlineFormats"]),
    "CutlineRules": core.union(["CutlineFormats"]),
    "CutlineFlow": core.union(["CutlineFormats", "CutlineRules"]),
    "CutlineDecide": core.union(["CutlineFormats", "CutlineRules", "CutlineFlow"]),
    "CutlineMilp": core,
    "CutlineOptimize": core.union(["CutlineSearch", "CutlineMilp", "CutlineFormats"]),
    "CutlineAllocate": core.union(["CutlineSearch", "CutlineMilp"]),
    "CutlineRun": core,
    "CutlineWorkspace": core.union(["CutlineRun"]),
    "CutlineServe": core.union(["CutlineRun", "CutlineWorkspace", "CutlineDecide", "CutlineReport", "CutlineFormats"]),
  ]

  private static let root = BuiltModules.root

  /// Of the Swift files below a folder: module → the modules of this repository that it imports, with a file for each.
  private static func imports(below folder: String) throws -> [String: [String: String]] {
    var found: [String: [String: String]] = [:]
    let walker = try #require(FileManager.default.enumerator(atPath: root.appendingPathComponent(folder).path))
    while let path = walker.nextObject() as? String {
      guard path.hasSuffix(".swift"), !path.contains(".build/"), !path.hasSuffix("Package.swift") else { continue }
      let parts = path.split(separator: "/")
      guard let at = parts.firstIndex(of: "Sources"), at + 1 < parts.count else { continue }
      let text = try String(contentsOf: root.appendingPathComponent("\(folder)/\(path)"), encoding: .utf8)
      for line in text.split(separator: "\n") {
        guard
          let match = line.wholeMatch(
            of: /(?:@testable |@_spi\(Run\) )?(?:public |internal |private |package )?import (\w+)/)
        else {
          // Imports stand at the top; what follows may hold texts that look like some.
          if line.hasPrefix("import") || line.contains(" import ") { continue }
          if !line.isEmpty, !line.hasPrefix("//"), !line.hasPrefix("@"), !line.hasPrefix("#") { break }
          continue
        }
        found[String(parts[at + 1]), default: [:]][String(match.1)] = "\(folder)/\(path)"
      }
    }
    return found
  }

  @Test func modulesImportOnlyWhatTheyMayKnow() throws {
    let found = try Self.imports(below: "Packages")
    #expect(found.keys.contains("CutlineCore") && found.keys.contains("CutlineWorkspace") && found.count > 10)
    for (module, imports) in found where module.hasPrefix("Cutline") {
      let allowed = try #require(Self.allowed[module], "\(module) has no line in the table")
      for (other, file) in imports where other.hasPrefix("Cutline") {
        #expect(allowed.contains(other), "\(file): \(module) must not import \(other)")
      }
    }
  }

  @Test func pluginsKnowCoreOnly() throws {
    for (module, imports) in try Self.imports(below: "Plugins") {
      for (other, file) in imports where other.hasPrefix("Cutline") {
        #expect(Self.core.contains(other), "\(file): \(module) must not import \(other)")
      }
    }
  }

  /// The tool knows everything but the conformance kit, and nobody knows the tool.
  @Test func theToolIsTheRoot() throws {
    let text = try FileManager.default.subpathsOfDirectory(atPath: Self.root.appendingPathComponent("Sources").path)
      .filter { $0.hasSuffix(".swift") }
      .map { try String(contentsOf: Self.root.appendingPathComponent("Sources/\($0)"), encoding: .utf8) }
    #expect(text.count > 20 && !text.contains { $0.contains("\ninternal import CutlineTesting\n") })
  }

  /// A public type with the name of a module would hide the module.
  @Test func noTypeIsCalledLikeAModule() throws {
    for name in Self.allowed.keys {
      let walker = try #require(
        FileManager.default.enumerator(atPath: Self.root.appendingPathComponent("Packages").path))
      while let path = walker.nextObject() as? String {
        guard path.hasSuffix(".swift"), path.contains("/Sources/") else { continue }
        let text = try String(contentsOf: Self.root.appendingPathComponent("Packages/\(path)"), encoding: .utf8)
        #expect(!text.contains("public struct \(name) ") && !text.contains("public enum \(name) "), "\(path)")
      }
    }
  }

  /// The limits that keep a package a room and not the house.
  @Test func modulesStayWithinTheirSizes() throws {
    func lines(_ folder: String) throws -> Int {
      let base = Self.root.appendingPathComponent("Packages/Core/Sources/\(folder)").path
      let ends = [".swift", ".c", ".cpp", ".h", ".hpp", ".cl"]
      return try FileManager.default.subpathsOfDirectory(atPath: base)
        .filter { path in ends.contains { path.hasSuffix($0) } }
        .reduce(0) { total, path in
          total + (try Data(contentsOf: URL(fileURLWithPath: "\(base)/\(path)")).count { $0 == 10 })
        }
    }
    #expect(try lines("CutlineCore") < 7200)
    #expect(try lines("CutlineCredit") < 6100)
    #expect(try lines("CutlineCompute") < 4000)
    #expect(try lines("") < 18_700)
  }
}
