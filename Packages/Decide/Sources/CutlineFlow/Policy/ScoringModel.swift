internal import CutlineCore
public import CutlineCredit
internal import Foundation

/// A model with the recipe of its features: all that is needed to score an application. The content of a version of kind `model-set`.
public struct ScoringModel: Sendable, Hashable {
  public static let mediaType = "application/vnd.cutline.model-set+json"
  static let format = "cutline-model-set-1"

  public let model: Model
  /// Nil: the features are fields of the application, by name.
  public let recipe: RecipeSheet?

  /// - Throws: `Faults` (data) where the recipe does not make a feature of the model, or cannot be read.
  public init(model: Model, recipe: RecipeSheet?) throws {
    (self.model, self.recipe) = (model, recipe)
    _ = try inputs()
  }

  /// The recipe, compiled, and by feature of the model its place in the recipe.
  /// - Throws: as `init`.
  func inputs() throws -> (recipe: Recipe, places: [Int]) {
    let names = model.features.map(\.name)
    guard Set(names).count == names.count else {
      throw Faults.data("model \(model.name)", "has two features of one name", "Give each a name of its own.")
    }
    let recipe = try Recipe(recipe ?? RecipeSheet(columns: names))
    let places = try names.map { name in
      guard let place = recipe.names.firstIndex(of: name) else {
        throw Faults.data(
          "model \(model.name)",
          "needs the feature \(name), which its recipe does not make\(DidYouMean.phrase(for: name, among: recipe.names))",
          "Add it to the recipe, or name the recipe that the model was fitted with.")
      }
      return place
    }
    return (recipe, places)
  }

  /// Whether the model says that its probability was calibrated.
  public var isCalibrated: Bool { model.form.isCalibrated }

  /// The content of a version.
  public var json: [UInt8] {
    get throws { Array(try CanonicalJSON.encode(self, pretty: true)) + [UInt8(ascii: "\n")] }
  }

  /// Reads the content of a version, or a model alone, whose features are fields of the application.
  ///
  /// - Throws: `Faults` (data) for what is neither.
  public init(json: [UInt8], of file: String) throws {
    struct Head: Decodable {
      let format: String?
      let form: AnyPresent?
    }
    struct AnyPresent: Decodable { init(from _: any Decoder) throws {} }
    do {
      let data = Data(json)
      let head = try CanonicalJSON.decode(Head.self, from: data)
      if head.format == nil, head.form != nil {
        try self.init(model: CanonicalJSON.decode(Model.self, from: data), recipe: nil)
      } else {
        self = try CanonicalJSON.decode(ScoringModel.self, from: data)
      }
    } catch let faults as Faults {
      throw faults.inside(file)
    } catch {
      throw Faults.data(
        file, "is no model, or nests too deep", "Give a file of cutline decide model, or a model as JSON.")
    }
  }
}

extension ScoringModel: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable { case format, model, recipe }

  public init(from decoder: any Decoder) throws {
    let values = try KnownKeys.container(decoder, CodingKeys.self, of: "the model")
    let format = try values.decode(String.self, forKey: .format)
    guard format == Self.format else {
      throw Faults.data("the model", "is of the format \(format.prefix(60))", "This version reads \(Self.format).")
    }
    try self.init(
      model: values.decode(Model.self, forKey: .model),
      recipe: values.decodeIfPresent(RecipeSheet.self, forKey: .recipe))
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(Self.format, forKey: .format)
    try values.encode(model, forKey: .model)
    try values.encodeIfPresent(recipe, forKey: .recipe)
  }
}
