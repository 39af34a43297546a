internal import CutlineCore
internal import CutlineRun

/// Settings that hold a stage of the plan itself: `{ stage = "train" }` stands for the stage of that id as it is
/// configured, its implementation and all its settings, shared keys included. Whatever changes the stage changes both.
///
/// `{ stage = "search", prefer = "threshold" }` takes another implementation with those settings that both have, where it
/// accepts them all, and the stage's own where it refuses one; `without` leaves settings out, and `with` is laid over them.
struct PlanStages {
  let registry: Registry
  private let requests: [StageRequest]

  init(_ requests: [StageRequest], registry: Registry) {
    self.requests = requests
    self.registry = registry
  }

  /// Puts the stages in.
  ///
  /// - Throws: what is no mistake of the configuration; mistakes go to `reading`, each at its place.
  static func resolve(_ requests: inout [StageRequest], registry: Registry, _ reading: inout Reading) throws {
    let stages = PlanStages(requests, registry: registry)
    for at in requests.indices {
      // A stage that is not there is spoken of by the plan.
      guard let stage = try? registry.stage(kind: requests[at].kind, name: requests[at].use, at: requests[at].place)
      else { continue }
      // What is wrong is said here, and not a second time by the stage.
      requests[at].settings = try requests[at].settings.compactMap { entry in
        try reading.attempt { try stages.resolved(entry, of: stage, below: [requests[at].id]) }
      }
    }
  }

  private func resolved(
    _ entry: ConfigTable.Entry, of stage: StageDescription, below ids: [String]
  ) throws -> ConfigTable.Entry {
    guard let form = stage.fields.first(where: { $0.key == entry.key })?.form else { return entry }
    return .init(key: entry.key, place: entry.place, value: try resolved(entry.value, form, below: ids))
  }

  private func resolved(_ value: ConfigValue, _ form: FieldForm, below ids: [String]) throws -> ConfigValue {
    switch form {
    case .list(let element, _):
      guard let items = value.array else { return value }
      return ConfigValue(.array(try items.map { try resolved($0, element, below: ids) }), at: value.place)
    case .stage(let kind):
      guard let table = value.table else { return value }
      if let id = table["stage"] { return try stage(id, table, kind, at: value.place, below: ids) }
      guard let use = table["use"]?.string, let with = table["with"]?.table,
        // A stage that is not there is refused when the setting is bound.
        let inner = try? registry.stage(kind: kind, name: use, at: value.place)
      else { return value }
      var own = table
      for at in own.entries.indices where own.entries[at].key == "with" {
        let settings = try with.entries.map { try resolved($0, of: inner, below: ids) }
        own.entries[at].value = ConfigValue(.table(ConfigTable(settings)), at: own.entries[at].value.place)
      }
      return ConfigValue(.table(own), at: value.place)
    default: return value
    }
  }

  private static func accepts(_ stage: StageDescription, _ setting: ConfigTable.Entry) -> Bool {
    guard stage.fields.contains(where: { $0.key == setting.key }) else { return false }
    // What it says is of no account here, only whether it refuses.
    return (try? stage.check(setting.key, setting.value)) != nil
  }

  private func stage(
    _ name: ConfigValue, _ table: ConfigTable, _ kind: String, at place: Place, below ids: [String]
  ) throws -> ConfigValue {
    let keys = ["stage", "prefer", "without", "with"]
    if let other = table.entries.first(where: { !keys.contains($0.key) }) {
      throw Faults.usage(
        other.place, "unknown key \(other.key) beside stage\(DidYouMean.phrase(for: other.key, among: keys))",
        "A stage of the plan is { stage = \"id\" }, perhaps with prefer, without and with.")
    }
    let known = requests.filter { $0.kind == kind }.map(\.id)
    guard let id = name.string, let request = requests.first(where: { $0.id == id }) else {
      let said = name.string ?? name.typeName
      throw Faults.usage(
        name.place, "the plan has no stage \(said)\(DidYouMean.phrase(for: said, among: known))",
        known.isEmpty ? "It has none of kind \(kind)." : "Of kind \(kind) it has \(known.joined(separator: ", ")).")
    }
    guard request.kind == kind else {
      throw Faults.usage(
        name.place, "stage \(id) is of kind \(request.kind), and one of kind \(kind) is needed",
        known.isEmpty ? "The plan has none." : "Name \(known.joined(separator: ", ")).")
    }
    guard !ids.contains(id) else {
      throw Faults.usage(
        name.place, "stage \((ids + [id]).joined(separator: " holds ")), which never ends", "Name another stage there.")
    }
    let own = try registry.stage(kind: kind, name: request.use, at: request.place)
    var (use, settings) = (request.use, try request.settings.map { try resolved($0, of: own, below: ids + [id]) })
    // What is wrong with the stage is said where it stands, and once.
    guard settings.allSatisfy({ setting in Self.accepts(own, setting) }) else {
      return ConfigValue(.string(own.name), at: place)
    }
    if let without = table["without"] {
      guard let names = without.array?.compactMap(\.string), names.count == without.array?.count else {
        throw Faults.usage(
          without.place, "without is \(without.typeName)", "Write without = [\"key\"], names of settings.")
      }
      settings.removeAll { names.contains($0.key) }
    }
    if let prefer = table["prefer"] {
      let other = try registry.stage(kind: kind, name: prefer.string ?? "", at: prefer.place)
      let common = settings.filter { setting in other.fields.contains { $0.key == setting.key } }
      // What it refuses is why the stage has another implementation.
      if common.allSatisfy({ Self.accepts(other, $0) }) {
        (use, settings) = (other.name, common)
      }
    }
    if let with = table["with"] {
      guard let over = with.table else {
        throw Faults.usage(with.place, "with is \(with.typeName)", "Write with = { key = value }.")
      }
      settings.removeAll { setting in over.entry(setting.key) != nil }
      settings += over.entries
    }
    var parts = [
      ConfigTable.Entry(key: "use", place: place, value: ConfigValue(.string(use), at: request.place)),
      ConfigTable.Entry(key: "with", place: place, value: ConfigValue(.table(ConfigTable(settings)), at: place)),
    ]
    // Nobody has set anything of his own: the stage is the plan's.
    if table.entries.count == 1 { parts.append(ConfigTable.Entry(key: "stage", place: place, value: name)) }
    return ConfigValue(.table(ConfigTable(parts)), at: place)
  }
}
