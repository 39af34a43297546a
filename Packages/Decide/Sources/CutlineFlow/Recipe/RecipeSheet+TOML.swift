internal import CutlineCore
internal import CutlineRules

extension RecipeSheet {
  /// Reads a recipe from TOML.
  ///
  /// - Throws: `Faults` (usage) with all mistakes, each with line and column.
  /// - Complexity: O(bytes).
  public init(toml text: String, of file: String) throws {
    let root = try ConfigDocument.parse(text, source: file)
    var reader = SheetReader(file: file)
    self = reader.recipe(root)
    try reader.reading.finish()
  }
}

extension SheetReader {
  fileprivate mutating func recipe(_ root: ConfigTable) -> RecipeSheet {
    known(root, ["name", "currency", "fields", "derived", "features", "note"], of: "the recipe")
    let name = text(root, "name", of: "the recipe") ?? "recipe"
    var sheet = RecipeSheet(name: name, inputs: inputs(root, of: name))
    sheet.note = text(root, "note", of: "the recipe", isNeeded: false)
    if let value = root["features"], value.array == nil {
      fault(value.place, "features is \(value.typeName)", "Write each feature as [[features]].")
    }
    for value in root["features"]?.array ?? [] {
      if let own = table(value, "a feature"), let made = feature(own, value.place) { sheet.features.append(made) }
    }
    return sheet
  }

  private mutating func feature(_ own: ConfigTable, _ place: Place) -> RecipeSheet.Feature? {
    guard let name = placed(own["name"], "name") else {
      missing(place, "name", "a feature")
      return nil
    }
    let what = "feature \(name.text)"
    known(
      own,
      [
        "name", "when", "value", "cases", "field", "levels", "other", "missing", "clamp", "mean", "std", "note",
      ], of: what)
    var feature = RecipeSheet.Feature(name: name)
    feature.when = placed(own["when"], "when")
    feature.value = placed(own["value"], "value", takesNumbers: true)
    if let value = own["cases"], value.array == nil {
      fault(value.place, "cases is \(value.typeName)", "Write a list of { when = \"…\", value = \"…\" }.")
    }
    for value in own["cases"]?.array ?? [] {
      guard let part = table(value, "a case") else { continue }
      known(part, ["when", "value"], of: "a case of \(name.text)")
      guard let when = placed(part["when"], "when"), let result = placed(part["value"], "value", takesNumbers: true)
      else {
        missing(value.place, "when or value", "a case of \(name.text)")
        continue
      }
      feature.cases.append(.init(when: when, value: result))
    }
    feature.field = placed(own["field"], "field")
    if let levels = own["levels"] { feature.levels = list(levels, "levels").map(\.text) }
    feature.other = placed(own["other"], "other", takesNumbers: true)
    feature.missing = placed(own["missing"], "missing", takesNumbers: true)
    if let clamp = own["clamp"] { feature.clamp = list(clamp, "clamp", takesNumbers: true) }
    feature.mean = placed(own["mean"], "mean", takesNumbers: true)
    feature.std = placed(own["std"], "std", takesNumbers: true)
    feature.note = text(own, "note", of: what, isNeeded: false)
    return feature
  }
}
