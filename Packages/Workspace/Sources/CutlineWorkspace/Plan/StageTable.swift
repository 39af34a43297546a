internal import CutlineCore
internal import CutlineRun

/// A table that speaks about one stage: `[[stage]]`, of a plan or a configuration, or `[stages.<id>]`.
struct StageTable {
  private let table: ConfigTable
  private let place: Place
  /// Keys that are none of those that are allowed.
  private let unknown: Reading

  /// - Throws: `Faults` (usage) when it is no table. Keys that are none of `allowed` are said when it is used.
  init(_ value: ConfigValue, allowed: [String]) throws {
    guard let table = value.table else {
      throw Faults.usage(
        value.place, "a stage is \(value.typeName)", "Write a table with \(allowed.joined(separator: ", ")).")
    }
    var reading = Reading()
    for entry in table.entries where !allowed.contains(entry.key) {
      let hint = DidYouMean.phrase(for: entry.key, among: allowed)
      reading.add(
        Faults.usage(
          entry.place, "unknown key \(entry.key) of a stage\(hint)",
          "It may hold \(allowed.joined(separator: ", "))."))
    }
    self.table = table
    place = value.place
    unknown = reading
  }

  /// The `[[stage]]` tables of `value`.
  ///
  /// - Returns: those without a mistake, and the ids of the others, which are in the file all the same.
  static func requests(
    _ value: ConfigValue?, into reading: inout Reading
  ) throws -> (sound: [StageRequest], broken: Set<String>) {
    guard let value else { return ([], []) }
    guard let tables = value.array else {
      reading.add(
        Faults.usage(
          value.place, "stage is \(value.typeName)", "Write [[stage]] with id, kind, use, from and with."))
      return ([], [])
    }
    var ids: Set<String> = []
    var broken: Set<String> = []
    var sound: [StageRequest] = []
    for item in tables {
      let id = item.table?["id"]?.string
      let request = try reading.attempt {
        if let id, !ids.insert(id).inserted {
          throw Faults.usage(
            item.place, "two [[stage]] tables have the id \(id)", "Give one of them another id.")
        }
        return try StageTable(item, allowed: ["id", "kind", "use", "with", "from"]).request()
      }
      if let request { sound.append(request) } else if let id { broken.insert(id) }
    }
    return (sound, broken)
  }

  private func request() throws -> StageRequest {
    var reading = unknown
    let texts = try ["id", "kind", "use"].map { key in try reading.attempt { try text(key) } ?? "" }
    var request = StageRequest(id: texts[0], kind: texts[1], use: texts[2], place: place)
    try reading.attempt { try applyParts(to: &request) }
    try reading.finish()
    return request
  }

  private func text(_ key: String) throws -> String {
    guard let value = table[key] else {
      throw Faults.usage(place, "the stage has no \(key)", "Add \(key) = \"…\".")
    }
    guard let text = value.string, !text.isEmpty else {
      throw Faults.usage(value.place, "\(key) is \(value.typeName)", "It must be text.")
    }
    return text
  }

  /// Lays the table over `request`.
  /// - Throws: all its mistakes at once.
  func apply(to request: inout StageRequest, at place: Place) throws {
    request.place = place
    var reading = unknown
    if table["use"] != nil, let use = try reading.attempt({ try text("use") }) { request.use = use }
    try reading.attempt { try applyParts(to: &request) }
    try reading.finish()
  }

  private func applyParts(to request: inout StageRequest) throws {
    request.place = table["use"]?.place ?? request.place
    var reading = Reading()
    if let with = table["with"] {
      let settings = try reading.attempt {
        guard let settings = with.table else {
          throw Faults.usage(with.place, "with is \(with.typeName)", "Write with = { key = value }.")
        }
        return settings.entries
      }
      for entry in settings ?? [] {
        request.settings.removeAll { $0.key == entry.key }
        request.settings.append(entry)
      }
    }
    if let from = table["from"] {
      if from.table == nil {
        reading.add(
          Faults.usage(from.place, "from is \(from.typeName)", "Write from = { port = \"stage\" }."))
      }
      for entry in from.table?.entries ?? [] {
        if let source = try reading.attempt({ try source(entry) }) { request.from[entry.key] = source }
      }
    }
    try reading.finish()
  }

  /// What is connected to the port that `entry` names.
  private func source(_ entry: ConfigTable.Entry) throws -> PortSource {
    let sources = entry.value.string.map { [$0] } ?? entry.value.array?.compactMap(\.string) ?? []
    guard !sources.isEmpty, sources.count == entry.value.array?.count ?? 1 else {
      throw Faults.usage(
        entry.value.place, "port \(entry.key) is \(entry.value.typeName)",
        "Name the stage whose output goes there, or a list of stages for a port that takes many.")
    }
    return PortSource(sources, at: entry.value.place)
  }
}
