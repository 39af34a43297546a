import CutlineCore
import Foundation

/// The public declarations of CutlineCore and CutlineCompute with the layouts of their public types, one a line.
///
/// From the symbol graphs that the toolchain extracts out of the built modules: all that is public, and of every type
/// that is public, or laid out inside such a type, its instance properties and cases, in order and whatever their
/// access. Private computed properties are among them: their change raises the number without need, which does no harm.
struct CoreInterface {
  let lines: [String]

  var digest: String { Digest.of(Array(lines.joined(separator: "\n").utf8)) }

  private struct Graph: Decodable {
    let symbols: [Symbol]
    let relationships: [Relationship]
  }

  private struct Symbol: Decodable {
    struct Identifier: Decodable { let precise: String }
    struct Kind: Decodable { let identifier: String }
    struct Fragment: Decodable {
      let spelling: String
      let preciseIdentifier: String?
    }
    struct Location: Decodable {
      struct Position: Decodable { let line, character: Int }
      let uri: String
      let position: Position
    }
    let identifier: Identifier
    let kind: Kind
    let pathComponents: [String]
    let accessLevel: String
    let declarationFragments: [Fragment]
    let location: Location?

    var isPublic: Bool { accessLevel == "public" || accessLevel == "open" }
    var isPart: Bool { kind.identifier == "swift.property" || kind.identifier == "swift.enum.case" }
    var text: String {
      let path = pathComponents.joined(separator: ".")
      return "\(path) \(kind.identifier) \(accessLevel) " + declarationFragments.map(\.spelling).joined()
    }
  }

  private struct Relationship: Decodable {
    let kind, source, target: String
  }

  init() throws {
    let modules = BuiltModules()
    let folder = NSTemporaryDirectory() + "cutline-symbols-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }  // best effort in a temporary place
    #if arch(arm64)
      let target = "aarch64-unknown-linux-gnu"
    #else
      let target = "x86_64-unknown-linux-gnu"
    #endif
    for module in ["CutlineCore", "CutlineCompute", "CutlineCredit"] {
      try modules.run(
        ["swift-symbolgraph-extract", "-module-name", module, "-target", target, "-minimum-access-level", "private"]
          + ["-skip-synthesized-members", "-output-dir", folder] + modules.flags())
    }
    var symbols: [(module: String, symbol: Symbol)] = []
    var relationships: [Relationship] = []
    for file in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
      let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(file)"))
      let graph = try JSONDecoder().decode(Graph.self, from: data)
      let module = file.replacingOccurrences(of: ".symbols.json", with: "")
      symbols += graph.symbols.map { (module, $0) }
      relationships += graph.relationships
    }
    lines = Self.lines(symbols, relationships)
  }

  private static func lines(_ symbols: [(module: String, symbol: Symbol)], _ relationships: [Relationship]) -> [String]
  {
    let own = Dictionary(
      symbols.map { ($0.symbol.identifier.precise, $0.symbol) }, uniquingKeysWith: { first, _ in first })
    var parts: [String: [Symbol]] = [:]
    for relationship in relationships where relationship.kind == "memberOf" {
      if let part = own[relationship.source], part.isPart { parts[relationship.target, default: []].append(part) }
    }
    // Types whose layout a plugin knows: public ones, and what lies in their parts.
    var laidOut: Set<String> = []
    var open = own.values.filter { $0.isPublic }.map(\.identifier.precise)
    while let type = open.popLast() {
      guard laidOut.insert(type).inserted else { continue }
      for part in parts[type] ?? [] {
        open += part.declarationFragments.compactMap(\.preciseIdentifier).filter { own[$0] != nil }
      }
    }
    let members = Set(laidOut.flatMap { parts[$0] ?? [] }.map(\.identifier.precise))
    var lines = symbols.filter { $0.symbol.isPublic || members.contains($0.symbol.identifier.precise) }
      .map { "\($0.module) \($0.symbol.text)" }
    for type in laidOut {
      guard let name = own[type]?.pathComponents.joined(separator: "."), let parts = parts[type] else { continue }
      let order = parts.filter { $0.location != nil }.sorted {
        guard let a = $0.location, let b = $1.location else { return false }
        return (a.uri, a.position.line, a.position.character) < (b.uri, b.position.line, b.position.character)
      }
      lines.append("order of \(name): " + order.compactMap(\.pathComponents.last).joined(separator: ", "))
    }
    lines += relationships.filter { $0.kind == "conformsTo" && own[$0.source]?.isPublic == true }
      .map { "\(own[$0.source]?.pathComponents.joined(separator: ".") ?? "") conforms to \($0.target)" }
    return Array(Set(lines)).sorted()
  }
}
