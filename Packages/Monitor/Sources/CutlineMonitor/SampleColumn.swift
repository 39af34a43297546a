internal import CutlineCore
internal import CutlineCredit

/// A column of the file beside the sample that was made of it.
enum SampleColumn {
  /// - Parameter key: of the configuration, which names the column.
  /// - Throws: `Faults` (usage) for a column that the file does not have, and where the file is not connected; (data) where the
  ///   sample does not say which of its rows it holds.
  static func named(_ name: String, of source: SourceTable?, beside sample: Sample, key: String) throws -> Column {
    guard let table = source?.table else {
      throw Faults.usage(
        key, "names \(name), and the file is not connected", "Connect it with from = { source = \"source\" }.")
    }
    guard let origin = sample.origin, origin.fits(sourceRows: table.rowCount, sampleRows: sample.rowCount) else {
      throw Faults.data(
        key, "the sample does not say which rows of the file it holds",
        "Leave them out, or use a preparation that does.")
    }
    let names = table.columns.map(\.name)
    guard let known = names.first(where: { $0 == name }) ?? names.first(where: { $0.lowercased() == name.lowercased() })
    else {
      throw Faults.usage(
        key, "the file has no column \(name)\(DidYouMean.phrase(for: name, among: names))", "Name columns of the file.")
    }
    return try table.column(known)
  }
}
