internal import Foundation

extension PortfolioModel {
  /// Edges of the internal score for the example: 10 bins that suit the simulated scores, points.
  public static let exampleScoreEdges: [Double] = [
    -.infinity, 455, 470, 480, 490, 500, 510, 520, 530, 545, .infinity,
  ]
  /// Edges of the bureau score for the example: 20 bins, points.
  public static let exampleBureauEdges: [Double] = [
    -.infinity, 540, 560, 580, 600, 610, 620, 630, 640, 650, 660, 670, 680, 690, 700, 710, 720, 730, 750, 770,
    .infinity,
  ]
  /// Months of the example's main period: the last 12 whose 6-month outcome is known.
  public static let exampleMonths = 13...24

  /// The text of a `config.toml` for a file that the default model wrote.
  ///
  /// 10 × 20 bins with round edges and a main period of 12 mature months. The booked risk of the period is 5.3 percent;
  /// accepting everyone would make it 10.7, so limits of 4.5, 5.0 and 5.5 give three different strategies.
  ///
  /// - Parameter dataPath: the file of applications, as the configuration shall name it.
  public static func exampleConfiguration(dataPath: String) -> String {
    let columns = [
      "authorization_id", "mis_date", "status_name", "risk_score_rf", "se_decision_id", "reject_reason", "score_rf",
      "segment_cut_off", "early_bad",
    ]
    let indicators = ["acct_booked_h0", "oa_amt", "todu_30ever_h6", "todu_amt_pile_h6", "oa_amt_h0"]
    func list(_ names: [String]) -> String { names.map(quoted).joined(separator: ", ") }
    func edges(_ values: [Double]) -> String {
      values.map { $0.isInfinite ? ($0 < 0 ? "-inf" : "inf") : "\($0)" }.joined(separator: ", ")
    }
    return """
      # A simulated portfolio with the model's defaults: docs/methods/simulate.md.
      [preprocessing]
      data_path = \(quoted(dataPath))
      keep_vars = [\(list(columns))]
      indicators = [\(list(indicators))]
      date_ini_book_obs = "2022-01-01"
      date_fin_book_obs = "2022-12-01"
      variables = ["score_bin", "bureau_bin"]
      optimum_risk = 5.0               # percent; the booked risk of the period is about 5.3
      risk_step = 0.5
      reject_inference_method = "none"
      duplicates = "drop-exact"
      eligible = "all"

      [preprocessing.bins.score_bin]
      source = "score_rf"
      direction = "higher-is-safer"
      missing = "drop"
      edges = [\(edges(exampleScoreEdges))]

      [preprocessing.bins.bureau_bin]
      source = "risk_score_rf"
      direction = "higher-is-safer"
      missing = "drop"
      special = { 9999 = "drop", 0 = "drop" }
      edges = [\(edges(exampleBureauEdges))]

      """
  }

  // A TOML basic string.
  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\", "\"": quoted += "\\" + String(scalar)
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
