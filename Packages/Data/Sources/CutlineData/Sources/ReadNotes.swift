internal import CutlineCore

/// What a reader says of a file: what is true of several columns is said once, with their names.
struct ReadNotes: Sendable {
  private struct Note: Sendable {
    /// Without the columns that it is true of.
    let sentence: Remark
    /// With what is to be said of each, empty where the sentence is of the file.
    var columns: [Remark]
  }

  /// The most columns that a sentence names.
  private static let listed = 10
  private var notes: [Note] = []

  /// What of the file is not in the table: these warn.
  private(set) var losses: [Remark] = []

  mutating func lose(_ sentence: Remark) { losses.append(sentence) }

  mutating func append(_ sentence: Remark) { notes.append(Note(sentence: sentence, columns: [])) }

  /// - Parameter detail: what is so in this column alone, such as the row.
  mutating func append(_ sentence: Remark, column: String, _ detail: Remark? = nil) {
    let named: Remark = "\(word: column)"
    add(Note(sentence: sentence, columns: [detail.map { named + " (" + $0 + ")" } ?? named]))
  }

  static func += (a: inout Self, b: Self) {
    for note in b.notes { a.add(note) }
    a.losses += b.losses
  }

  private mutating func add(_ note: Note) {
    let same = notes.firstIndex { !note.columns.isEmpty && !$0.columns.isEmpty && $0.sentence == note.sentence }
    if let same { notes[same].columns += note.columns } else { notes.append(note) }
  }

  /// In the order in which each was first said.
  var sentences: [Remark] {
    notes.map { note in
      guard let first = note.columns.first else { return note.sentence }
      let listed = note.columns.dropFirst().prefix(Self.listed - 1).reduce(first) { $0 + ", " + $1 }
      let more = note.columns.count - Self.listed
      let rest: Remark = more > 0 ? " and \(more) more" : ""
      return (note.columns.count == 1 ? "column " : "columns ") + listed + rest + ": " + note.sentence
    }
  }
}
