@_spi(Run) public import CutlineCore
internal import Foundation

extension PlanFile {
  /// The plan that `value` of the key `plan` names: a built-in one, `none`, or a file. Without a value, the portfolio's.
  ///
  /// - Throws: all mistakes of the file at once; `Faults` (usage) where there is none.
  public static func named(_ value: ConfigValue?) throws -> PlanFile {
    guard let value else { return try builtIn(BuiltInPlan.defaultName, at: .default) }
    guard let name = value.string, !name.isEmpty else {
      throw unknown("plan is \(value.typeName)", at: value.place)
    }
    if name == "none" { return try builtIn(BuiltInPlan.defaultName, at: value.place).empty() }
    if BuiltInPlan[name] != nil { return try builtIn(name, at: value.place) }
    return try file(located(name, value.place), at: value.place)
  }

  /// The stages whose shared keys may stand in this plan's table: not those of kinds that only another built-in plan has.
  func stages(of registry: Registry) -> [StageDescription] {
    let own = Set(requests.map(\.kind))
    let others = BuiltInPlan.all.filter { $0.name != name }.compactMap { plan in
      // The tool's own plans are read in tests.
      try? Self.builtIn(plan.name, at: .default)
    }
    let foreign = Set(others.flatMap { $0.requests.map(\.kind) }).subtracting(own)
    return registry.all.filter { !foreign.contains($0.kind) }
  }

  /// What a configuration that starts from `name` starts from, as text.
  ///
  /// - Throws: as `named` and `check` do.
  public static func text(of name: String, at place: Place, registry: Registry) throws -> String {
    if name == "none" { return "# The empty plan: every stage is a [[stage]] table of the configuration.\n" }
    try named(ConfigValue(.string(name), at: place)).check(registry)
    if let plan = BuiltInPlan[name] { return plan.text }
    return String(decoding: try FileSystem.read(located(name, place)), as: UTF8.self)
  }

  private static func builtIn(_ name: String, at place: Place) throws -> PlanFile {
    guard let plan = BuiltInPlan[name] else { throw unknown("there is no plan \(name)", at: place) }
    return try PlanFile(
      name: name, source: plan.source, root: ConfigDocument.parse(plan.text, source: plan.source))
  }

  private static func file(_ path: String, at place: Place) throws -> PlanFile {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      let hint = DidYouMean.phrase(for: path, among: BuiltInPlan.all.map(\.name) + ["none"])
      throw unknown("there is no plan \(path), built in or as a file\(hint)", at: place)
    }
    guard !isFolder.boolValue else {
      throw Faults.usage(place, "\(path) is a folder, not a plan", "Name the plan's file in it.")
    }
    return try PlanFile(name: path, source: path, root: ConfigDocument.load(path).root)
  }

  /// A relative path is meant from the current folder; where nothing is there, from the folder of the file that says it.
  private static func located(_ path: String, _ place: Place) -> String {
    RelativePath(path, at: place).found ?? path
  }

  private static func unknown(_ problem: String, at place: Place) -> Faults {
    let names = BuiltInPlan.all.map { "\"\($0.name)\"" + ($0.name == BuiltInPlan.defaultName ? " (the default)" : "") }
    return Faults.usage(
      place, problem, "It may be \(names.joined(separator: ", ")), \"none\", or the path of a plan file.")
  }
}
