internal import CutlineCore

/// Text without spaces that nobody can tell from others: no-break and typographic ones as plain spaces, those of no width
/// not at all, and none at the ends where one of them stood.
///
/// Two values that look the same would otherwise be two, and nobody could see why.
enum InvisibleSpaces {
  /// - Returns: the column with such spaces read as said, and the number of values that had one; nil where none has.
  static func plain(_ text: TextColumn) -> (column: TextColumn, values: Int)? {
    // Nearly all columns are ASCII, or letters of other kinds.
    guard text.bytes.contains(where: { $0 >= 0x80 }) else { return nil }
    let values = text.distinctValues.map { value in (value, plain(value)) }
    let changed = values.map { $0.0 != $0.1 }
    guard changed.contains(true) else { return nil }
    var pool = TextPool()
    let codes = values.map { pair in
      var plain = pair.1
      return plain.isEmpty ? -1 : plain.withUTF8 { pool.code(of: UnsafeRawBufferPointer($0)) }
    }
    let count = text.codes.count { $0 >= 0 && changed[Int($0)] }
    return (pool.column(codes: text.codes.map { $0 < 0 ? -1 : codes[Int($0)] }), count)
  }

  private static func plain(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { $0.value >= 0x80 && (Marks.hasNoWidth($0) || isSpace($0)) }) else {
      return text
    }
    var plain = String.UnicodeScalarView()
    for scalar in text.unicodeScalars where !Marks.hasNoWidth(scalar) { plain.append(isSpace(scalar) ? " " : scalar) }
    return ColumnNames.trimmed(String(plain))
  }

  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= 0x80 && scalar.properties.generalCategory == .spaceSeparator
  }
}
