public import CutlineCore

/// Which row of the source each row of a sample is, and why the others are not in it: what an audit of the file needs.
///
/// Four bytes and a bit a row of the source.
public struct SampleOrigin: Sendable {
  /// The rows of the source that the sample holds, in its order.
  public let rows: RowSet
  /// Per row of the source: the period of its date, whether or not it is used.
  public let period: [Period]
  public let status: [SampleStatus]
  /// Per row of the source: 0 where a strategy decides about it, k where `reasons[k − 1]` says why not.
  public let reason: [UInt16]
  public let reasons: [String]

  public init(rows: RowSet, period: [Period], status: [SampleStatus], reason: [UInt16], reasons: [String]) {
    (self.rows, self.period, self.status) = (rows, period, status)
    (self.reason, self.reasons) = (reason, reasons)
  }

  /// Why no strategy decides about the row; nil where one does.
  public func reason(of row: Int) -> String? { reason[row] == 0 ? nil : reasons[Int(reason[row]) - 1] }

  /// The reasons of applications that another than the score has decided about.
  public static let otherRejection = "rejected for another reason than the score"
  public static let cancellation = "status is neither booked nor rejected"

  /// Whether its columns belong to a source of `sourceRows` and a sample of `sampleRows`.
  public func fits(sourceRows: Int, sampleRows: Int) -> Bool {
    rows.rowCount == sourceRows && rows.count == sampleRows
      && [period.count, status.count, reason.count].allSatisfy { $0 == sourceRows }
      && reason.allSatisfy { Int($0) <= reasons.count }
  }
}
