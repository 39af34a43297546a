internal import CutlineCore
internal import CutlineRun

/// One run of a batch: a segment, or the training of a supersegment.
struct BatchUnit: Sendable {
  let name: String
  let kind: BatchState.UnitKind
  /// Where its run goes.
  let folder: String
  /// What `cutline run` would be given.
  let document: ConfigDocument
  /// The supersegment whose model it takes, with its folder.
  let models: (supersegment: String, folder: String)?

  static func folder(_ supersegment: String, in output: String) -> String { "\(output)/_supersegment_\(supersegment)" }

  init(_ segment: SegmentsFile.Segment, _ configuration: BatchConfiguration, output: String) {
    name = segment.name
    kind = .segment
    folder = "\(output)/\(segment.name)"
    document = configuration.document(with: segment.overrides)
    models = segment.supersegment.map { ($0.name, Self.folder($0.name, in: output)) }
  }

  init(_ supersegment: SegmentsFile.Supersegment, _ configuration: BatchConfiguration, output: String) {
    name = supersegment.name
    kind = .supersegment
    folder = Self.folder(supersegment.name, in: output)
    let filters = ConfigTable.Entry(
      key: "segment_filter", place: supersegment.filters.place, value: supersegment.filters)
    document = configuration.document(with: ConfigTable([filters]))
    models = nil
  }

  var state: BatchState.Unit {
    BatchState.Unit(name: name, kind: kind, folder: folder, supersegment: models?.supersegment)
  }

  /// Its plan; of a supersegment what leads to the models.
  ///
  /// The files of a model are part of a stage's key, so that a plan which takes one is made again when it is there.
  /// - Throws: all mistakes of its configuration.
  func plan(
    _ configuration: BatchConfiguration, skipQuality: Bool, _ registry: Registry
  ) throws -> (plan: Plan, notes: [String]) {
    let changes = PlanChanges(modelPath: models?.folder, skipQuality: skipQuality)
    let expansion = try configuration.expansion(of: document, changes, registry)
    let whole = try expansion.checked(registry)
    guard kind == .supersegment else { return (whole, expansion.notes) }
    return (try expansion.part(of: whole, until: ["training-only"], at: Place(source: "supersegment \(name)")), [])
  }

  /// What the configuration says of the rows that belong to it.
  func filters(_ table: String) -> [ConfigTable.Entry] {
    (document.root[table]?.table?.entries ?? []).filter { ["segment_filter", "segment_match"].contains($0.key) }
  }

  /// The words of its filter; empty for all rows.
  func filterWords(_ table: String) -> [String] {
    filters(table).first { $0.key == "segment_filter" }.map { ($0.value.array ?? [$0.value]).compactMap(\.string) }
      ?? []
  }
}
