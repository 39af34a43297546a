@_spi(Run) internal import CutlineCore
internal import CutlineCredit

/// Labels of the store, as `cutline labels show BATCH --output FILE` writes them, put to the rows of the source by their id.
///
/// The day of decision is the batch's, so that the latest can be the test. A row without a label in the file has no outcome. Labels
/// that a model made teach the model itself; they are refused unless a reason is given, which the run repeats.
struct LabelFile: Stage {
  typealias Kind = Labels
  static let name = "built"
  static let summary = "Labels that the store has built of a batch, from the file that it wrote."

  struct Config: StageConfig {
    var path = ""
    var id: String?
    var allowModelLabels: String?
    static let fields: [Field<Self>] = [
      .shared(.text("labels_path", \.path, "The file of labels, written by cutline labels show.")),
      .shared(
        .optionalText(
          "id", \.id, "The column that names the application, so that a random test does not hang on the order of rows."
        )),
      .optionalText(
        "allow_model_labels", \.allowModelLabels, "The reason why labels that a model made may be learnt from."),
    ]

    func validate(at places: FieldPlaces) throws {
      guard !path.isEmpty else {
        throw Faults.usage(places["labels_path"], "labels_path is not set", "Name the file of labels.")
      }
      guard id != nil else {
        throw Faults.usage(places["id"], "id is not set", "Name the column that the labels are put to rows by.")
      }
    }
  }
  let config: Config
  var externalInputs: [String] { config.path.isEmpty ? [] : [config.path] }

  func run(_ input: Labels.Input, in context: RunContext) async throws -> LabelSet {
    let table = input.source.table
    let (labels, meant) = try Self.read(config.path)
    let made = labels.values.count { $0.source == Outcome.Source.model.rawValue && $0.isUsed }
    if made > 0 {
      guard let reason = config.allowModelLabels else {
        throw Faults.gate(
          "labels", "\(made) were made by a model: what learns from them learns that model, and proves nothing",
          "Use outcomes that were observed, or state allow_model_labels = \"reason\" in [stages.labels] with.")
      }
      context.warn("\(made) labels were made by a model; allowed: \(word: reason)")
    }
    let column = try CardColumns.column(config.id ?? "", table)
    var seen: Set<String> = []
    var (found, decided): ([ObservationWindow.Label?], [Int32?]) = ([], [])
    for row in 0..<table.rowCount {
      let own = CardColumns.text(column, row)
      if let own, !seen.insert(own).inserted {
        throw Faults.data(
          Place(column: column.name, row: row), "has an application for the second time",
          "Keep one row of each: both would get the same label.")
      }
      let label = own.flatMap { labels[$0] }
      found.append(label?.label)
      decided.append(label?.decided)
    }
    let strays = labels.keys.count { !seen.contains($0) }
    guard found.contains(where: { $0 == .good || $0 == .bad }) else {
      throw Faults.data(
        "labels", "none of \(labels.count) that can be learnt from is of a row of the source",
        "Check the column id, the batch, and cutline labels show.")
    }
    if strays > 0 { context.warn("\(strays) labels are of no row of the source") }
    let set = LabelSet(
      method: Self.name, outcome: meant?.outcome, labels: found, decided: decided, window: meant?.window)
    for (label, sentence) in [
      (ObservationWindow.Label.refused, "have a bad event on or before the day of the decision and are refused"),
      (.immature, "are immature: their window has not closed"),
      (.unobserved, "left the data before their window closed"),
    ] {
      let count = set.summary.counts[label.rawValue] ?? 0
      if count > 0 { context.warn("\(count) applications \(word: sentence)") }
    }
    let none = set.summary.counts["no_outcome"] ?? 0
    if none > 0 { context.warn("\(none) applications have no outcome: they teach nothing, and are counted as neither") }
    return set
  }

  private struct Entry {
    let label: ObservationWindow.Label?
    let decided: Int32?
    let source: String
    var isUsed: Bool { label == .good || label == .bad }
  }

  /// What the labels are of.
  private struct Meaning: Equatable {
    let outcome: String
    let window: ObservationWindow

    /// - Returns: nil for what no store writes.
    init?(_ fields: ArraySlice<String>) {
      let fields = Array(fields)
      guard fields.count == 3, let kind = Outcome.Kind(rawValue: fields[0]), let days = Int(fields[1]),
        let asOf = CalendarDate(iso: fields[2]), let window = try? ObservationWindow(days: days, asOf: asOf)
      else { return nil }  // told with its line
      (outcome, self.window) = (kind.rawValue, window)
    }
  }

  /// - Returns: labels by application, and what they are of; nil of a file of an earlier cutline, which did not say so.
  private static func read(_ path: String) throws -> ([String: Entry], Meaning?) {
    let csv = try CsvRecords(Array(OpenedFile.read(path, limit: 1 << 30)), at: path)
    let advice = "Write it with cutline labels show BATCH --output FILE."
    let columns = Store.Label.columns
    guard csv.header == columns || csv.header == Array(columns.prefix(5)) else {
      throw Faults.data(path, "is no file of labels", advice)
    }
    let isOlder = csv.header.count == 5
    let meant = csv.records.first.flatMap { Meaning($0.fields.dropFirst(5)) }
    var problems = LineProblems()
    var entries: [String: Entry] = [:]
    for record in csv.records {
      guard record.fields.count == csv.header.count, let day = CalendarDate(iso: record.fields[1]),
        let label = label(status: record.fields[2], value: record.fields[3])
      else {
        problems.add("is no label", line: record.line)
        continue
      }
      guard isOlder || Meaning(record.fields.dropFirst(5)).map({ $0 == meant }) ?? false else {
        problems.add("is a label of another type, window or day than the first, or says none", line: record.line)
        continue
      }
      let entry = Entry(label: label, decided: Int32(exactly: day.daysSince1960), source: record.fields[4])
      if entries.updateValue(entry, forKey: record.fields[0]) != nil {
        problems.add("names an application for the second time", line: record.line)
      }
    }
    if let faults = problems.faults(at: path, advice) { throw faults }
    return (entries, meant)
  }

  /// - Returns: nil for what is no label; a label of nil where there is no outcome.
  private static func label(status: String, value: String) -> ObservationWindow.Label?? {
    switch (status, value) {
    case ("used", "1"): .some(.bad)
    case ("used", "0"): .some(.good)
    case ("immature", ""): .some(.immature)
    case ("unobserved", ""): .some(.unobserved)
    case ("refused", ""): .some(.refused)
    case ("no_outcome", ""): .some(nil)
    default: nil
    }
  }
}
