internal import CutlineCore

/// Names of columns as files have them, made fit for a table, and the choice among them.
enum ColumnNames {
  /// The most columns of a table, as of a SAS data set: each takes some kilobytes while a file is read.
  static let limit = 32_767
  /// The most renamed columns that are told one by one.
  private static let listed = 10

  /// Each name once: an empty one becomes `column_3`, a repeated one gets a number, and both are noted, all empty ones in
  /// one sentence.
  /// - Complexity: O(names), also where all are alike.
  static func unique(_ names: [String], notes: inout ReadNotes) -> [String] {
    var taken = Set(names)
    var seen: Set<String> = []
    var nameless: [(place: Int, called: String)] = []
    var repeated: [(place: Int, name: String, called: String)] = []
    /// The number that a repeated name gets next: all below it are taken.
    var numbers: [String: Int] = [:]
    let unique = names.enumerated().map { index, name in
      if !name.isEmpty, seen.insert(name).inserted { return name }
      let base = name.isEmpty ? "column_\(index + 1)" : name
      var number = numbers[base] ?? 2
      var candidate = name.isEmpty ? base : "\(base)_\(number)"
      if !name.isEmpty { number += 1 } else { number = 3 }
      while !taken.insert(candidate).inserted {
        candidate = "\(base)_\(number)"
        number += 1
      }
      if !name.isEmpty { numbers[base] = number }
      seen.insert(candidate)
      if name.isEmpty {
        nameless.append((index + 1, candidate))
      } else {
        repeated.append((index + 1, name, candidate))
      }
      return candidate
    }
    for (place, name, called) in repeated.prefix(listed) {
      notes.append("column \(place) is called \(word: name) like another one; here it is \(word: called)")
    }
    if repeated.count > listed {
      notes.append("\(repeated.count - listed) more columns are called like others and have numbers behind their names")
    }
    if let first = nameless.first {
      let called = nameless.prefix(10).map(\.called).joined(separator: ", ")
      let more = nameless.count > 10 ? " and so on" : ""
      notes.append(
        nameless.count == 1
          ? "column \(first.place) has no name and is called \(word: first.called)"
          : "\(nameless.count) of \(names.count) columns have no name and are called \(word: called + more)")
    }
    return unique
  }

  /// The names for an error. A first line of values is no line of names, and values are not told.
  static func found(_ names: [String]) -> String {
    let values = names.count { name in name.contains { $0.isNumber } && !name.contains { $0.isLetter } }
    guard 3 * values > names.count else { return "Columns found: \(names.joined(separator: ", "))." }
    return
      "\(values) of \(names.count) names are numbers or dates, as if the first line were an application: where the file "
      + "has no line of names, state header = false; they are then column_1, column_2 and so on."
  }

  /// A name without spaces and characters of no width at its ends.
  static func trimmed(_ name: String) -> String {
    func isNothing(_ scalar: Unicode.Scalar) -> Bool {
      scalar.properties.isWhitespace || Marks.hasNoWidth(scalar)
    }
    let scalars = name.unicodeScalars.drop(while: isNothing)
    return String(String.UnicodeScalarView(scalars.reversed().drop(while: isNothing).reversed()))
  }

  /// Which of `names` are wanted.
  /// - Throws: `Faults` (data) for a wanted name that is not there.
  static func choice(from names: [String], options: ReadOptions, path: String) throws -> [Bool] {
    guard names.count <= limit else {
      throw Faults.data(
        path, "has \(names.count) columns", "A table has at most \(limit) columns; leave out those that nobody needs.")
    }
    guard let wanted = options.columns else { return names.map { _ in true } }
    let keys = names.map(options.columnKey)
    let present = Set(keys)
    for name in wanted where !present.contains(options.columnKey(name)) {
      let hint = DidYouMean.phrase(for: options.columnKey(name), among: keys)
      throw Faults.data(
        "\(path): column \(name)", "is not in the data\(hint)", ColumnNames.found(names))
    }
    let kept = Set(wanted.map(options.columnKey))
    return keys.map(kept.contains)
  }
}
