internal import CutlineCompute
@_spi(Run) internal import CutlineCore
public import CutlineCredit
internal import CutlineFormats
public import Foundation

/// Models of other libraries as models of this one, from the files in which they write them.
///
/// Nothing in a file is executed, and a file that is none of these is refused with the place at which it is not. A model
/// predicts what its library does: trees to the bit where the library adds in double precision in our order, else within
/// the rounding of single precision. Libraries that compare features in single precision ask x < t or x ≤ t of a rounded x;
/// the stored threshold is the greatest double that rounds to the left side, so that every record goes their way.
public enum ModelImport {
  public enum Format: String, Sendable, CaseIterable {
    /// `Booster.save_model("m.json")`.
    case xgboost
    /// `json.dump(booster.dump_model(), …)`.
    case lightgbm
    /// `Booster.save_model("m.txt")`.
    case lightgbmText = "lightgbm-text"
    /// `model.save_model("m.json", format="json")`.
    case catboost
    /// What `Examples/import/export_sklearn.py` writes.
    case scikitLearn = "scikit-learn"
    /// What `cutline models export --to json` writes: the same model, to the bit.
    case json
  }

  /// The largest file that is read.
  static let fileLimit = 1 << 30

  /// Reads a model; the format is seen in the file where none is named.
  ///
  /// - Parameter unit: what a prediction is measured in; nil for `fraction` after a logit, else `value`.
  /// - Throws: `Faults` (io) for a file that cannot be read, `Faults` (data) for what is no model of the format, or one that
  ///   has no equal here: several classes, questions about categories, linear leaves.
  /// - Complexity: O(size of the file).
  public static func read(_ path: String, format: Format? = nil, unit: String? = nil) throws -> Model {
    try read(bytes(of: path), source: path, format: format, unit: unit)
  }

  /// The bytes of a model's file, read once: for its digest as well.
  /// - Throws: `Faults` (io).
  public static func bytes(of path: String) throws -> Data { try OpenedFile.read(path, limit: fileLimit) }

  /// Reads a model from the bytes of its file.
  /// - Throws: as above.
  public static func read(_ data: Data, source: String, format: Format? = nil, unit: String? = nil) throws -> Model {
    let isText = data.starts(with: Data("tree\n".utf8)) || data.starts(with: Data("tree\r\n".utf8))
    do {
      if format == .json || format == nil && PortableModel.isOne(data) {
        return try PortableModel.decode(data, source: source)
      }
      if format == .lightgbmText || format == nil && isText {
        return try model(LightGBMText.read(data, source: source), .lightgbmText, source, unit)
      }
      let json = try ImportedJSON(data, source: source)
      let format = try format ?? seen(json)
      let read =
        switch format {
        case .xgboost: try XGBoostImport.read(json)
        case .lightgbm: try LightGBMImport.read(json)
        case .catboost: try CatBoostImport.read(json)
        case .scikitLearn, .lightgbmText, .json: try ScikitLearnImport.read(json)
        }
      return try model(read, format, source, unit)
    } catch let error as FormError {
      throw Faults(error).inside(source)
    }
  }

  private static func seen(_ json: ImportedJSON) throws(Faults) -> Format {
    if json.has("learner") { return .xgboost }
    if json.has("tree_info") { return .lightgbm }
    if json.has("oblivious_trees") || json.has("trees"), json.has("features_info") { return .catboost }
    if json.has("format"), try json["format"].text() == ScikitLearnImport.format { return .scikitLearn }
    if json.isList {
      throw json.fault(
        "is a list, as XGBoost dumps trees without objective and base score", "Write it with save_model(\"m.json\").")
    }
    throw json.fault(
      "is no model that is known",
      "Name one of the formats: \(Format.allCases.map(\.rawValue).joined(separator: ", ")).")
  }

  private static func model(_ read: Imported, _ format: Format, _ source: String, _ unit: String?) throws -> Model {
    guard Set(read.features).count == read.features.count, !read.features.contains("") else {
      throw Faults.data(source, "names a feature twice, or gives one no name", "Give each feature a name of its own.")
    }
    do {
      return try Model(
        name: format.rawValue, features: read.features.map { Model.Feature($0, missing: read.missing) },
        unit: unit ?? (read.isProbability ? "fraction" : "value"), form: read.form)
    } catch let faults as Faults { throw faults.inside(source) }
  }
}

/// What was found in a file.
struct Imported {
  let features: [String]
  let form: ModelForm
  var missing = Model.MissingRule.form
  var isProbability = false
}

/// Comparisons of libraries that round features to single precision first.
enum SinglePrecision {
  /// The greatest double x with Float(x) < split.
  ///
  /// Half way between split and its lower neighbour rounds to the one of the two that is even.
  static func threshold(below split: Float) -> Double {
    let lower = split.nextDown
    // Beyond the least number rounding gives −∞ from half a step on.
    let low = lower.isInfinite ? -0x1p128 : Double(lower)
    let middle = (low + Double(split)) / 2
    return Float(middle) < split ? middle : middle.nextDown
  }

  /// The greatest double x with Float(x) ≤ split.
  static func threshold(upTo split: Float) -> Double {
    let next = split.nextUp
    return next.isInfinite ? Double(split) : threshold(below: next)
  }
}
