internal import CutlineCore
internal import CutlineRun

/// Sends the keys of a plan's table to the stages.
struct SharedKeys {
  private let plan: PlanFile
  private let registry: Registry
  private let fields: SharedFields
  private(set) var notes: [String] = []
  /// Keys in order, with the ids of the stages that take them.
  private(set) var takers: [(key: String, stages: Set<String>)] = []
  private(set) var verbosity: Verbosity?

  init(plan: PlanFile, registry: Registry) {
    self.plan = plan
    self.registry = registry
    fields = SharedFields(registry.all)
  }

  /// Lets the keys of `[choose]` name the implementations of their stages.
  ///
  /// - Parameter added: the ids of `[[stage]]` tables of the configuration, which say themselves what they are.
  mutating func choose(
    _ table: ConfigTable, in requests: inout [StageRequest], added: Set<String>, _ reading: inout Reading
  ) throws {
    for choice in plan.choices {
      guard let value = table[choice.key] else { continue }
      let name = try reading.attempt {
        guard let name = value.string else {
          let names = registry.all.filter { $0.kind == choice.kind }.map(\.name)
          throw Faults.usage(
            value.place, "\(choice.key) is \(value.typeName)",
            "Name a \(choice.kind): \(names.joined(separator: ", ")).")
        }
        _ = try registry.stage(kind: choice.kind, name: name, at: value.place)
        return name
      }
      guard let name else { continue }
      let at = requests.firstIndex { $0.id == choice.stage }
      if let at, !added.contains(choice.stage) {
        requests[at].use = name
      } else if at.map({ requests[$0].use != name }) ?? true {
        notes.append(
          "\(choice.key) has no effect: "
            + (at == nil ? "the plan has no stage \(choice.stage)" : "[[stage]] \(choice.stage) says which"))
      }
    }
  }

  /// Gives stages the implementations that `[when]` names for keys which are set.
  ///
  /// - Parameter added: as for `choose`.
  mutating func apply(
    _ table: ConfigTable, to requests: inout [StageRequest], added: Set<String>, _ reading: inout Reading
  ) throws {
    for condition in plan.conditions {
      guard let value = table[condition.key] else { continue }
      for (stage, use) in condition.uses {
        guard let at = requests.firstIndex(where: { $0.id == stage }), !added.contains(stage) else {
          notes.append("\(condition.key) does not choose \(stage): the configuration has one of its own, or none")
          continue
        }
        try reading.attempt { _ = try registry.stage(kind: requests[at].kind, name: use, at: value.place) }
        requests[at].use = use
      }
    }
  }

  /// Fills every shared field of the stages that nothing has filled. What no stage in use takes is checked by those that
  /// would, and noted.
  mutating func fill(_ table: ConfigTable, in requests: inout [StageRequest], _ reading: inout Reading) throws {
    // Stages whose names are wrong are spoken of by the plan.
    let stages = requests.map { try? registry.stage(kind: $0.kind, name: $0.use, at: $0.place) }
    let chosen = Set(plan.choices.map(\.key))
    for entry in table.entries where !chosen.contains(entry.key) {
      if let reason = plan.inert.first(where: { $0.key == entry.key })?.reason {
        notes.append("\(entry.key) has no effect: \(reason)")
        continue
      }
      if entry.key == plan.verbosity {
        verbosity = try reading.attempt { try Verbosity(entry.value, key: entry.key) } ?? nil
        continue
      }
      let owners = fields[entry.key]
      guard !owners.isEmpty else {
        let known =
          fields.names + plan.choices.map(\.key) + [plan.verbosity].compactMap { $0 } + plan.inert.map(\.key).sorted()
        let hint = DidYouMean.phrase(for: entry.key, among: known)
        reading.add(
          Faults.usage(
            entry.place, "unknown key \(entry.key) of [\(plan.table ?? "")]\(hint)",
            "See docs/configuration.md for all keys."))
        continue
      }
      var ids: Set<String> = []
      for (at, stage) in stages.enumerated() {
        guard let field = stage?.fields.first(where: { $0.sharedName == entry.key }) else { continue }
        ids.insert(requests[at].id)
        guard !requests[at].settings.contains(where: { $0.key == field.key }) else { continue }
        requests[at].settings.append(.init(key: field.key, place: entry.place, value: entry.value))
      }
      takers.append((entry.key, ids))
      if ids.isEmpty {
        try reading.attempt { try owners[0].stage.check(owners[0].field.key, entry.value) }
        notes.append("\(entry.key) has no effect: no stage in use takes it")
      }
    }
  }
}
