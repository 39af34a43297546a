public import CutlineCore
public import CutlineCredit
public import Foundation
internal import CutlineCompute

/// A model as JSON that says what it is, and reads back to the same bits: format `cutline-portable-model-2`.
///
/// An object with `format`, `name`, `unit`, `features` (each with `name` and `missing`: `form` where the form has a value of its
/// own for a missing one, `refuse` where there is no prediction; `codes` where some values count as missing), `parameters` and `form`, whose keys docs/methods/model-forms.md
/// has. Unknown keys are refused, since what a reader skips would change values without a word.
public struct PortableModel: Codable {
  public static let format = StoredFormat("cutline-portable-model", 2, "exported model")

  private struct Feature: Codable {
    let name: String
    let missing: String
    let codes: [Double]?
  }

  let format: String
  private let name, unit: String
  private let features: [Feature]
  private let parameters: [String: Double]
  private let form: ModelForm

  private enum CodingKeys: String, CodingKey, CaseIterable { case format, name, unit, features, parameters, form }

  private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  private init(_ model: Model) {
    format = Self.format.text
    name = model.name
    unit = model.unit
    features = model.features.map {
      Feature(name: $0.name, missing: $0.missing == .form ? "form" : "refuse", codes: $0.codes)
    }
    parameters = model.parameters
    form = model.form
  }

  /// The bytes of a file: sorted keys, shortest numbers that read back as the same.
  public static func encode(_ model: Model) throws -> Data {
    try CanonicalJSON.encode(PortableModel(model), pretty: true) + Data([10])
  }

  /// Whether `data` says that it is one.
  public static func isOne(_ data: Data) -> Bool {
    struct Header: Decodable { let format: String }
    // Anything else is none.
    let header = try? CanonicalJSON.decode(Header.self, from: data)
    return header?.format.hasPrefix("\(format.name)-") == true
  }

  /// Reads what `encode` wrote.
  ///
  /// - Parameter source: the file, for sentences.
  /// - Throws: `Faults` (data) for what is none or is no model; `Faults` (integrity) for a newer format.
  /// - Complexity: O(size).
  public static func decode(_ data: Data, source: String) throws -> Model {
    guard isOne(data) else {
      throw Faults.data(source, "is no exported model", "Give what cutline models export --to json wrote.")
    }
    _ = try format.check(data, at: source)
    if let key = DuplicateKeys.first(in: data) {
      throw Faults.data(
        source, "has the key \(key.prefix(40).debugDescription) twice in one object", "Export the model again.")
    }
    let read: PortableModel
    do {
      read = try CanonicalJSON.decode(PortableModel.self, from: data)
    } catch let error as FormError {
      throw Faults(error).inside(source)
    } catch let faults as Faults {
      throw faults.inside(source)
    } catch {
      throw Faults.data(source, "is a damaged model: a field is missing, wrong or unknown", "Export the model again.")
    }
    let features = try read.features.map { feature in
      guard let rule = ["form": Model.MissingRule.form, "refuse": .refuse][feature.missing] else {
        throw Faults.data(
          "\(source), features", "has the missing rule \(feature.missing.prefix(40).debugDescription)",
          "It is form or refuse.")
      }
      return Model.Feature(feature.name, missing: rule, codes: feature.codes)
    }
    guard Set(features.map(\.name)).count == features.count, !features.contains(where: { $0.name.isEmpty }) else {
      throw Faults.data(source, "names a feature twice, or gives one no name", "Give each feature a name of its own.")
    }
    do {
      return try Model(
        name: read.name, features: features, unit: read.unit, parameters: read.parameters, form: read.form)
    } catch let faults as Faults { throw faults.inside(source) }
  }

  public init(from decoder: any Decoder) throws {
    let known = Set(CodingKeys.allCases.map(\.rawValue))
    for key in try decoder.container(keyedBy: AnyKey.self).allKeys where !known.contains(key.stringValue) {
      throw Faults.data(
        "key \(key.stringValue.prefix(40).debugDescription)", "is unknown", "Leave it out, or use a later version.")
    }
    let values = try decoder.container(keyedBy: CodingKeys.self)
    format = try values.decode(String.self, forKey: .format)
    name = try values.decode(String.self, forKey: .name)
    unit = try values.decode(String.self, forKey: .unit)
    features = try values.decode([Feature].self, forKey: .features)
    parameters = try values.decode([String: Double].self, forKey: .parameters)
    form = try values.decode(ModelForm.self, forKey: .form)
  }
}
