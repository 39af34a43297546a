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
/// with a_c = Σ (V10 − θ) over the bad ones of cluster c, a′_c over its good ones, and I the clusters that hold any. With weights every
/// sum over applications is one of weights, and a deviation is multiplied by its own: the linearised variance of the weighted area.
///
/// Source: E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson, Biometrics 44 (1988); X. Sun, W. Xu, IEEE Signal Process. Lett.
/// 21 (2014); N. A. Obuchowski, Biometrics 53 (1997).
public struct RocAreas: Sendable {
  /// Per score: the area.
  public let areas: [Double]
  /// Per pair of scores; nil with fewer than two applications (or clusters) of a class.
  public let covariance: [[Double]]?
  /// Applications that count.
  public let bads, goods: Int

  /// - Parameters:
  ///   - scores: per score, per application; higher is riskier, no NaN.
  ///   - isBad: per application.
  ///   - weights: per application how often it counts; nil = once. In the covariance an application, or a cluster, stays one
  ///     observation: deviations are multiplied by their weights, and m and n are sums of weights.
  ///   - clusters: per application the number of its cluster; nil = each stands for itself.
  /// - Returns: nil without a bad or a good application that counts, where lengths differ, for a weight below 0 and where their sum
  ///   exceeds 10¹⁸.
  /// - Complexity: O(scores × n log n).
  public init?(_ scores: [[Double]], isBad: [Bool], weights: [Int64]? = nil, clusters: [Int]? = nil) {
    guard scores.allSatisfy({ $0.count == isBad.count }), (weights?.count ?? isBad.count) == isBad.count,
      (clusters?.count ?? isBad.count) == isBad.count, let sizes = Sizes(isBad, weights)
    else { return nil }
    (bads, goods) = (sizes.bads, sizes.goods)
    let rows = isBad.indices.map { Int32($0) }
    var areas: [Double] = []
    // Per score, per application: w (V10 − θ) / m of a bad one, w (V01 − θ) / n of a good one.
    var deviations: [[Double]] = []
    for score in scores {
      let (area, own) = Self.components(score, isBad, weights, sizes, RadixSort.sorted(rows) { score[Int($0)] })
      areas.append(area)
      deviations.append(own)
    }
    self.areas = areas
    covariance = Self.covariance(deviations, isBad, sizes, clusters)
  }

  /// How many there are of a class, and the sums of their weights.
  private struct Sizes {
    var bads = 0, goods = 0
    var bad: Int64 = 0, good: Int64 = 0

    init?(_ isBad: [Bool], _ weights: [Int64]?) {
      guard let weights else {
        bads = isBad.reduce(0) { $0 + ($1 ? 1 : 0) }
        goods = isBad.count - bads
        (bad, good) = (Int64(bads), Int64(goods))
        guard bads > 0, goods > 0 else { return nil }
        return
      }
      for (isBad, weight) in zip(isBad, weights) where weight != 0 {
        guard weight > 0, weight <= 1_000_000_000_000_000_000 - bad - good else { return nil }
        if isBad { (bads, bad) = (bads + 1, bad + weight) } else { (goods, good) = (goods + 1, good + weight) }
      }
      guard bads > 0, goods > 0 else { return nil }
    }
  }

  /// The area and the deviations of one score, from the applications in ascending order.
  private static func components(
    _ score: [Double], _ isBad: [Bool], _ weights: [Int64]?, _ sizes: Sizes, _ order: [Int32]
  ) -> (area: Double, deviations: [Double]) {
    let (m, n) = (Double(sizes.bad), Double(sizes.good))
    var components = [Double](repeating: 0, count: score.count)
    // Twice the area times m n, a whole number.
    var twice: Int128 = 0
    var (badBefore, goodBefore, first) = (Int64(0), Int64(0), 0)
    // Without the checks of each access: of a million rows they are half of the time.
    components.withUnsafeMutableBufferPointer { components in
      score.withUnsafeBufferPointer { score in
        isBad.withUnsafeBufferPointer { isBad in
          order.withUnsafeBufferPointer { order in
            while first < order.count {
              let value = score[Int(order[first])]
              var (bad, good, last) = (Int64(0), Int64(0), first)
              repeat {
                let row = Int(order[last])
                let weight = weights?[row] ?? 1
                if isBad[row] { bad += weight } else { good += weight }
                last += 1
              } while last < order.count && score[Int(order[last])] == value
              let below = 2 * goodBefore + good
              if bad > 0 { twice += Int128(bad) * Int128(below) }
              // Of a bad one the good ones below it, of a good one the bad ones.
              let (ofBad, ofGood) = (Double(below), Double(2 * badBefore + bad))
              for place in first..<last {
                let row = Int(order[place])
                components[row] = isBad[row] ? ofBad : ofGood
              }
              (badBefore, goodBefore, first) = (badBefore + bad, goodBefore + good, last)
            }
          }
        }
      }
    }
    let area = Double(twice) / (2 * m * n)
    for row in components.indices {
      let own = isBad[row] ? components[row] / (2 * n) : 1 - components[row] / (2 * m)
      components[row] = (own - area) * Double(weights?[row] ?? 1) / (isBad[row] ? m : n)
    }
    return (area, components)
  }

  /// One area alone, exact before its one division. Nil without a bad or a good one. O(n log n).
  public static func area(_ score: [Double], isBad: [Bool]) -> Double? {
    guard score.count == isBad.count else { return nil }
    var (bad, good) = ([Double](), [Double]())
    good.reserveCapacity(score.count)
    for (value, isBad) in zip(score, isBad) { if isBad { bad.append(value) } else { good.append(value) } }
    guard !bad.isEmpty, !good.isEmpty else { return nil }
    (bad, good) = (RadixSort.sorted(bad), RadixSort.sorted(good))
    // Of each bad one: good ones below it, and up to it.
    var (twice, below, upTo) = (0, 0, 0)
    for value in bad {
      while below < good.count, good[below] < value { below += 1 }
      upTo = max(upTo, below)
      while upTo < good.count, good[upTo] <= value { upTo += 1 }
      twice += below + upTo
    }
    return Double(twice) / (2 * Double(bad.count) * Double(good.count))
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

  private static func covariance(
    _ deviations: [[Double]], _ isBad: [Bool], _ sizes: Sizes, _ clusters: [Int]?
  ) -> [[Double]]? {
    func unbiased(_ count: Int) -> Double { Double(count) / Double(count - 1) }
    func dot(_ a: [Double], _ b: [Double]) -> Double {
      var sum = 0.0
      for place in a.indices { sum += a[place] * b[place] }
      return sum
    }
    guard let clusters else {
      guard sizes.bads >= 2, sizes.goods >= 2 else { return nil }
      var covariance = deviations.map { _ in [Double](repeating: 0, count: deviations.count) }
      for (i, a) in deviations.enumerated() {
        for (j, b) in deviations.enumerated() where j >= i {
          var (ofBad, ofGood) = (0.0, 0.0)
          for row in a.indices { if isBad[row] { ofBad += a[row] * b[row] } else { ofGood += a[row] * b[row] } }
          let own = unbiased(sizes.bads) * ofBad + unbiased(sizes.goods) * ofGood
          (covariance[i][j], covariance[j][i]) = (own, own)
        }
      }
      return covariance
    }
    var numbers: [Int: Int] = [:]
    let places = clusters.map { cluster -> Int in
      if let known = numbers[cluster] { return known }
      numbers[cluster] = numbers.count
      return numbers.count - 1
    }
    var (hasBad, hasGood) = (
      [Bool](repeating: false, count: numbers.count), [Bool](repeating: false, count: numbers.count)
    )
    for (place, isBad) in zip(places, isBad) { if isBad { hasBad[place] = true } else { hasGood[place] = true } }
    let (withBad, withGood) = (hasBad.count { $0 }, hasGood.count { $0 })
    guard withBad >= 2, withGood >= 2 else { return nil }
    let sums = deviations.map { own -> (bad: [Double], good: [Double]) in
      var (bad, good) = ([Double](repeating: 0, count: numbers.count), [Double](repeating: 0, count: numbers.count))
      for row in own.indices { if isBad[row] { bad[places[row]] += own[row] } else { good[places[row]] += own[row] } }
      return (bad, good)
    }
    return sums.map { a in
      sums.map { b in
        unbiased(withBad) * dot(a.bad, b.bad) + unbiased(withGood) * dot(a.good, b.good)
          + unbiased(numbers.count) * (dot(a.bad, b.good) + dot(a.good, b.bad))
      }
    }
  }
}
