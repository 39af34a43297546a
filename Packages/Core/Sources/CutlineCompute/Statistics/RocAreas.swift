/// Areas under the ROC curves of scores of the same applications, with their covariance.
///
/// For the m bad applications with scores x and the n good ones with scores y, θ = P(x > y) + ½ P(x = y), by midranks. The
/// structural components are
///
///     V10_i = (R(x_i) − R_bad(x_i)) / n,   V01_j = 1 − (R(y_j) − R_good(y_j)) / m
///
/// with R the midranks among all and R_bad, R_good those within the class; cov = S10 / m + S01 / n, with S the sample
/// covariances of the components of two scores. Where applications come in clusters, such as several of one person, sums of
/// deviations are taken by cluster instead:
///
///     cov = [I10/(I10 − 1) Σ a_c b_c] / m² + [I01/(I01 − 1) Σ a′_c b′_c] / n² + [I/(I − 1) Σ (a_c b′_c + a′_c b_c)] / (mn)
///
/// with a_c = Σ (V10 − θ) over the bad ones of cluster c, a′_c over its good ones, and I the clusters that hold any.
///
/// Source: E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson, Biometrics 44 (1988); X. Sun, W. Xu, IEEE Signal Process. Lett.
/// 21 (2014); N. A. Obuchowski, Biometrics 53 (1997).
public struct RocAreas: Sendable {
  /// Per score: the area.
  public let areas: [Double]
  /// Per pair of scores; nil with fewer than two applications (or clusters) of a class.
  public let covariance: [[Double]]?
  public let bads, goods: Int

  /// - Parameters:
  ///   - scores: per score, per application; higher is riskier, no NaN.
  ///   - isBad: per application.
  ///   - clusters: per application the number of its cluster; nil = each stands for itself.
  /// - Returns: nil without a bad or a good application, or where lengths differ.
  /// - Complexity: O(scores × n log n).
  public init?(_ scores: [[Double]], isBad: [Bool], clusters: [Int]? = nil) {
    let places = isBad.indices
    let (bad, good) = (places.filter { isBad[$0] }, places.filter { !isBad[$0] })
    guard !bad.isEmpty, !good.isEmpty, scores.allSatisfy({ $0.count == isBad.count }),
      clusters.map({ $0.count == isBad.count }) ?? true
    else { return nil }
    let (m, n) = (Double(bad.count), Double(good.count))
    var areas: [Double] = []
    // Per score: V10 − θ of the bad, V01 − θ of the good.
    var deviations: [(bad: [Double], good: [Double])] = []
    for score in scores {
      let ranks = Midranks.of(score)
      let (ofBad, ofGood) = (Midranks.of(bad.map { score[$0] }), Midranks.of(good.map { score[$0] }))
      let area = (bad.reduce(0) { $0 + ranks[$1] } - m * (m + 1) / 2) / (m * n)
      areas.append(area)
      deviations.append(
        (
          zip(bad, ofBad).map { (ranks[$0] - $1) / n - area },
          zip(good, ofGood).map { 1 - (ranks[$0] - $1) / m - area }
        ))
    }
    self.areas = areas
    (bads, goods) = (bad.count, good.count)
    let groups = clusters.map { all in Groups(bad.map { all[$0] }, good.map { all[$0] }) }
    covariance = Self.covariance(deviations, m, n, groups)
  }

  /// One area alone, O(n log n). Nil without a bad or a good one.
  public static func area(_ score: [Double], isBad: [Bool]) -> Double? {
    RocAreas([score], isBad: isBad)?.areas[0]
  }

  /// 2θ − 1.
  public var gini: [Double] { areas.map { 2 * $0 - 1 } }

  /// θ_i ± z √var, cut to 0...1; nil without a covariance.
  public func interval(_ score: Int, confidence: Double) -> ConfidenceInterval? {
    guard let covariance else { return nil }
    let half = Normal.quantile(0.5 + confidence / 2) * max(0, covariance[score][score]).squareRoot()
    return ConfidenceInterval(low: max(0, areas[score] - half), high: min(1, areas[score] + half))
  }

  /// Two scores compared.
  public struct Comparison: Sendable, Hashable {
    /// θ_i − θ_j.
    public let difference: Double
    public let standardError: Double
    /// Nil where the standard error is 0: the scores order the applications alike, or both without a fault.
    public let z: Double?
    /// P(|Z| ≥ |z|).
    public let p: Double?
  }

  /// Nil without a covariance.
  public func comparison(_ i: Int, _ j: Int) -> Comparison? {
    guard let covariance else { return nil }
    let variance = covariance[i][i] + covariance[j][j] - 2 * covariance[i][j]
    let error = max(0, variance).squareRoot()
    let difference = areas[i] - areas[j]
    let z = error > 0 ? difference / error : nil
    return Comparison(difference: difference, standardError: error, z: z, p: z.map(Normal.twoSided))
  }

  /// The clusters of the bad and of the good ones, numbered from 0, and how many hold any of each.
  private struct Groups {
    var bad: [Int] = []
    var good: [Int] = []
    var withBad = 0
    var withGood = 0
    var count = 0

    init(_ badClusters: [Int], _ goodClusters: [Int]) {
      var places: [Int: Int] = [:]
      func place(_ cluster: Int) -> Int {
        if let known = places[cluster] { return known }
        places[cluster] = places.count
        return places.count - 1
      }
      bad = badClusters.map(place)
      good = goodClusters.map(place)
      (withBad, withGood, count) = (Set(bad).count, Set(good).count, places.count)
    }
  }

  private static func covariance(
    _ deviations: [(bad: [Double], good: [Double])], _ m: Double, _ n: Double, _ groups: Groups?
  ) -> [[Double]]? {
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    guard let groups else {
      guard m >= 2, n >= 2 else { return nil }
      return deviations.map { a in
        deviations.map { b in dot(a.bad, b.bad) / ((m - 1) * m) + dot(a.good, b.good) / ((n - 1) * n) }
      }
    }
    guard groups.withBad >= 2, groups.withGood >= 2 else { return nil }
    func sums(_ values: [Double], _ places: [Int]) -> [Double] {
      var sums = [Double](repeating: 0, count: groups.count)
      for (value, place) in zip(values, places) { sums[place] += value }
      return sums
    }
    func unbiased(_ count: Int) -> Double { Double(count) / Double(count - 1) }
    let byCluster = deviations.map { (bad: sums($0.bad, groups.bad), good: sums($0.good, groups.good)) }
    return byCluster.map { a in
      byCluster.map { b in
        unbiased(groups.withBad) * dot(a.bad, b.bad) / (m * m) + unbiased(groups.withGood) * dot(a.good, b.good)
          / (n * n)
          + unbiased(groups.count) * (dot(a.bad, b.good) + dot(a.good, b.bad)) / (m * n)
      }
    }
  }
}
