public import CutlineCore
public import CutlineRun

/// A configuration laid over the plan that it starts from: the stages that a run is asked for.
///
/// In this order: the plan's stages; `[[stage]]` tables, which are added or take the place of the stage of their id; keys
/// that choose an implementation; `[stages.<id>]`; the command line; the keys of the plan's table, which fill every field
/// of their name that nothing has filled yet.
public struct PlanExpansion: Sendable {
  public let plan: PlanFile
  public let requests: [StageRequest]
  public let seed: UInt64
  /// How the configuration was understood, where it was not to the letter.
  public let notes: [String]
  /// The segments of the run, for the default output folder.
  public let segments: [String]
  /// Keys of the plan's table, in order, with the ids of the stages that take them.
  public let takers: [(key: String, stages: Set<String>)]
  /// How much the console shows; nil where the configuration does not say.
  public let verbosity: Verbosity?
  /// What is wrong so far.
  private let reading: Reading
  /// The ids of stages whose tables are wrong.
  private let broken: Set<String>

  /// Reads a configuration file and the plan that it names.
  ///
  /// - Parameter settings: `key=value`, laid over the file; a lone key is one of the plan's table.
  /// - Throws: mistakes of the plan file, all at once; those of the configuration come with `checked`.
  public init(_ path: String, settings: [String] = [], changes: PlanChanges, registry: Registry) throws {
    let (document, plan) = try Self.load(path, settings: settings)
    try plan.check(registry)
    try self.init(document, plan: plan, changes: changes, registry: registry)
  }

  /// The plan that a configuration starts from; without one, that of a configuration which names none.
  public static func plan(of path: String?) throws -> PlanFile {
    try path.map { try load($0, settings: []).1 } ?? PlanFile.named(nil)
  }

  /// A configuration file and the plan that it names.
  static func load(_ path: String, settings: [String]) throws -> (ConfigDocument, PlanFile) {
    // The plan first: it says to which table a lone key belongs.
    let choices = settings.filter { $0.prefix { $0 != "=" }.filter { !$0.isWhitespace } == "plan" }
    let plan = try PlanFile.named(try ConfigDocument.load(path, settings: choices, table: nil).root["plan"])
    return (try ConfigDocument.load(path, settings: settings, table: plan.table), plan)
  }

  init(_ document: ConfigDocument, plan: PlanFile, changes: PlanChanges, registry: Registry) throws {
    self.plan = plan
    var reading = Reading()
    let root = document.root
    let known = [plan.table].compactMap { $0 } + ConfigDocument.rootKeys
    for entry in root.entries where !known.contains(entry.key) {
      let hint = DidYouMean.phrase(for: entry.key, among: known)
      reading.add(
        Faults.usage(
          entry.place, "unknown table or key \(entry.key)\(hint)",
          "At the top there may be \(known.joined(separator: ", "))."))
    }
    seed = try reading.attempt { try Self.seed(root) } ?? 42
    let table = try reading.attempt { try Self.table(of: document, plan, registry) } ?? nil
    // The file of the plan is right by itself; what is wrong now is the configuration's, and so are the places.
    let place = plan.table.flatMap { root[$0] }?.place ?? root["plan"]?.place ?? .default
    var requests = plan.requests.map { request in
      var own = request
      own.place = place
      own.from = request.from.mapValues { PortSource($0.stages) }
      return own
    }
    let (added, broken) = try StageTable.requests(root["stage"], into: &reading)
    for request in added {
      if let at = requests.firstIndex(where: { $0.id == request.id }) {
        requests[at] = request
      } else {
        requests.append(request)
      }
    }
    for request in changes.added where !requests.contains(where: { $0.id == request.id }) { requests.append(request) }
    var sharing = SharedKeys(plan: plan, registry: registry)
    if let table {
      try sharing.choose(table, in: &requests, added: Set(added.map(\.id)), &reading)
      try sharing.apply(table, to: &requests, added: Set(added.map(\.id)), &reading)
    }
    let skipped = try Self.override(root, &requests, broken: broken, &reading)
    var notes = skipped.map { "stages.\($0) has no effect: only cutline \($0) has that stage" }
    try reading.attempt { try changes.apply(to: &requests, notes: &notes) }
    Self.leave(plan, in: &requests, registry: registry)
    if let table {
      try sharing.fill(table, in: &requests, &reading)
    }
    changes.completed(&requests)
    var files = LocatedFiles(document: document.path)
    files.locate(&requests)
    try PlanStages.resolve(&requests, registry: registry, &reading)
    self.requests = requests
    self.notes = notes + sharing.notes + files.notes
    self.reading = reading
    self.broken = broken
    takers = sharing.takers
    verbosity = sharing.verbosity
    segments = table?["segment_filter"].map { ($0.array ?? [$0]).compactMap(\.string) } ?? []
  }

  /// What the plan says of an implementation that another one has taken the place of is meant for the first: settings that the
  /// other does not have leave. Those of the configuration stay, and are refused where they are wrong.
  private static func leave(_ plan: PlanFile, in requests: inout [StageRequest], registry: Registry) {
    for at in requests.indices {
      guard let own = plan.requests.first(where: { $0.id == requests[at].id }), own.use != requests[at].use,
        // A stage that is not there is spoken of by the plan.
        let stage = try? registry.stage(kind: requests[at].kind, name: requests[at].use, at: requests[at].place)
      else { continue }
      let known = Set(stage.fields.map(\.key))
      let said = Set(own.settings.map { "\($0.key) \($0.place)" })
      requests[at].settings.removeAll { !known.contains($0.key) && said.contains("\($0.key) \($0.place)") }
    }
  }

  /// The graph.
  /// - Throws: all mistakes of the configuration at once, each with its place.
  public func checked(_ registry: Registry) throws -> Plan {
    try Plan(requests, registry: registry, seed: seed, after: reading, without: broken)
  }

  /// The graph of one stage and what it needs. The others need not be right yet.
  /// - Throws: all mistakes of the configuration that concern it, or no stage in particular.
  public func checked(_ registry: Registry, onlyFor stage: String) throws -> Plan {
    var needed: Set<String> = []
    var open = [stage]
    while let id = open.popLast() {
      guard needed.insert(id).inserted, let request = requests.first(where: { $0.id == id }) else { continue }
      open += request.from.values.flatMap(\.stages)
    }
    return try Plan(
      requests.filter { needed.contains($0.id) }, registry: registry, seed: seed, after: reading,
      without: broken.intersection(needed))
  }

  private static func seed(_ root: ConfigTable) throws -> UInt64 {
    guard let value = root["seed"] else { return 42 }
    guard let number = value.integer, number >= 0 else {
      throw Faults.usage(
        value.place, "seed is \(value.typeName)", "It must be a whole number that is not negative.")
    }
    return UInt64(number)
  }

  /// The plan's table; nil where there is none and nobody needs it.
  private static func table(of document: ConfigDocument, _ plan: PlanFile, _ registry: Registry) throws -> ConfigTable?
  {
    guard let name = plan.table else { return nil }
    if let value = document.root[name] {
      guard let table = value.table else {
        throw Faults.usage(
          value.place, "\(name) is \(value.typeName)", "Write [\(name)] with the settings of the run.")
      }
      return table
    }
    let added = (document.root["stage"]?.array ?? []).compactMap { $0.table?["id"]?.string }
    let own = try plan.requests.filter { !added.contains($0.id) }.map {
      try registry.stage(kind: $0.kind, name: $0.use, at: $0.place)
    }
    guard SharedFields(own).names.isEmpty else {
      throw Faults.usage(
        document.path, "has no table [\(name)]", "Write the settings of the run there; see docs/configuration.md.")
    }
    return nil
  }

  /// Applies `[stages.<id>] use = …, with = {…}, from = {…}`.
  private static func override(
    _ root: ConfigTable, _ requests: inout [StageRequest], broken: Set<String>, _ reading: inout Reading
  ) throws -> [String] {
    guard let value = root["stages"] else { return [] }
    guard let table = value.table else {
      reading.add(
        Faults.usage(value.place, "stages is \(value.typeName)", "Write [stages.search] with use and with."))
      return []
    }
    var skipped: [String] = []
    for entry in table.entries where !broken.contains(entry.key) {
      guard let at = requests.firstIndex(where: { $0.id == entry.key }) else {
        if PlanChanges.onlyByCommands.contains(entry.key) {
          skipped.append(entry.key)
          continue
        }
        let ids = requests.map(\.id)
        reading.add(
          Faults.usage(
            entry.place, "the plan has no stage \(entry.key)\(DidYouMean.phrase(for: entry.key, among: ids))",
            ids.isEmpty ? "It is empty: add [[stage]] tables." : "Its stages: \(ids.joined(separator: ", "))."))
        continue
      }
      try reading.attempt {
        try StageTable(entry.value, allowed: ["use", "with", "from"]).apply(to: &requests[at], at: entry.place)
      }
    }
    return skipped
  }
}
