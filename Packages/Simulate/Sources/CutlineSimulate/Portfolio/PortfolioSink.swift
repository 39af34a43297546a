internal import CutlineCore

/// Writes drawn applications into the columns of the two tables.
///
/// Threads may share one: they write disjoint rows, and the columns outlive the threads.
struct PortfolioSink {
  static let statuses = ["booked", "rejected", "canceled"]
  static let reasons = ["09-score", "08-other"]
  static let decisionCodes = ["ok", "rv", "ko"]

  /// In the order of `PortfolioColumns.applications` and `.truth`; codes are status, reason, segment, decision.
  let numbers, truth: [UnsafeMutableBufferPointer<Double>]
  let codes: [UnsafeMutableBufferPointer<Int32>]
  private let notTakenUp: NotTakenUp

  init(
    numbers: [UnsafeMutableBufferPointer<Double>], truth: [UnsafeMutableBufferPointer<Double>],
    codes: [UnsafeMutableBufferPointer<Int32>], model: PortfolioModel
  ) {
    self.numbers = numbers
    self.truth = truth
    self.codes = codes
    notTakenUp = model.notTakenUp
  }

  /// Writes what the lender sees of `drawn`.
  func write(_ drawn: DrawnApplication, row: Int, month: PortfolioMonth) {
    let missing = Missing.plain.value
    let booked = drawn.isBooked
    let has3 = booked && month.isMature3
    let has6 = booked && month.isMature6
    numbers[0][row] = month.date
    numbers[1][row] = drawn.bureauScore
    numbers[2][row] = drawn.score
    numbers[3][row] = drawn.requestedAsRecorded
    numbers[4][row] = booked ? 1 : 0
    numbers[5][row] = booked ? drawn.offered : 0
    numbers[6][row] = has6 ? (drawn.isBad ? 1 : 0) : missing
    numbers[7][row] = has3 ? drawn.todu3 : missing
    numbers[8][row] = has3 ? drawn.pile3 : missing
    numbers[9][row] = has6 ? drawn.todu6 : missing
    numbers[10][row] = has6 ? drawn.pile6 : missing

    let walkedAway = drawn.isApproved && !drawn.isTakenUp
    if booked {
      codes[0][row] = 0
      codes[1][row] = -1
    } else if walkedAway && notTakenUp == .canceled {
      codes[0][row] = 2
      codes[1][row] = -1
    } else {
      codes[0][row] = 1
      codes[1][row] = drawn.passesPolicy || walkedAway ? 1 : 0
    }
    codes[2][row] = drawn.isSegmentMissing ? -1 : Int32(drawn.segment)
    codes[3][row] = drawn.isOverridden ? 1 : drawn.passesPolicy ? 0 : 2
  }

  /// Writes the truth behind `drawn`.
  func writeTruth(_ drawn: DrawnApplication, row: Int) {
    truth[0][row] = drawn.probabilityOfBad
    truth[1][row] = drawn.logOdds
    truth[2][row] = drawn.isBad ? 1 : 0
    truth[3][row] = drawn.todu6
    truth[4][row] = drawn.pile6
    truth[5][row] = drawn.offered
    truth[6][row] = drawn.passesPolicy ? 1 : 0
    truth[7][row] = drawn.isOverridden ? (drawn.passesPolicy ? -1 : 1) : 0
    truth[8][row] = drawn.isTakenUp ? 1 : 0
  }
}
