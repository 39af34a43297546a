public import CutlineCore

/// A simulated file of applications and the truth behind it.
public struct SimulatedPortfolio: Sendable {
  /// What a lender has: one row an application, sorted by month, exact duplicates included.
  ///
  /// Columns: `authorization_id`, `se_decision_id`, `mis_date` (first of the month), `status_name`, `reject_reason`,
  /// `segment_cut_off`, `risk_score_rf` and `score_rf` (points), `oa_amt` (requested, currency units),
  /// `acct_booked_h0` (0/1), `oa_amt_h0` (booked, currency units), `early_bad` (0/1), `todu_30ever_h3`,
  /// `todu_amt_pile_h3`, `todu_30ever_h6`, `todu_amt_pile_h6` (currency units).
  public let applications: Table
  /// What only the simulation knows: one row an `authorization_id`, in order of first appearance.
  ///
  /// Columns: `authorization_id`, `true_pd` (probability of 30 days past due within 6 months), `true_log_odds` (its
  /// log-odds), `early_bad`, `todu_30ever_h6`, `todu_amt_pile_h6`, `oa_amt_h0` (what happened or would have, had the
  /// loan been booked), `policy_pass` (1 = meets the cutoff of the true score policy), `policy_override` (1 = approved
  /// below the cutoff, −1 = rejected above it, 0 = as the policy says), `taken_up` (1 = takes the loan when approved).
  public let truth: Table
}

/// The numeric columns of the two tables in the order in which they are filled.
enum PortfolioColumns {
  static let applications: [(name: String, label: String)] = [
    ("mis_date", "Month of the application"),
    ("risk_score_rf", "Bureau score, points, higher is safer; 9999 no hit, 0 file error"),
    ("score_rf", "Internal score, points, higher is safer"),
    ("oa_amt", "Amount requested"),
    ("acct_booked_h0", "1 when booked"),
    ("oa_amt_h0", "Amount booked, 0 when not booked"),
    ("early_bad", "30+ days past due within 6 months"),
    ("todu_30ever_h3", "Balance when first 30+ days past due within 3 months"),
    ("todu_amt_pile_h3", "Sum of month-end balances 0 to 3"),
    ("todu_30ever_h6", "Balance when first 30+ days past due within 6 months"),
    ("todu_amt_pile_h6", "Sum of month-end balances 0 to 6"),
  ]
  static let truth: [(name: String, label: String)] = [
    ("true_pd", "Probability of 30+ days past due within 6 months"),
    ("true_log_odds", "Log-odds of bad"),
    ("early_bad", "Outcome, had the loan been booked"),
    ("todu_30ever_h6", "Balance when first 30+ days past due, had the loan been booked"),
    ("todu_amt_pile_h6", "Sum of month-end balances 0 to 6, had the loan been booked"),
    ("oa_amt_h0", "Amount booked, had the loan been booked"),
    ("policy_pass", "1 when the true score policy accepts"),
    ("policy_override", "1 approved below the cutoff, -1 rejected above it"),
    ("taken_up", "1 when the applicant takes the loan if approved"),
  ]

  /// Allocates `count` equally long columns at once and has `fill` write every value of them, without a first pass of
  /// zeros and without a copy.
  static func make<Value>(
    _ count: Int, rows: Int, fill: ([UnsafeMutableBufferPointer<Value>]) -> Void
  ) -> [[Value]] {
    var columns: [[Value]] = []
    func allocate(_ buffers: [UnsafeMutableBufferPointer<Value>]) {
      guard buffers.count < count else { return fill(buffers) }
      columns.append(
        [Value](unsafeUninitializedCapacity: rows) { buffer, initialized in
          allocate(buffers + [UnsafeMutableBufferPointer(rebasing: buffer[..<rows])])
          initialized = rows
        })
    }
    allocate([])
    // The innermost column is finished first.
    return columns.reversed()
  }
}
