public import CutlineCore
internal import Foundation

/// The segments of a portfolio and the supersegments whose models they share: `segments.toml`.
///
/// ```toml
/// [supersegments.no_premium]
/// segment_filters = ["no-premium-a-b", "no-premium-c-d"]
///
/// [segments.no_premium_ab]
/// segment_filter = "no-premium-a-b"
/// supersegment = "no_premium"        # leave it out to train a model of its own
/// optimum_risk = 1.1                 # any key of the plan's table, laid over the configuration
/// min_risk = 0.8                     # for the allocation
/// ```
public struct SegmentsFile: Sendable {
  /// `[segments.NAME]`.
  public struct Segment: Sendable {
    public let name: String
    public let place: Place
    /// What it says of the plan's table.
    public let overrides: ConfigTable
    /// The supersegment whose model it takes, and where it says so.
    public let supersegment: (name: String, place: Place)?
    /// Its keys that are none of the plan's table.
    let own: [ConfigTable.Entry]
    /// Of these, what an allocation is asked to keep.
    public var allocation: [ConfigTable.Entry] { own.filter { SegmentsFile.allocationKeys.contains($0.key) } }
  }

  /// `[supersegments.NAME]`.
  public struct Supersegment: Sendable {
    public let name: String
    public let place: Place
    /// The list of filters as it is written.
    public let filters: ConfigValue

    /// The filters.
    public var words: [String] { (filters.array ?? []).compactMap(\.string) }
  }

  public let path: String
  /// In the order of the file.
  public let segments: [Segment]
  public let supersegments: [Supersegment]

  /// Keys of a segment that are none of the plan's table.
  static let ownKeys = ["supersegment"] + allocationKeys
  /// Those that `cutline allocate` reads; a run does not look at them.
  public static let allocationKeys = ["min_risk", "max_risk", "min_production", "max_change", "lock"]
  private static let rootKeys = ["segments", "supersegments"]

  /// - Parameter allowsNone: whether a file without segments is one.
  /// - Throws: `Faults` (usage), all mistakes at once; `Faults` (io) for a file that cannot be read.
  public init(_ path: String, allowsNone: Bool = false) throws {
    guard FileManager.default.fileExists(atPath: path) else {
      throw Faults.usage(path, "there is no such file of segments", "Name one with --segments-config PATH.")
    }
    try self.init(try ConfigDocument.load(path, table: nil).root, path: path, allowsNone: allowsNone)
  }

  init(_ root: ConfigTable, path: String, allowsNone: Bool = false) throws {
    self.path = path
    var reading = Reading()
    for entry in root.entries where !Self.rootKeys.contains(entry.key) {
      let hint = DidYouMean.phrase(for: entry.key, among: Self.rootKeys)
      reading.add(
        Faults.usage(
          entry.place, "unknown table or key \(entry.key)\(hint)",
          "Write [segments.NAME] and, for shared models, [supersegments.NAME]."))
    }
    let supersegments = try Self.tables("supersegments", root, &reading).compactMap { entry, table in
      try reading.attempt { try Self.supersegment(entry, table) }
    }
    self.supersegments = supersegments
    segments = try Self.tables("segments", root, &reading).compactMap { entry, table in
      try reading.attempt { try Self.segment(entry, table, supersegments.map(\.name)) }
    }
    if segments.isEmpty, !allowsNone, reading.isClean {
      reading.add(
        Faults.usage(
          path, "holds no segment", "Add [segments.NAME] with segment_filter = \"…\", or use cutline run for one."))
    }
    try reading.finish()
  }

  /// The segments called `names`, in the order of the file; all of them where nobody is named.
  /// - Throws: `Faults` (usage) at `place` for names that are none, all at once.
  public func selected(_ names: [String], at place: Place) throws -> [Segment] {
    guard !names.isEmpty else { return segments }
    let known = segments.map(\.name)
    var reading = Reading()
    for name in names where !known.contains(name) {
      let other =
        supersegments.contains { $0.name == name }
        ? ", but a supersegment" : DidYouMean.phrase(for: name, among: known)
      reading.add(
        Faults.usage(
          place, "\(name) is no segment of \(path)\(other)", "Its segments: \(known.joined(separator: ", ")).")
      )
    }
    try reading.finish()
    return segments.filter { names.contains($0.name) }
  }

  /// The supersegments that some of `segments` use, in the order of the file.
  public func used(by segments: [Segment]) -> [Supersegment] {
    supersegments.filter { own in segments.contains { $0.supersegment?.name == own.name } }
  }

  /// The tables under `key`, with names that can be folders and do not meet.
  private static func tables(
    _ key: String, _ root: ConfigTable, _ reading: inout Reading
  ) throws -> [(ConfigTable.Entry, ConfigTable)] {
    guard let value = root[key] else { return [] }
    let form = "Write [\(key).NAME] for each."
    guard let table = value.table else {
      reading.add(Faults.usage(value.place, "\(key) is \(value.typeName)", form))
      return []
    }
    var met: [String: String] = [:]
    return try table.entries.compactMap { entry in
      try reading.attempt {
        guard let own = entry.value.table else {
          throw Faults.usage(entry.place, "\(key).\(entry.key) is \(entry.value.typeName)", form)
        }
        try check(entry)
        if let other = met.updateValue(entry.key, forKey: TextColumn.comparable(entry.key)) {
          throw Faults.usage(
            entry.place, "\(entry.key) and \(other) are one name where capitals and spaces do not count",
            "Their folders could be one: rename one of them.")
        }
        return (entry, own)
      }
    }
  }

  /// Names of what else lies, or may lie, beside the folders of segments; `base` is what `config diff` calls the configuration.
  private static let taken = ["base", BatchState.fileName, Consolidation.fileName]
  private static let takenEnds = [".failed", ".track"]

  private static func check(_ entry: ConfigTable.Entry) throws {
    let name = entry.key
    func refuse(_ why: String) -> Faults {
      Faults.usage(
        entry.place, "\(name.debugDescription) cannot be the name of a folder: \(why)",
        "Use letters, digits, dots, dashes and underscores, a letter or digit first, at most 80 of them.")
    }
    guard let first = name.first else { throw refuse("it is empty") }
    guard first.isLetter || first.isNumber else {
      throw refuse("it begins with \"\(first)\", which marks what is no segment")
    }
    guard name.utf8.count <= 80 else { throw refuse("it has \(name.utf8.count) bytes") }
    let others = name.unicodeScalars.filter {
      !$0.properties.isAlphabetic && $0.properties.numericType == nil && !"_-.+".unicodeScalars.contains($0)
        && $0.properties.canonicalCombiningClass == .notReordered
    }
    guard others.isEmpty else { throw refuse("it holds \(String(String.UnicodeScalarView(others)).debugDescription)") }
    guard !taken.contains(name.lowercased()), !takenEnds.contains(where: name.lowercased().hasSuffix) else {
      throw refuse("it is kept for something else")
    }
  }

  private static func supersegment(_ entry: ConfigTable.Entry, _ table: ConfigTable) throws -> Supersegment {
    for key in table.entries where key.key != "segment_filters" {
      let hint = DidYouMean.phrase(for: key.key, among: ["segment_filters"])
      throw Faults.usage(
        key.place, "unknown key \(key.key) of [supersegments.\(entry.key)]\(hint)",
        "It holds segment_filters; its model is trained with the configuration as it is.")
    }
    guard let filters = table["segment_filters"] else {
      throw Faults.usage(
        entry.place, "[supersegments.\(entry.key)] has no segment_filters",
        "List the filters of the segments whose applications its model learns from.")
    }
    let words = (filters.array ?? []).compactMap(\.string)
    guard !words.isEmpty, words.count == filters.array?.count, !words.contains("") else {
      throw Faults.usage(filters.place, "segment_filters is \(filters.typeName)", "List texts, at least one.")
    }
    return Supersegment(name: entry.key, place: entry.place, filters: filters)
  }

  private static func segment(_ entry: ConfigTable.Entry, _ table: ConfigTable, _ known: [String]) throws -> Segment {
    var reading = Reading()
    let supersegment = try reading.attempt { () -> (name: String, place: Place)? in
      guard let value = table["supersegment"] else { return nil }
      guard let name = value.string else {
        throw Faults.usage(value.place, "supersegment is \(value.typeName)", "Name one of [supersegments].")
      }
      guard known.contains(name) else {
        throw Faults.usage(
          value.place, "there is no supersegment \(name)\(DidYouMean.phrase(for: name, among: known))",
          known.isEmpty
            ? "Add [supersegments.\(name)] with segment_filters." : "There are: \(known.joined(separator: ", ")).")
      }
      return (name, value.place)
    }
    let low = try reading.attempt { try limit("min_risk", table) } ?? nil
    let high = try reading.attempt { try limit("max_risk", table) } ?? nil
    if let low, let high, low > high {
      reading.add(
        Faults.usage(
          table["max_risk"]?.place ?? entry.place, "max_risk \(high) is below min_risk \(low)", "Exchange them."))
    }
    for key in ["min_production", "max_change"] { try reading.attempt { try amount(key, table) } }
    try reading.attempt { try lock(table) }
    try reading.finish()
    return Segment(
      name: entry.key, place: entry.place,
      overrides: ConfigTable(table.entries.filter { !ownKeys.contains($0.key) }), supersegment: supersegment ?? nil,
      own: table.entries.filter { ownKeys.contains($0.key) })
  }

  /// From 0 on.
  private static func amount(_ key: String, _ table: ConfigTable) throws {
    guard let value = table[key] else { return }
    guard let number = value.number, number.isFinite, number >= 0 else {
      throw Faults.usage(value.place, "\(key) is \(value.typeName)", "Give a number from 0 on.")
    }
  }

  /// A number of a solution, as a number or a text, or `today`.
  private static func lock(_ table: ConfigTable) throws {
    guard let value = table["lock"] else { return }
    let number = value.integer ?? value.string.flatMap { Int64($0) }
    guard value.string == "today" || number ?? -1 >= 0 else {
      throw Faults.usage(value.place, "lock is \(value.typeName)", "Give a solution's number, or \"today\".")
    }
  }

  /// Percent, above 0.
  private static func limit(_ key: String, _ table: ConfigTable) throws -> Double? {
    guard let value = table[key] else { return nil }
    guard let number = value.number, number.isFinite, number > 0 else {
      throw Faults.usage(value.place, "\(key) is \(value.typeName)", "Give percent, above 0.")
    }
    return number
  }
}
