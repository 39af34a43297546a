/// The columns of an application file that have a fixed meaning.
enum ApplicationColumns {
  static let all = [id, month, status, rejectReason, segment, decision, earlyBad]
  static let id = "authorization_id"
  static let month = "mis_date"
  static let status = "status_name"
  static let rejectReason = "reject_reason"
  static let segment = "segment_cut_off"
  static let decision = "se_decision_id"
  /// The reason of a rejection by score.
  static let scoreReason = "09-score"
  static let earlyBad = "early_bad"
  /// Columns that begin like this hold `y` where a rule rejected the application.
  static let rejectFlagPrefix = "m_ct_direct"
}
