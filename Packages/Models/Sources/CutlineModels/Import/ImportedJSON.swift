internal import CutlineCore
internal import CutlineFormats
internal import Foundation

/// A value in a JSON file that may hold anything, with its place for sentences. Nothing is taken for granted: every access
/// names what it expects, and what is there instead is a fault with the place.
struct ImportedJSON {
  /// Foundation's untyped reader is no choice: it gives numbers as decimals that are off in the last bit as doubles.
  private enum Value: Decodable {
    case missing, null
    case flag(Bool)
    case number(Double)
    case text(String)
    case numbers([Double])
    case list([Value])
    case object([String: Value])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .null
      } else if let number = try? container.decode(Double.self) {
        // Each that does not fit is tried as the next one; the last one throws.
        self = .number(number)
      } else if let text = try? container.decode(String.self) {
        self = .text(text)
      } else if let numbers = try? container.decode([Double].self) {
        self = .numbers(numbers)
      } else if let list = try? container.decode([Value].self) {
        self = .list(list)
      } else if let flag = try? container.decode(Bool.self) {
        self = .flag(flag)
      } else {
        self = .object(try container.decode([String: Value].self))
      }
    }
  }

  private let value: Value
  /// The file.
  let source: String
  /// `learner.trees[3].left`; empty at the top.
  let path: String

  /// - Throws: `Faults` (data) for what is no JSON, or nests deeper than `CanonicalJSON.depthLimit`.
  init(_ data: Data, source: String) throws(Faults) {
    do { value = try CanonicalJSON.decode(Value.self, from: data) } catch {
      var detail = ""
      if case .dataCorrupted(let context) = error as? DecodingError,
        let cause = context.underlyingError as NSError?
      {
        detail = (cause.userInfo[NSDebugDescriptionErrorKey] as? String).map { ": \($0)" } ?? ""
      }
      throw Faults.data(source, "is not JSON" + detail, "Export the model again; JSON has no NaN and no Infinity.")
    }
    if let key = DuplicateKeys.first(in: data) {
      throw Faults.data(
        source, "has the key \(key.prefix(40).debugDescription) twice in one object", "Export the model again.")
    }
    self.source = source
    path = ""
  }

  private init(_ value: Value, _ source: String, _ path: String) {
    self.value = value
    self.source = source
    self.path = path
  }

  /// What is wrong here.
  func fault(_ problem: String, _ advice: String = "Export the model again.") -> Faults {
    Faults.data(Place(source: path.isEmpty ? source : "\(source), \(path)"), problem, advice)
  }

  private func fault(expected: String) -> Faults {
    let found =
      switch value {
      case .missing: "is missing"
      case .null: "is null"
      case .numbers, .list: "is a list"
      case .object: "is an object"
      case .text: "is text"
      case .flag: "is true or false"
      case .number(let number): "is \(number)"
      }
    return fault("\(found), not \(expected)")
  }

  /// The member `key` of an object; one that is not there is found out when it is read.
  subscript(key: String) -> ImportedJSON {
    let place = path.isEmpty ? key : "\(path).\(key)"
    guard case .object(let members) = value else { return ImportedJSON(.missing, source, place) }
    return ImportedJSON(members[key] ?? .missing, source, place)
  }

  func has(_ key: String) -> Bool {
    switch self[key].value {
    case .missing, .null: false
    default: true
    }
  }

  var isList: Bool {
    switch value {
    case .numbers, .list: true
    default: false
    }
  }

  var isText: Bool { if case .text = value { true } else { false } }

  /// The elements of a list.
  func elements() throws(Faults) -> [ImportedJSON] {
    let list: [Value]
    switch value {
    case .list(let values): list = values
    case .numbers(let numbers): list = numbers.map { .number($0) }
    default: throw fault(expected: "a list")
    }
    return list.enumerated().map { ImportedJSON($1, source, "\(path)[\($0)]") }
  }

  func text() throws(Faults) -> String {
    guard case .text(let text) = value else { throw fault(expected: "text") }
    return text
  }

  /// A finite number.
  func number() throws(Faults) -> Double {
    guard case .number(let number) = value, number.isFinite else { throw fault(expected: "a finite number") }
    return number
  }

  func flag() throws(Faults) -> Bool {
    // Some libraries write 0 and 1.
    switch value {
    case .flag(let flag): return flag
    case .number(0): return false
    case .number(1): return true
    default: throw fault(expected: "true or false")
    }
  }

  /// A whole number in `range`, or a text that is one, as some libraries write.
  func whole(_ range: ClosedRange<Int>) throws(Faults) -> Int {
    let found: Double? =
      switch value {
      case .number(let number): number
      case .text(let text): ExchangeNumber.double(text)
      default: nil
      }
    guard let found, let whole = Int(exactly: found), range.contains(whole) else {
      throw fault(expected: "a whole number in \(range.lowerBound)...\(range.upperBound)")
    }
    return whole
  }

  func numbers() throws(Faults) -> [Double] {
    switch value {
    case .numbers(let numbers): return numbers
    case .list:
      // Not all are numbers: the first that is none is named.
      for element in try elements() { _ = try element.number() }
      return []
    default: throw fault(expected: "a list of numbers")
    }
  }

  /// Whole numbers in `range`.
  func wholes(_ range: ClosedRange<Int>) throws(Faults) -> [Int] {
    let numbers = try numbers()
    var wholes: [Int] = []
    wholes.reserveCapacity(numbers.count)
    for (index, number) in numbers.enumerated() {
      guard let whole = Int(exactly: number), range.contains(whole) else {
        throw ImportedJSON(.number(number), source, "\(path)[\(index)]")
          .fault(expected: "a whole number in \(range.lowerBound)...\(range.upperBound)")
      }
      wholes.append(whole)
    }
    return wholes
  }

  func texts() throws(Faults) -> [String] {
    var texts: [String] = []
    for element in try elements() { texts.append(try element.text()) }
    return texts
  }
}
