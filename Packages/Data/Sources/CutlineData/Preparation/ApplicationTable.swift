internal import CutlineCore
internal import CutlineCredit

/// The columns with a fixed meaning that a file may leave out, made from those that it has.
///
/// - `acct_booked_h0`: 1 on booked rows, 0 on others.
/// - `oa_amt_h0`: the requested amount on booked rows; a warning says so.
/// - `todu_30ever_h6` and `todu_amt_pile_h6` from a flag of bad outcomes: the amount where it is 1, and multiplier · amount,
///   so that the risk is the share of the booked amount that went bad.
struct ApplicationTable {
  /// What was made, for people.
  private(set) var notes: [String] = []
  private(set) var table: Table

  /// - Parameter multiplier: that of the risk.
  /// - Throws: `Faults` (data) for a flag that is not there, or holds something else than the words of flags.
  init(_ table: Table, badFlag: String?, words: ApplicationWords, multiplier: Double) throws {
    self.table = table
    guard badFlag != nil || table["acct_booked_h0"] == nil || table["oa_amt_h0"] == nil else { return }
    // What is wrong with the status is said by those who look at it.
    guard let status = try? table.standardText(ApplicationColumns.status, merging: true) else { return }
    let known = status.values.map(words.status)
    let booked = (0..<table.rowCount).map { row in status.code(row).flatMap { known[$0] } == .booked }
    if table["acct_booked_h0"] == nil {
      try add("acct_booked_h0", booked.map { $0 ? 1 : 0 })
      notes.append("acct_booked_h0 is not in the file: every booked row counts as one account")
    }
    // An amount that is not there or no number is said by those who add it up, unless more is made of it.
    if table["oa_amt_h0"] == nil,
      let asked = badFlag == nil ? try? table.numbers("oa_amt") : try table.numbers("oa_amt")
    {
      try add("oa_amt_h0", booked.indices.map { booked[$0] ? asked[$0] : 0 })
      notes.append("oa_amt_h0 is not in the file: what a booked application asked for counts as what it got")
    }
    guard let badFlag else { return }
    let name = StandardText.standardise(badFlag)
    for column in ["todu_30ever_h6", "todu_amt_pile_h6"] where table[column] != nil {
      throw Faults.data(
        "column \(column)", "is in the file, and bad_flag = \"\(badFlag)\" would make it", "Leave out one of the two.")
    }
    let flags = try Self.flags(try table.standardText(name, merging: true), name, words, rows: table.rowCount)
    let amount = try self.table.numbers("oa_amt_h0")
    let isKnown = booked.indices.map { booked[$0] && flags[$0] != nil }
    let missing = Missing.plain.value
    try add("todu_30ever_h6", booked.indices.map { isKnown[$0] ? (flags[$0] == true ? amount[$0] : 0) : missing })
    try add("todu_amt_pile_h6", booked.indices.map { isKnown[$0] ? multiplier * amount[$0] : missing })
    notes.append("risk is the share of the booked amount for which \(name) is set")
  }

  private mutating func add(_ name: String, _ values: [Double]) throws {
    table = try Table(
      columns: table.columns + [Column(name: name, values: .number(values))], rowCount: table.rowCount)
  }

  private static func flags(
    _ text: StandardText, _ name: String, _ words: ApplicationWords, rows: Int
  ) throws -> [Bool?] {
    let known = text.values.map { words.flag($0) ?? Double($0).flatMap { $0 == 1 ? true : $0 == 0 ? false : nil } }
    if let odd = known.firstIndex(where: { $0 == nil }) {
      throw Faults.data(
        "column \(name)",
        "is the flag of bad outcomes, and holds a word of which nobody has said whether it is then set",
        found: text.found([text.values[odd]]),
        "Write [preprocessing.values] flag = […], no_flag = […], with all of them.")
    }
    return (0..<rows).map { row in text.code(row).flatMap { known[$0] } }
  }
}
