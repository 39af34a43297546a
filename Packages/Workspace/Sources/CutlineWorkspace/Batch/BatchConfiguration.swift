public import CutlineCore
internal import CutlineRun

/// The configuration under all segments, and what lies over it: a segment's own keys, then the command line.
public struct BatchConfiguration: Sendable {
  public let path: String
  /// The name of the plan's table, whose keys segments override.
  public let table: String
  private let base: ConfigDocument
  /// What `--set` says, and nothing else.
  private let set: ConfigTable
  let plan: PlanFile

  /// - Parameter settings: `key=value`, laid over the configuration and over every segment.
  /// - Throws: mistakes of the file and of the plan that it names; `Faults` (usage) for a plan without a table.
  public init(_ path: String, settings: [String], registry: Registry) throws {
    let (document, plan) = try PlanExpansion.load(path, settings: settings)
    try plan.check(registry)
    guard let table = plan.table else {
      throw Faults.usage(
        path, "its plan \(plan.name) has no table whose keys a segment could override",
        "Add table = \"…\" to the plan, or use cutline run for one segment.")
    }
    (self.path, self.plan, self.table) = (path, plan, table)
    base = settings.isEmpty ? document : try PlanExpansion.load(path, settings: []).0
    set = Self.said(document.root)
  }

  /// The configuration with `overrides`, tables merged key by key, everything else replaced.
  ///
  /// - Returns: what `cutline run` would be given. Each value keeps the place where it was written.
  public func document(with overrides: ConfigTable = ConfigTable()) -> ConfigDocument {
    var root = base.root
    if !overrides.entries.isEmpty {
      let place = root[table]?.place ?? overrides.entries[0].place
      root.merge(ConfigTable([.init(key: table, place: place, value: ConfigValue(.table(overrides), at: place))]))
    }
    Self.lay(set, over: &root)
    return ConfigDocument(root: root, path: path)
  }

  /// - Throws: `Faults` (usage) where the command line states one filter for all.
  func refuseOneFilter(for file: SegmentsFile) throws {
    if let all = document().root[table]?.table?["segment_filter"], all.place.source.hasPrefix("--set ") {
      throw Faults.usage(all.place, "would make every segment the same", "Say it in \(file.path), or use cutline run.")
    }
  }

  /// The plan of such a document.
  func expansion(of document: ConfigDocument, _ changes: PlanChanges, _ registry: Registry) throws -> PlanExpansion {
    try PlanExpansion(document, plan: plan, changes: changes, registry: registry)
  }

  /// What of `table` the command line has set.
  private static func said(_ table: ConfigTable) -> ConfigTable {
    ConfigTable(
      table.entries.compactMap { entry in
        if entry.value.place.source.hasPrefix("--set ") { return entry }
        guard let inner = entry.value.table.map(said), !inner.entries.isEmpty else { return nil }
        return .init(key: entry.key, place: entry.place, value: ConfigValue(.table(inner), at: entry.value.place))
      })
  }

  /// As `--set` would: what it says of a table as a whole replaces the table.
  private static func lay(_ set: ConfigTable, over table: inout ConfigTable) {
    for entry in set.entries {
      guard let at = table.entries.firstIndex(where: { $0.key == entry.key }) else {
        table.entries.append(entry)
        continue
      }
      if !entry.value.place.source.hasPrefix("--set "), let inner = entry.value.table,
        var own = table.entries[at].value.table
      {
        lay(inner, over: &own)
        table.entries[at].value = ConfigValue(.table(own), at: table.entries[at].value.place)
      } else {
        table.entries[at] = entry
      }
    }
  }
}

extension ConfigTable {
  /// The values below this table by their dotted keys, tables opened, in the order of the file; an empty table stands for itself.
  func leaves(_ prefix: String = "") -> [(key: String, value: ConfigValue)] {
    entries.flatMap { entry -> [(key: String, value: ConfigValue)] in
      let isBare = entry.key.utf8.allSatisfy { byte in
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 95 || byte == 45
      }
      let key = prefix + (isBare ? entry.key : ConfigValue.quoted(entry.key))
      if let table = entry.value.table, !table.entries.isEmpty { return table.leaves(key + ".") }
      return [(key, entry.value)]
    }
  }
}
