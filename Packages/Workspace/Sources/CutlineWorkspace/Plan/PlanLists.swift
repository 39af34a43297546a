internal import CutlineCore
internal import CutlineRun

/// The parts of a plan file beside its stages.
struct PlanLists {
  let stages: [StageRequest]
  /// Ids of stages whose tables are wrong, which has been said.
  let broken: Set<String>

  func table(_ value: ConfigValue?) throws -> String? {
    guard let value else { return nil }
    guard let name = value.string, !name.isEmpty else {
      throw Faults.usage(value.place, "table is \(value.typeName)", "Name the table of the plan's shared settings.")
    }
    let taken = ConfigDocument.rootKeys + ["extends"]
    guard !taken.contains(name), !name.contains(".") else {
      throw Faults.usage(
        value.place,
        taken.contains(name) ? "table \(name) is a word of every configuration" : "table \(name) holds a dot",
        "Choose another name, such as \"settings\".")
    }
    return name
  }

  func verbosity(_ value: ConfigValue?) throws -> String? {
    guard let value else { return nil }
    guard let key = value.string, !key.isEmpty else {
      throw Faults.usage(value.place, "verbosity is \(value.typeName)", "Name a key of the plan's table.")
    }
    return key
  }

  /// `[choose]`: key = stage.
  func choices(_ value: ConfigValue?, into reading: inout Reading) throws -> [PlanFile.Choice] {
    try entries(of: value, "choose", "key = \"stage\"", into: &reading) { entry in
      let id = try text(entry)
      if let stage = stages.first(where: { $0.id == id }) {
        return PlanFile.Choice(key: entry.key, stage: id, kind: stage.kind)
      }
      guard broken.contains(id) else { throw missing(id, entry.value.place) }
      return nil
    }
  }

  /// `[when]`: key = { stage = "implementation" }.
  func conditions(_ value: ConfigValue?, into reading: inout Reading) throws -> [PlanFile.Condition] {
    try entries(of: value, "when", "key = { stage = \"implementation\" }", into: &reading) { entry in
      guard let table = entry.value.table, !table.entries.isEmpty else {
        throw Faults.usage(
          entry.value.place, "\(entry.key) is \(entry.value.typeName)", "Write { stage = \"implementation\" }.")
      }
      let uses = try table.entries.map { own in
        guard broken.contains(own.key) || stages.contains(where: { $0.id == own.key }) else {
          throw missing(own.key, own.place)
        }
        return (stage: own.key, use: try text(own))
      }
      return PlanFile.Condition(key: entry.key, uses: uses)
    }
  }

  /// `[inert]`: key = reason.
  func inert(_ value: ConfigValue?, into reading: inout Reading) throws -> [(key: String, reason: String)] {
    try entries(of: value, "inert", "key = \"the reason\"", into: &reading) { (key: $0.key, reason: try text($0)) }
  }

  /// `[goals]`: name = stages.
  func goals(_ value: ConfigValue?, into reading: inout Reading) throws -> [(name: String, stages: [String])] {
    try entries(of: value, "goals", "name = [\"stage\"]", into: &reading) { entry in
      guard !stages.contains(where: { $0.id == entry.key }) else {
        throw Faults.usage(entry.place, "the goal \(entry.key) is a stage, too", "Give the goal another name.")
      }
      guard let items = entry.value.array, !items.isEmpty else {
        throw Faults.usage(entry.value.place, "\(entry.key) is \(entry.value.typeName)", "List stages of the plan.")
      }
      let ids = try items.map { item in
        guard let id = item.string else {
          throw Faults.usage(item.place, "\(entry.key) holds \(item.typeName)", "List stages of the plan.")
        }
        guard broken.contains(id) || stages.contains(where: { $0.id == id }) else { throw missing(id, item.place) }
        return id
      }
      return (name: entry.key, stages: ids)
    }
  }

  private func entries<Item>(
    of value: ConfigValue?, _ name: String, _ form: String, into reading: inout Reading,
    _ read: (ConfigTable.Entry) throws -> Item?
  ) throws -> [Item] {
    guard let value else { return [] }
    guard let table = value.table else {
      reading.add(Faults.usage(value.place, "\(name) is \(value.typeName)", "Write [\(name)] with \(form)."))
      return []
    }
    return try table.entries.compactMap { entry in try reading.attempt { try read(entry) } ?? nil }
  }

  private func text(_ entry: ConfigTable.Entry) throws -> String {
    guard let text = entry.value.string, !text.isEmpty else {
      throw Faults.usage(entry.value.place, "\(entry.key) is \(entry.value.typeName)", "It must be text.")
    }
    return text
  }

  private func missing(_ id: String, _ place: Place) -> Faults {
    let ids = stages.map(\.id) + broken.filter { id in !stages.contains { $0.id == id } }.sorted()
    return Faults.usage(
      place, "the plan has no stage \(id)\(DidYouMean.phrase(for: id, among: ids))",
      ids.isEmpty ? "It has none." : "Its stages: \(ids.joined(separator: ", ")).")
  }
}
