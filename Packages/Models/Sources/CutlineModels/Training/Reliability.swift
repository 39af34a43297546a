/// What a model promised of cells that it had not seen, beside what came of them: the reliability table.
///
/// The pairs of all validation folds are put in order of the prediction and cut into groups of equal exposure, a pair that
/// lies across a border counting on both sides in part; equal predictions stand in the order of folds and cells. Per group, weighted by exposure: the mean
/// prediction, the observed risk, and their ratio, which is 1 where the level is right. O(n log n).
///
/// Source: A. H. Murphy, R. L. Winkler, *Reliability of subjective probability forecasts*, Applied Statistics 26 (1977).
struct Reliability {
  private var pairs: [(predicted: Double, observed: Double, weight: Double)] = []

  mutating func add(observed: [Double], predicted: [Double], weights: [Double]) {
    for cell in observed.indices where weights[cell] > 0 {
      pairs.append((predicted[cell], observed[cell], weights[cell]))
    }
  }

  /// `predicted`, `observed` (fractions) and `share` of the exposure of each of at most `groups` groups, from the safest.
  func table(groups: Int = 10) -> [[String: Double]] {
    let total = pairs.reduce(0) { $0 + $1.weight }
    guard total > 0 else { return [] }
    let sorted = pairs.sorted { $0.predicted < $1.predicted }
    var sums = [(predicted: Double, observed: Double, weight: Double)](repeating: (0, 0, 0), count: groups)
    var (group, before) = (0, 0.0)
    for pair in sorted {
      var rest = pair.weight
      while true {
        let room = group == groups - 1 ? rest : max(0, total * Double(group + 1) / Double(groups) - before)
        let part = min(rest, room)
        sums[group].predicted += part * pair.predicted
        sums[group].observed += part * pair.observed
        sums[group].weight += part
        before += part
        rest -= part
        // What is left lies across the border, perhaps across several.
        guard rest > 0 else { break }
        group += 1
      }
    }
    return sums.filter { $0.weight > 0 }.map { sum in
      ["predicted": sum.predicted / sum.weight, "observed": sum.observed / sum.weight, "share": sum.weight / total]
    }
  }
}
