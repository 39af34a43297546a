public import CutlineCore
public import CutlineCredit
public import CutlineRun

/// The plan that follows a finished run on another file: its own source and preparation, the period replaced, and a stage
/// of kind `track`.
public struct TrackPlan {
  public let requests: [StageRequest]
  /// The months that are followed.
  public let first, last: Month

  /// Why data-quality checks are left out: they are those of a run's whole file and its segment's size.
  private static let why = "a file that is followed is read with the settings of its run"

  /// How many months are followed where nobody says.
  public static let months = 12

  /// - Parameters:
  ///   - run: the folder of `manifest`.
  ///   - first: nil = the month after the run's main period.
  ///   - last: nil = eleven months later.
  /// - Throws: `Faults` (usage) for a run without source, preparation, cube, cells or scenarios of its own, and for a
  ///   preparation whose period cannot be set.
  public init(
    _ manifest: Manifest, run: String, file: String, first: Month?, last: Month?, level: Double?, registry: Registry
  ) throws {
    let place = Place(source: "\(run)/\(Manifest.fileName)")
    func record(_ kind: String) throws -> Manifest.StageRecord {
      guard let record = manifest.stages.first(where: { $0.kind == kind }) else {
        throw Faults.usage(run, "its run has no stage of kind \(kind)", "Name a run of the portfolio plan.")
      }
      return record
    }
    let (source, quality, prepare) = (try record("source"), try record("quality"), try record("prepare"))
    let settings = Dictionary(prepare.settings.map { ($0.key, $0.value) }, uniquingKeysWith: { own, _ in own })
    let known = try Set(registry.stage(kind: "prepare", name: prepare.use, at: place).fields.map(\.key))
    guard known.isSuperset(of: ["date_ini_book_obs", "date_fin_book_obs"]) else {
      throw Faults.usage(run, "its preparation (\(prepare.use)) has no period that could be replaced", "Use standard.")
    }
    let end = settings["date_fin_book_obs"].flatMap { CalendarDate(iso: $0.replacing("\"", with: "")) }
    guard let begin = first ?? end.map({ Month($0) + 1 }) else {
      throw Faults.usage(
        "--from", "is missing, and the run does not say when its period ended", "Give it: --from 2023-01.")
    }
    self.first = begin
    self.last = last ?? begin + (Self.months - 1)
    guard begin <= self.last else {
      throw Faults.usage("--to", "is \(self.last), before the first month \(begin)", "Exchange --from and --to.")
    }
    let own: [(String, ConfigValue.Content)] = [
      ("date_ini_book_obs", .string("\(begin.iso)-01")), ("date_fin_book_obs", .string("\(self.last.iso)-01")),
      ("granularity", .string("month")), ("immature_months", .string("keep")), ("stress", .string("off")),
      ("accept_direction_conflict", .string("the directions are those of the run that is followed")),
    ]
    let without = ["date_ini_book_obs_mr", "date_fin_book_obs_mr", "allow_overlap", "stress_variable"]
    var track: [(String, ConfigValue.Content)] = [
      ("run", .string(run)), ("cube", .string(try record("cube").id)), ("cells", .string(try record("cells").id)),
      ("scenarios", .string(try record("scenarios").id)),
    ]
    if let level { track.append(("false_alarms", .float(level))) }
    requests = [
      StageRequest(
        id: "source", kind: "source", use: source.use,
        settings: try Self.settings(
          of: source, replacing: [("path", .string(file)), ("format", .string("auto"))], without: [], registry, place),
        place: place),
      StageRequest(
        id: "quality", kind: "quality", use: quality.use, from: ["source": PortSource(["source"])],
        settings: try Self.settings(
          of: quality, replacing: [("skip", .boolean(true)), ("skip_reason", .string(Self.why))], without: [], registry,
          place),
        place: place),
      StageRequest(
        id: "prepare", kind: "prepare", use: prepare.use,
        from: ["source": PortSource(["source"]), "quality": PortSource(["quality"])],
        settings: try Self.stating(
          Self.settings(of: prepare, replacing: own, without: without, registry, place), record("cube").id, run),
        place: place),
      StageRequest(
        id: "track", kind: "track", use: "standard", from: ["sample": PortSource(["prepare"])],
        settings: track.map { .init(key: $0.0, place: place, value: ConfigValue($0.1, at: place)) }, place: place),
    ]
  }

  /// Edges that the run's methods proposed, as if they had been stated: later months must not choose others.
  private static func stating(
    _ settings: [ConfigTable.Entry], _ cube: String, _ run: String
  ) throws -> [ConfigTable.Entry] {
    guard let at = settings.firstIndex(where: { $0.key == "bins" }), var bins = settings[at].value.table,
      bins.entries.contains(where: { $0.value.table?["edges"]?.string != nil })
    else { return settings }
    let grid = try RunArtifact.load(Cube.self, stage: cube, from: run).grid
    for index in bins.entries.indices {
      guard var own = bins.entries[index].value.table, let edges = own.entries.firstIndex(where: { $0.key == "edges" }),
        own.entries[edges].value.string != nil,
        let axis = grid.axes.first(where: { $0.name == bins.entries[index].key })
      else { continue }
      let place = own.entries[edges].place
      own.entries[edges].value = ConfigValue(.array(axis.edges.map { ConfigValue(.float($0), at: place) }), at: place)
      own.entries.removeAll { $0.key == "max_bins" }
      bins.entries[index].value = ConfigValue(.table(own), at: place)
    }
    var stated = settings
    stated[at].value = ConfigValue(.table(bins), at: settings[at].place)
    return stated
  }

  /// What was set in the run, with some of it replaced; keys that its stage does not have are left out.
  private static func settings(
    of record: Manifest.StageRecord, replacing own: [(String, ConfigValue.Content)], without: [String],
    _ registry: Registry, _ place: Place
  ) throws -> [ConfigTable.Entry] {
    let known = try Set(registry.stage(kind: record.kind, name: record.use, at: place).fields.map(\.key))
    let kept = record.settings.filter { setting in
      setting.origin != "default" && setting.value != "unset" && !without.contains(setting.key)
        && !own.contains { $0.0 == setting.key }
    }
    let text = kept.map { "\($0.key) = \($0.value)\n" }.joined()
    let entries = try ConfigDocument.parse(text, source: place.source).entries
    return entries
      + own.filter { known.contains($0.0) }.map {
        ConfigTable.Entry(key: $0.0, place: place, value: ConfigValue($0.1, at: place))
      }
  }
}
