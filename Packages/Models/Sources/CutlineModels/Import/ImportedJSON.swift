internal import CutlineCore
internal import Foundation

/// A value in a JSON file that may hold anything, with its place for sentences. Nothing is taken for granted: every access
/// names what it expects, and what is there instead is a fault with the place.
struct ImportedJSON {
  private let value: Any?
  /// The file.
  let source: String
  /// `learner.trees[3].left`; empty at the top.
  let path: String

  /// - Throws: `Faults` (data) for what is no JSON, or nests deeper than the reader goes (some 500 levels).
  init(_ data: Data, source: String) throws(Faults) {
    do {
      value = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
    } catch {
      let detail = (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String
      throw Faults.data(source, "is not JSON" + (detail.map { ": \($0)" } ?? ""), "Export the model again.")
    }
    self.source = source
    path = ""
  }

  private init(_ value: Any?, _ source: String, _ path: String) {
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
      case nil: "is missing"
      case is NSNull: "is null"
      case is [Any]: "is a list"
      case is [String: Any]: "is an object"
      case is String: "is text"
      default: "is another value"
      }
    return fault("\(found), not \(expected)")
  }

  /// The member `key` of an object; one that is not there is found out when it is read.
  subscript(key: String) -> ImportedJSON {
    let place = path.isEmpty ? key : "\(path).\(key)"
    return ImportedJSON((value as? [String: Any])?[key], source, place)
  }

  func has(_ key: String) -> Bool { (value as? [String: Any])?[key].map { !($0 is NSNull) } ?? false }

  var isObject: Bool { value is [String: Any] }
  var isList: Bool { value is [Any] }
  var isText: Bool { value is String }

  /// The elements of a list.
  func elements() throws(Faults) -> [ImportedJSON] {
    guard let list = value as? [Any] else { throw fault(expected: "a list") }
    return list.enumerated().map { ImportedJSON($1, source, "\(path)[\($0)]") }
  }

  func text() throws(Faults) -> String {
    guard let text = value as? String else { throw fault(expected: "text") }
    return text
  }

  /// A finite number.
  func number() throws(Faults) -> Double {
    guard let number = Self.number(value) else { throw fault(expected: "a finite number") }
    return number
  }

  /// A number, or a text that is one, as some libraries write.
  func numberOrText() throws(Faults) -> Double {
    if let text = value as? String {
      guard let number = ExchangeNumber.double(text) else { throw fault(expected: "a finite number") }
      return number
    }
    return try number()
  }

  func flag() throws(Faults) -> Bool {
    // Some libraries write 0 and 1.
    guard let number = Self.number(value), number == 0 || number == 1 else { throw fault(expected: "true or false") }
    return number == 1
  }

  /// A whole number in `range`.
  func whole(_ range: ClosedRange<Int>) throws(Faults) -> Int {
    let found = value is String ? try numberOrText() : Self.number(value)
    guard let found, let whole = Int(exactly: found), range.contains(whole) else {
      throw fault(expected: "a whole number in \(range.lowerBound)...\(range.upperBound)")
    }
    return whole
  }

  func numbers() throws(Faults) -> [Double] {
    guard let list = value as? [Any] else { throw fault(expected: "a list of numbers") }
    var numbers: [Double] = []
    numbers.reserveCapacity(list.count)
    for (index, element) in list.enumerated() {
      guard let number = Self.number(element) else {
        throw ImportedJSON(element, source, "\(path)[\(index)]").fault(expected: "a finite number")
      }
      numbers.append(number)
    }
    return numbers
  }

  /// Whole numbers in `range`.
  func wholes(_ range: ClosedRange<Int>) throws(Faults) -> [Int] {
    let numbers = try numbers()
    var wholes: [Int] = []
    wholes.reserveCapacity(numbers.count)
    for (index, number) in numbers.enumerated() {
      guard let whole = Int(exactly: number), range.contains(whole) else {
        throw ImportedJSON(number, source, "\(path)[\(index)]")
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

  private static func number(_ value: Any?) -> Double? {
    guard let number = (value as? NSNumber)?.doubleValue ?? (value as? Double), number.isFinite else { return nil }
    return number
  }
}
