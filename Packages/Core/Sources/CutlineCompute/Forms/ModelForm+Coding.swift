/// A model in a file: an object whose `form` names it, beside the keys of that form. Unknown forms and keys are refused,
/// because what a reader skips changes the value of a model without a word.
extension ModelForm: Codable {
  private enum Discriminator: String, CodingKey { case form }

  public init(from decoder: any Decoder) throws {
    do {
      // Every level of forms takes at most four keys (first, models and an index, terms); deeper is hostile.
      guard decoder.codingPath.count <= 4 * FormLimits.depth else {
        throw FormError.invalid(form: "then", problem: "has forms within forms more than \(FormLimits.depth) deep")
      }
      self = try Self.decoded(decoder)
    } catch let error as FormError {
      throw error.placed(at: decoder.codingPath)
    }
  }

  private static func decoded(_ decoder: any Decoder) throws -> ModelForm {
    let name: String
    do {
      name = try decoder.container(keyedBy: Discriminator.self).decode(String.self, forKey: .form)
    } catch is DecodingError {
      throw FormError.invalid(form: "?", problem: "does not say its form")
    }
    do {
      switch name {
      case LinearForm.name: return .linear(try LinearForm(from: decoder))
      case TreesForm.name: return .trees(try TreesForm(from: decoder))
      case BinnedValues.name: return .steps(try BinnedValues(from: decoder))
      case ScorecardForm.name: return .scorecard(try ScorecardForm(from: decoder))
      case ExpandForm.name: return .expand(try ExpandForm(from: decoder))
      case BlendForm.name: return .blend(try BlendForm(from: decoder))
      case ProductForm.name: return .product(try ProductForm(from: decoder))
      case ThenForm.name: return .then(try ThenForm(from: decoder))
      case CellsForm.name: return .cells(try CellsForm(from: decoder))
      default: throw FormError.unknown(form: FormError.shortened(name))
      }
    } catch let error as DecodingError {
      throw FormError.invalid(form: name, problem: error.sentence)
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Discriminator.self)
    try container.encode(name, forKey: .form)
    switch self {
    case .linear(let form): try form.encode(to: encoder)
    case .trees(let form): try form.encode(to: encoder)
    case .steps(let form): try form.encode(to: encoder)
    case .scorecard(let form): try form.encode(to: encoder)
    case .expand(let form): try form.encode(to: encoder)
    case .blend(let form): try form.encode(to: encoder)
    case .product(let form): try form.encode(to: encoder)
    case .then(let form): try form.encode(to: encoder)
    case .cells(let form): try form.encode(to: encoder)
    }
  }
}

extension Decoder {
  /// The keys of a form; refuses an object that has others, beside `form`.
  func container<Keys: CodingKey & CaseIterable>(
    only keys: Keys.Type, form: String
  ) throws -> KeyedDecodingContainer<Keys> {
    let known = Set(Keys.allCases.map(\.stringValue) + ["form"])
    for key in try container(keyedBy: AnyKey.self).allKeys where !known.contains(key.stringValue) {
      throw FormError.invalid(form: form, problem: "has an unknown key '\(FormError.shortened(key.stringValue))'")
    }
    return try container(keyedBy: keys)
  }
}

private struct AnyKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }
  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

extension DecodingError {
  /// What is wrong, as the end of a sentence about a model.
  fileprivate var sentence: String {
    switch self {
    case .keyNotFound(let key, _): "lacks '\(key.stringValue)'"
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      "cannot be read at '\(context.codingPath.last?.stringValue ?? "")'"
    @unknown default: "cannot be read"
    }
  }
}
