internal import CutlineCore

/// A metric of the months in words, and its values as people read them: shares in percent, five digits of what has a size.
struct MetricWords {
  let name: String
  private let scale: Double
  private let unit: String

  init(_ metric: String) {
    let isShare = ["approval_rate", "transformation_rate", "bad_rate"].contains(metric)
    scale = isShare ? 100 : 1
    unit = isShare || metric == "risk_rate" ? " %" : ""
    let own = [
      "applications", "approval_rate", "total_production", "mean_production", "transformation_rate", "bad_rate",
      "risk_rate",
    ]
    // What follows the first word of any other is the name of a score, which stays as it is.
    let mean = "mean_"
    name =
      own.contains(metric)
      ? metric.replacing("_", with: " ")
      : metric.hasPrefix(mean) ? "mean " + metric.dropFirst(mean.count) : metric
  }

  /// Empty where there is none.
  func text(_ value: Double?) -> String {
    guard let value else { return "" }
    let shown = value * scale
    guard unit.isEmpty else { return NumberText.fixed(shown, 2) + unit }
    guard shown.magnitude < 1e15, shown != 0 else { return NumberText.shortest(shown) }
    var (decimals, bound) = (0, 10_000.0)
    while decimals < 6, shown.magnitude < bound {
      decimals += 1
      bound /= 10
    }
    return NumberText.shortest(Double(NumberText.fixed(shown, decimals)) ?? shown)
  }
}
