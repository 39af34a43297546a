internal import Foundation

/// JSON as programs give it: strict, and with errors that name the file and the key.
enum ExchangeJSON {
  /// Reads `data` as a `Value`.
  ///
  /// - Throws: `Faults` (data) for text that is not JSON, an unknown or a missing key, a value of another type, NaN.
  static func decode<Value: Codable>(_ type: Value.Type, from data: Data, file: String) throws -> Value {
    guard CanonicalJSON.depth(of: data) <= CanonicalJSON.depthLimit else {
      throw Faults.data(file, "nests deeper than \(CanonicalJSON.depthLimit)", "Write the form of the documentation.")
    }
    let given: Any
    do {
      given = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
    } catch {
      throw Faults.data(file, notJSON(data, error), "Write one JSON value; JSON has no NaN, Infinity or comments.")
    }
    do {
      let decoder = JSONDecoder()
      // Edges may be infinite. A text that no one writes stands for NaN, so that none gets in.
      decoder.nonConformingFloatDecodingStrategy = .convertFromString(
        positiveInfinity: "inf", negativeInfinity: "-inf", nan: "\u{0}")
      let value = try decoder.decode(type, from: data)
      let known = try JSONSerialization.jsonObject(with: CanonicalJSON.encode(value), options: .fragmentsAllowed)
      if let (path, hint) = unknownKey(given, known, path: "") {
        throw Faults.data(file, "has the unknown key \(path)\(hint)", "Leave it out.")
      }
      return value
    } catch let error as DecodingError {
      throw refusal(error, file)
    } catch let error as Faults where error.code == .data {
      throw error
    } catch let error as Faults {
      throw Faults.data(file, "\(error.location): \(error.problem)", "Correct the value.")
    }
  }

  private static func notJSON(_ data: Data, _ error: any Error) -> String {
    if data.allSatisfy({ [0x20, 0x0A, 0x0D, 0x09].contains($0) }) { return "is empty" }
    let detail = (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String
    return "is not JSON" + (detail.map { ": " + $0.trimmingCharacters(in: CharacterSet(charactersIn: ". ")) } ?? "")
  }

  private static func refusal(_ error: DecodingError, _ file: String) -> Faults {
    func place(_ path: [any CodingKey]) -> String {
      path.isEmpty ? "its value" : name(path)
    }
    switch error {
    case .keyNotFound(let key, let context):
      return Faults.data(
        file, "has no key \(name(context.codingPath + [key]))",
        "Write every key of the form in docs/plugins-process.md.")
    case .valueNotFound(_, let context):
      return Faults.data(file, "\(place(context.codingPath)) is null", "Give a value.")
    case .typeMismatch(let type, let context):
      return Faults.data(
        file, "\(place(context.codingPath)) is not \(phrase(type))",
        "Give one; a number must be finite, JSON has no NaN.")
    case .dataCorrupted(let context):
      let detail = context.debugDescription.trimmingCharacters(in: CharacterSet(charactersIn: ". "))
      return Faults.data(file, "\(place(context.codingPath)): \(detail)", "Correct the value.")
    @unknown default:
      return Faults.data(file, "cannot be read", "Write the form in docs/plugins-process.md.")
    }
  }

  private static func name(_ path: [any CodingKey]) -> String {
    path.reduce("") { text, key in
      if let index = key.intValue { return "\(text)[\(index)]" }
      return text.isEmpty ? key.stringValue : "\(text).\(key.stringValue)"
    }
  }

  private static func phrase(_ type: Any.Type) -> String {
    switch type {
    case is String.Type: "a text"
    case is Double.Type: "a number"
    case is Bool.Type: "true or false"
    case is any FixedWidthInteger.Type: "a whole number"
    case is any RangeReplaceableCollection.Type: "a list"
    default: "\(type)".hasPrefix("Dictionary") ? "an object" : "\(type)".hasPrefix("Array") ? "a list" : "an object"
    }
  }

  /// The first key of `given` that is not in `known`, with the nearest one that is.
  private static func unknownKey(_ given: Any, _ known: Any, path: String) -> (String, String)? {
    if let given = given as? [String: Any], let known = known as? [String: Any] {
      for key in given.keys.sorted() {
        let place = path.isEmpty ? key : "\(path).\(key)"
        guard let value = given[key], !(value is NSNull) else { continue }
        guard let other = known[key] else { return (place, DidYouMean.phrase(for: key, among: known.keys.sorted())) }
        if let found = unknownKey(value, other, path: place) { return found }
      }
    }
    if let given = given as? [Any], let known = known as? [Any], given.first is [String: Any] || given.first is [Any] {
      for (index, (a, b)) in zip(given, known).enumerated() {
        if let found = unknownKey(a, b, path: "\(path)[\(index)]") { return found }
      }
    }
    return nil
  }
}
