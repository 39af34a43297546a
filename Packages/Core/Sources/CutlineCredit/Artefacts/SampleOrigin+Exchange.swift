internal import CutlineCore

/// `origin.csv`, one row per row of the source; a sample may come without it.
extension SampleOrigin {
  static let file = "origin.csv"
  private static let columns = ["in_sample", "period", "status", "reason"]

  func write(to folder: String) throws {
    let writer = try ExchangeWriter("\(folder)/\(Self.file)")
    try writer.append(Self.columns.joined(separator: ",") + "\n")
    let fields = reasons.map(CsvText.field)
    for row in reason.indices {
      let why = reason[row] == 0 ? "" : fields[Int(reason[row]) - 1]
      try writer.append("\(rows.contains(row) ? 1 : 0),\(period[row].name),\(status[row].name),\(why)\n")
    }
    try writer.finish()
  }

  /// - Throws: `Faults` (data) for words that are no period or status, and more than 65,535 reasons.
  init(readingFrom folder: ExchangeFolder) throws {
    var csv = try folder.csv(Self.file, columns: Self.columns)
    var (isIn, period, status, reason) = ([Bool](), [Period](), [SampleStatus](), [UInt16]())
    var (codes, reasons) = ([String: UInt16](), [String]())
    while let row = try csv.next() {
      isIn.append(try row.whole(0, in: 0...1) == 1)
      guard let own = Period(name: row.fields[1]), let word = SampleStatus(name: row.fields[2]) else {
        throw row.refusal(1, "or status is no word that it may be", "Write them as in sample.csv.")
      }
      period.append(own)
      status.append(word)
      let text = row.fields[3]
      if !text.isEmpty, codes[text] == nil {
        guard reasons.count < Int(UInt16.max) else {
          throw row.refusal(3, "is one of more than 65535 reasons", "Give rows that leave for one reason one text.")
        }
        reasons.append(text)
        codes[text] = UInt16(reasons.count)
      }
      reason.append(text.isEmpty ? 0 : codes[text] ?? 0)
    }
    self.init(rows: RowSet(isIn), period: period, status: status, reason: reason, reasons: reasons)
  }
}
