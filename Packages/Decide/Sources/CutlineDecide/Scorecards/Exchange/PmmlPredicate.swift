internal import CutlineCore
internal import CutlineFormats

/// What one attribute of a characteristic takes: the values for which its predicate is true.
struct PmmlPredicate {
  var takesMissing = false
  /// Everything that no other attribute takes.
  var takesRest = false
  /// Numbers: (above, upTo].
  var intervals: [(above: Double, upTo: Double)] = []
  var numbers: [Double] = []
  var words: [String] = []
  /// Words that are left out, where it takes all others.
  var except: [String]?

  /// - Throws: `Faults` (data) with the line of what cannot be read as bins.
  init(_ element: XmlElement, field: String, ofWords: Bool, file: String) throws {
    func refused(_ problem: String) -> Faults {
      Faults.data(
        Place(source: file, line: element.line, column: 1), problem,
        "Bins are intervals, lists of values, and missing, of one field.")
    }
    if element.name != "True", element.name != "CompoundPredicate" {
      guard element.attributes["field"] == field else { throw refused("asks of another field than \(field)") }
    }
    func number(_ text: String?) throws -> Double {
      if let value = text.flatMap(StrictNumber.value) { return value }
      guard let text, StrictNumber.isInfinity(text) else { throw refused("has a value that is no decimal number") }
      throw Faults.data(
        Place(source: file, line: element.line, column: 1), "has an infinite value",
        "Leave this question out: an interval without one has no end there.")
    }
    switch (element.name, element.attributes["operator"] ?? element.attributes["booleanOperator"] ?? "") {
    case ("True", _): (takesRest, takesMissing) = (true, true)
    case ("SimplePredicate", "isMissing"): takesMissing = true
    case ("SimplePredicate", "isNotMissing"): takesRest = true
    case ("SimplePredicate", let way):
      guard let value = element.attributes["value"] else { throw refused("has no value") }
      switch (way, ofWords) {
      case ("equal", true): words = [value]
      case ("notEqual", true): except = [value]
      case ("equal", false): numbers = [try number(value)]
      case ("lessOrEqual", false): intervals = [(-.infinity, try number(value))]
      case ("lessThan", false): intervals = [(-.infinity, try number(value).nextDown)]
      case ("greaterThan", false): intervals = [(try number(value), .infinity)]
      case ("greaterOrEqual", false): intervals = [(try number(value).nextDown, .infinity)]
      default: throw refused("has the operator \(way), which makes no bin")
      }
    case ("SimpleSetPredicate", let way):
      let values = try PmmlArray.values(element.first("Array"), refused)
      switch (way, ofWords) {
      case ("isIn", true): words = values
      case ("isNotIn", true): except = values
      case ("isIn", false): numbers = try values.map(number)
      default: throw refused("has the operator \(way), which makes no bin")
      }
    case ("CompoundPredicate", let way):
      let parts = try element.children.filter { $0.name != "Extension" }.map {
        try PmmlPredicate($0, field: field, ofWords: ofWords, file: file)
      }
      guard !parts.isEmpty else { throw refused("asks nothing") }
      switch way {
      case "or": try join(parts, refused)
      case "and": try meet(parts, refused)
      default: throw refused("has the operator \(way), which makes no bin")
      }
    default: throw refused("has the predicate \(element.name), which makes no bin")
    }
  }

  private mutating func join(_ parts: [PmmlPredicate], _ refused: (String) -> Faults) throws {
    for part in parts {
      guard part.except == nil, !part.takesRest else { throw refused("joins all values with some") }
      takesMissing = takesMissing || part.takesMissing
      intervals += part.intervals
      numbers += part.numbers
      words += part.words
    }
  }

  private mutating func meet(_ parts: [PmmlPredicate], _ refused: (String) -> Faults) throws {
    // "Not missing" adds nothing to a question that a missing value does not pass.
    let own = parts.filter { !($0.takesRest && !$0.takesMissing) }
    guard !own.isEmpty else {
      takesRest = true
      return
    }
    if own.allSatisfy({ $0.except != nil }) {
      except = own.flatMap { $0.except ?? [] }
    } else if own.allSatisfy({ $0.intervals.count == 1 && !$0.takesMissing }) {
      intervals = [
        (own.map { $0.intervals[0].above }.max() ?? -.infinity, own.map { $0.intervals[0].upTo }.min() ?? .infinity)
      ]
    } else if own.count == 1 {
      self = own[0]
    } else {
      throw refused("asks questions together that make no bin")
    }
  }
}

/// An Array of PMML: values parted by spaces, those with spaces in double quotes, which are written \" inside.
enum PmmlArray {
  static func values(_ element: XmlElement?, _ refused: (String) -> Faults) throws -> [String] {
    guard let element else { throw refused("has no Array") }
    var (values, value, isQuoted, isOpen) = ([String](), "", false, false)
    var before: Character?
    for character in element.text {
      if character == "\"", before != "\\" {
        if isOpen, isQuoted { values.append(value) }
        (value, isOpen, isQuoted) = ("", !(isOpen && isQuoted), !(isOpen && isQuoted))
      } else if character.isWhitespace, !isQuoted {
        if isOpen { values.append(value) }
        (value, isOpen) = ("", false)
      } else {
        if character == "\"" { value.removeLast() }
        value.append(character)
        isOpen = true
      }
      before = character
    }
    guard !isQuoted else { throw refused("has an Array with a quote that does not end") }
    if isOpen { values.append(value) }
    if let stated = element.attributes["n"], Int(stated) != values.count {
      throw refused("has an Array of \(values.count) values, not \(stated)")
    }
    return values
  }
}
