public import CutlineCore

extension Source: ExchangedKind {}

extension Quality: ExchangedKind {
  public static func artifacts(of input: Input) -> [String: ExchangedInput] { ["source": .one(input.source)] }

  /// A failed check ends the run, as it does in a native stage.
  public static func check(_ output: QualityReport, against input: Input) throws {
    let rows = input.source.table.rowCount
    if let row = output.duplicateRows.first(where: { $0 < 0 || $0 >= rows }) {
      throw Faults.data("duplicateRows", "names row \(row) of \(rows)", "Count rows from 0.")
    }
    let failed = output.checks.filter { $0.status == .failed }
    guard failed.isEmpty else {
      throw Faults.data(
        "data quality", failed.map { "\($0.name): \($0.detail)" }.joined(separator: "; "), "Correct the data.")
    }
  }
}

extension Prepare: ExchangedKind {
  public static func artifacts(of input: Input) -> [String: ExchangedInput] {
    ["source": .one(input.source), "quality": .one(input.quality)]
  }

  /// Beyond what every sample must keep, there must be something to learn from, and skipped checks stay named.
  public static func check(_ output: Sample, against input: Input) throws {
    guard output.summary.bookedRows > 0 else {
      throw Faults.data("sample.csv", "holds no booked application", "Check the filters.")
    }
    guard output.summary.qualitySkipped == input.quality.skipped else {
      throw Faults.data("sample.json", "summary.qualitySkipped is not that of the quality report", "Hand it on.")
    }
  }
}
