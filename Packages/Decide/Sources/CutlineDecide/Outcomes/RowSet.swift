@_spi(Run) internal import CutlineCore

/// Rows of applications, which the log names by the set that they belong to: the set's row holds the digest of all of them.
struct RowSet: Sendable {
  /// The table of sets, and the one of their rows.
  let sets: EvidenceTable
  let rows: String
  /// The column that says to which set a row belongs, and the one that orders the rows of a set.
  let column, order: String

  static let batches = RowSet(sets: .batches, rows: "batch_rows", column: "batch_id", order: "application_id")
  static let outcomes = RowSet(sets: .outcomeReports, rows: "outcomes", column: "report_id", order: "outcome_id")
  static let labels = RowSet(sets: .labelSets, rows: "labels", column: "label_set", order: "application_id")
  static let all = [batches, outcomes, labels]

  /// SHA-256 of all rows of a set, each as canonical JSON behind its length, in their order.
  ///
  /// - Complexity: O(rows) time, O(1) memory.
  func digest(of set: StoredValue, _ database: Database) throws -> String {
    var digest: RowDigest?
    try database.each("SELECT * FROM \(rows) WHERE \(column) = ? ORDER BY \(order)", [set]) { row in
      if digest == nil { digest = RowDigest(row.columns) }
      digest?.add(row.values)
    }
    return (digest ?? RowDigest([])).finish()
  }

  /// What is not as the sets say: the first set whose rows are others, and rows of no set.
  func faults(_ database: Database) throws -> (details: [String], rows: Int) {
    var (details, count): ([String], Int) = ([], 0)
    for row in try database.query("SELECT * FROM \(sets.name) ORDER BY \(sets.key[0])") {
      let set = row[sets.key[0]]
      count += row.integer("rows")
      let own = try database.first("SELECT count(*) AS n FROM \(rows) WHERE \(column) = ?", [set])?.integer("n") ?? 0
      let isSame = try digest(of: set, database) == row.text("rows_sha256")
      if own != row.integer("rows") || !isSame {
        details.append("rows of \(sets.key(of: row)) in \(rows) are not those that were written")
      }
    }
    let strays = try database.first(
      "SELECT count(*) AS n FROM \(rows) WHERE \(column) NOT IN (SELECT \(sets.key[0]) FROM \(sets.name))")
    if let strays = strays?.integer("n"), strays > 0 { details.append("\(strays) rows of \(rows) belong to no set") }
    return (details, count)
  }
}

/// The digest of the rows of a set, one after the other: of those that were read, and of those that are being written.
final class RowDigest {
  private var digest: Digest? = Digest()
  private let form: CanonicalRow

  init(_ columns: [String]) { form = CanonicalRow(columns) }

  /// - Parameter values: per column.
  func add(_ values: [StoredValue]) {
    let bytes = form.bytes(values)
    withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { digest?.update($0) }
    bytes.withUnsafeBytes { digest?.update($0) }
  }

  /// 64 hexadecimal digits; nothing can be added any more.
  func finish() -> String { digest.take()?.finish() ?? "" }
}
