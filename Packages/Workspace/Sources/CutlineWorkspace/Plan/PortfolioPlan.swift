public import CutlineCore
internal import Foundation

/// Expands a configuration into the built-in portfolio plan with its changes.
public struct PortfolioPlan {
  /// What the command line changes in the plan.
  public struct Changes {
    public var modelPath: String?
    public var trainingOnly: Bool
    public var skipQuality: Bool

    public init(modelPath: String? = nil, trainingOnly: Bool = false, skipQuality: Bool = false) {
      self.modelPath = modelPath
      self.trainingOnly = trainingOnly
      self.skipQuality = skipQuality
    }
  }

  public let requests: [StageRequest]
  public let seed: UInt64
  /// How the configuration was understood, where it was not to the letter.
  public let notes: [String]
  /// The segments of the run, for the default output folder.
  public let segments: [String]

  /// Where each key of `[preprocessing]` goes: a stage id, and the field there.
  private static let routes: [(key: String, targets: [(stage: String, field: String)])] = {
    func both(_ key: String) -> (String, [(String, String)]) { (key, [("quality", key), ("prepare", key)]) }
    func to(_ stage: String, _ keys: String...) -> [(String, [(String, String)])] { keys.map { ($0, [(stage, $0)]) } }
    return [("data_path", [("source", "path")])]
      + to("quality", "keep_vars", "indicators", "repeated_ids")
      + [both("segment_filter"), both("segment_match"), both("date_ini_book_obs"), both("date_fin_book_obs")]
      + to(
        "prepare", "date_ini_book_obs_mr", "date_fin_book_obs_mr", "granularity", "variables", "bins", "octroi_bins",
        "efx_bins", "inv_var1", "filter_preset", "row_filters", "score_measures", "text_collisions", "duplicates",
        "eligible", "n_months", "multiplier", "immature_months", "stress", "stress_share", "stress_variable",
        "accept_direction_conflict")
      + to("train", "cv_folds") + to("infer-rejects", "reject_uplift_factor", "reject_max_risk_multiplier")
      + ["optimum_risk", "risk_step"].map { key in (key, [("scenarios", key), ("search", key)]) }
  }()

  /// The keys of `[preprocessing]` with the fields that they fill, of the stages that may stand at their places.
  static func preprocessing(_ registry: Registry) throws -> [(key: String, fields: [FieldDescription])] {
    let plan = try startingPlan(nil, Changes())
    return routes.map { key, targets in
      (
        key,
        targets.flatMap { target in
          registry.all.filter { stage in stage.kind == plan.first { $0.id == target.stage }?.kind }
            .flatMap { $0.fields.filter { $0.key == target.field && $0.form != .nothing } }
        }
      )
    }
  }

  /// The ids of the built-in plan with their kinds and implementations.
  public static func builtIn() throws -> [(id: String, kind: String, use: String)] {
    try startingPlan(nil, Changes()).map { ($0.id, $0.kind, $0.use) }
  }

  /// Keys of the original's configuration that are accepted and change nothing here, each with the reason.
  static let inert = [
    "z_threshold": "nothing is left out as an outlier; the quality check warns (outlier_z of [stages.quality])",
    "log_level": "the run folder keeps every event in events.jsonl",
    "cz_config": "the comfort zone is drawn by charts, which this plan does not have",
  ]

  private static let rootKeys = ["preprocessing", "stages", "stage", "plan", "plugins", "seed"]

  /// - Throws: `Faults` (usage) for unknown keys and ill-formed tables; the plan itself is checked by `Plan`.
  public init(_ document: ConfigDocument, changes: Changes, registry: Registry) throws {
    for entry in document.root.entries where !Self.rootKeys.contains(entry.key) {
      let hint = DidYouMean.phrase(for: entry.key, among: Self.rootKeys)
      throw Faults.usage(
        entry.place, "unknown table or key \(entry.key)\(hint)",
        "At the top there may be \(Self.rootKeys.joined(separator: ", ")).")
    }
    seed = try Self.seed(document.root)
    var notes: [String] = []
    var requests = try Self.startingPlan(document.root, changes)
    let added = try Self.addStages(document.root, &requests)
    if requests.contains(where: { !added.contains($0.id) }) || document.root["preprocessing"] != nil {
      try Self.route(document, changes, registry, added, &requests, &notes)
    }
    try Self.override(document.root, &requests)
    try Self.locateData(document, &requests, &notes)
    Self.locatePrograms(document, &requests, &notes)
    self.requests = requests
    self.notes = notes
    let filter = document.root["preprocessing"]?.table?["segment_filter"]
    segments = filter.map { ($0.array ?? [$0]).compactMap(\.string) } ?? []
  }

  private static func seed(_ root: ConfigTable) throws -> UInt64 {
    guard let value = root["seed"] else { return 42 }
    guard let number = value.integer, number >= 0 else {
      throw Faults.usage(
        value.place, "seed is \(value.typeName)", "It must be a whole number that is not negative.")
    }
    return UInt64(number)
  }

  private static func startingPlan(_ root: ConfigTable?, _ changes: Changes) throws -> [StageRequest] {
    if let value = root?["plan"] {
      guard let name = value.string, name == "portfolio" || name == "none" else {
        throw Faults.usage(
          value.place, "plan is \(value.typeName)", "It may be \"portfolio\" (the default) or \"none\".")
      }
      if name == "none" { return [] }
    }
    func stage(_ id: String, _ use: String, _ from: [String: PortSource] = [:], kind: String? = nil) -> StageRequest {
      StageRequest(id: id, kind: kind ?? id, use: use, from: from)
    }
    let cube: [String: PortSource] = ["cube": "cube"]
    let rows: [String: PortSource] = ["sample": "prepare"]
    let both = cube.merging(rows) { a, _ in a }
    let models = [
      stage("source", "file"), stage("quality", "standard", ["source": "source"]),
      stage("prepare", "standard", ["source": "source", "quality": "quality"]), stage("cube", "standard", rows),
      stage("train", "ridge", both),
      stage("exposure", "ratio", cube),
      stage("models", "bundle", ["surface": "train", "exposure": "exposure"], kind: "model-files"),
    ]
    if changes.trainingOnly { return models }
    return models + [
      stage("profile", "standard", rows),
      stage(
        "infer-rejects", "none", ["cube": "cube", "sample": "prepare", "profile": "profile", "surface": "train"]),
      stage(
        "cells", "standard",
        ["cube": "cube", "surface": "train", "exposure": "exposure", "rejects": "infer-rejects"]),
      stage("search", "frontier", ["cells": "cells"]),
      stage("scenarios", "appetite", ["cells": "cells", "frontier": "search"]),
      stage(
        "tables", "standard",
        ["quality": "quality", "cube": "cube", "cells": "cells", "frontier": "search", "scenarios": "scenarios"]),
    ]
  }

  /// Sends the keys of `[preprocessing]` to their stages.
  private static func route(
    _ document: ConfigDocument, _ changes: Changes, _ registry: Registry, _ added: Set<String>,
    _ requests: inout [StageRequest], _ notes: inout [String]
  ) throws {
    guard let value = document.root["preprocessing"], let table = value.table else {
      throw Faults.usage(
        document.path, "has no table [preprocessing]", "Write the settings of the run there; see docs/configuration.md."
      )
    }
    func index(_ id: String) -> Int? { requests.firstIndex { $0.id == id } }
    for request in requests.indices where !added.contains(requests[request].id) {
      requests[request].place = value.place
    }
    if let path = changes.modelPath {
      let entry = ConfigTable.Entry(
        key: "path", place: Place(source: "--model-path"),
        value: ConfigValue(.string(path), at: Place(source: "--model-path")))
      for id in ["train", "exposure"] {
        guard let at = index(id) else { continue }
        requests[at].use = "load"
        requests[at].settings = [entry]
      }
    }
    if changes.skipQuality, let at = index("quality") {
      let place = Place(source: "--skip-dq-checks")
      requests[at].settings.append(.init(key: "skip", place: place, value: ConfigValue(.boolean(true), at: place)))
    }
    if let method = table["reject_inference_method"] {
      guard let name = method.string else {
        throw Faults.usage(
          method.place, "reject_inference_method is \(method.typeName)", "Name a method: none, acceptance-uplift.")
      }
      _ = try registry.stage(kind: "infer-rejects", name: name, at: method.place)
      if let at = index("infer-rejects"), !added.contains("infer-rejects") { requests[at].use = name }
    }
    let stress = table["stress"]
    if stress == nil, let at = index("infer-rejects"), requests[at].use != "none", let prepare = index("prepare") {
      let place = Place(source: "default with reject inference")
      requests[prepare].settings.append(
        .init(key: "stress", place: place, value: ConfigValue(.string("off"), at: place)))
      notes.append(
        "stress is off because reject inference is on: both correct for the same selection (set stress = \"global\" to have both)"
      )
    }
    let kinds = Dictionary(try builtIn().map { ($0.id, $0.kind) }, uniquingKeysWith: { a, _ in a })
    // Stages replaced under [stages] take other keys; what they do not take is said, not dropped in silence.
    for entry in table.entries where entry.key != "reject_inference_method" {
      if let why = inert[entry.key] {
        notes.append("\(entry.key) has no effect: \(why)")
        continue
      }
      guard let targets = routes.first(where: { $0.key == entry.key })?.targets else {
        let known = routes.map(\.key) + ["reject_inference_method"] + inert.keys.sorted()
        let hint = DidYouMean.phrase(for: entry.key, among: known)
        throw Faults.usage(
          entry.place, "unknown key \(entry.key) of [preprocessing]\(hint)",
          "See docs/configuration.md for all keys.")
      }
      var used = false
      // The stages of the plan, and those of their kinds that were added: they answer the same questions.
      for (at, request) in requests.enumerated() {
        guard let target = targets.first(where: { kinds[$0.stage] == request.kind }) else { continue }
        let use = document.root["stages"]?.table?[request.id]?.table?["use"]?.string ?? request.use
        let stage = try registry.stage(kind: request.kind, name: use, at: request.place)
        guard stage.fields.contains(where: { $0.key == target.field }) else { continue }
        used = true
        if !request.settings.contains(where: { $0.key == target.field }) {
          requests[at].settings.append(.init(key: target.field, place: entry.place, value: entry.value))
        }
      }
      if !used {
        try checkUnused(entry, targets, registry)
        notes.append(
          "\(entry.key) has no effect: \(changes.trainingOnly ? "training only" : "the stage in use does not take it")")
      }
    }
  }

  /// A value without effect must still be one that its stage would take.
  private static func checkUnused(
    _ entry: ConfigTable.Entry, _ targets: [(stage: String, field: String)], _ registry: Registry
  ) throws {
    let owners = registry.all.filter { stage in
      stage.fields.contains { field in targets.contains { $0.field == field.key } }
    }
    for owner in owners {
      for target in targets { try owner.check(target.field, entry.value) }
    }
  }

  /// Applies `[stages.<id>] use = …, with = {…}, from = {…}`.
  private static func override(_ root: ConfigTable, _ requests: inout [StageRequest]) throws {
    guard let value = root["stages"] else { return }
    guard let table = value.table else {
      throw Faults.usage(value.place, "stages is \(value.typeName)", "Write [stages.search] with use and with.")
    }
    for entry in table.entries {
      guard let at = requests.firstIndex(where: { $0.id == entry.key }) else {
        let hint = DidYouMean.phrase(for: entry.key, among: requests.map(\.id))
        throw Faults.usage(
          entry.place, "the plan has no stage \(entry.key)\(hint)",
          "Its stages: \(requests.map(\.id).joined(separator: ", ")).")
      }
      try StageTable(entry.value, allowed: ["use", "with", "from"]).apply(to: &requests[at], at: entry.place)
    }
  }

  /// Adds the `[[stage]]` tables, or lets them replace the stage of their id.
  /// - Returns: their ids.
  private static func addStages(_ root: ConfigTable, _ requests: inout [StageRequest]) throws -> Set<String> {
    guard let value = root["stage"] else { return [] }
    guard let tables = value.array else {
      throw Faults.usage(
        value.place, "stage is \(value.typeName)", "Write [[stage]] with id, kind, use, from and with.")
    }
    var added: Set<String> = []
    for item in tables {
      let table = try StageTable(item, allowed: ["id", "kind", "use", "with", "from"])
      let id = try table.text("id")
      guard added.insert(id).inserted else {
        throw Faults.usage(item.place, "two [[stage]] tables have the id \(id)", "Give one of them another id.")
      }
      var request = StageRequest(id: id, kind: try table.text("kind"), use: try table.text("use"), place: item.place)
      try table.apply(to: &request, at: item.place)
      if let at = requests.firstIndex(where: { $0.id == id }) {
        requests[at] = request
      } else {
        requests.append(request)
      }
    }
    return added
  }

  /// A relative path of a file is meant from the current folder; where nothing is there, from the configuration's folder.
  private static func locateData(_ document: ConfigDocument, _ requests: inout [StageRequest], _ notes: inout [String])
    throws
  {
    for at in requests.indices where requests[at].kind == "source" {
      for index in requests[at].settings.indices where requests[at].settings[index].key == "path" {
        let value = requests[at].settings[index].value
        guard let path = value.string, !path.hasPrefix("/"), !FileManager.default.fileExists(atPath: path) else {
          continue
        }
        let beside = (document.path as NSString).deletingLastPathComponent
        let other = (beside as NSString).appendingPathComponent(path)
        if !beside.isEmpty, FileManager.default.fileExists(atPath: other) {
          requests[at].settings[index].value = ConfigValue(.string(other), at: value.place)
          notes.append("data_path is \(other), beside the configuration")
        }
      }
    }
  }

  /// The same for the files that the command of a program and its `inputs` name.
  private static func locatePrograms(
    _ document: ConfigDocument, _ requests: inout [StageRequest], _ notes: inout [String]
  ) {
    let beside = (document.path as NSString).deletingLastPathComponent
    guard !beside.isEmpty else { return }
    for at in requests.indices where requests[at].use == "process" {
      for index in requests[at].settings.indices {
        let setting = requests[at].settings[index]
        guard ["command", "inputs"].contains(setting.key), let words = setting.value.array else { continue }
        let located = words.enumerated().map { place, word -> ConfigValue in
          guard let path = word.string, !path.isEmpty, !path.hasPrefix("/"), !path.hasPrefix("-"),
            setting.key == "inputs" || place > 0 || path.contains("/"), !FileManager.default.fileExists(atPath: path)
          else { return word }
          let other = (beside as NSString).appendingPathComponent(path)
          var isFolder: ObjCBool = false
          guard FileManager.default.fileExists(atPath: other, isDirectory: &isFolder), !isFolder.boolValue else {
            return word
          }
          notes.append("\(path) of stage \(requests[at].id) is \(other), beside the configuration")
          return ConfigValue(.string(other), at: word.place)
        }
        requests[at].settings[index].value = ConfigValue(.array(located), at: setting.value.place)
      }
    }
  }
}
