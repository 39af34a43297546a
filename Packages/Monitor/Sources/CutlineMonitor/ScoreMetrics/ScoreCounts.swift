internal import CutlineCompute
internal import CutlineCore

/// The bad and good applications of each value of a score, from the riskiest value on: what every measure of discrimination
/// but DeLong's covariance follows from.
///
/// Made by one sort; all sums are whole numbers and ratios are compared by cross-multiplication, so that no order of
/// applications changes a bit. O(*n* log *n*) once, then O(values).
struct ScoreCounts: Sendable {
  /// Each once, riskiest first, as the file has them.
  private(set) var values: [Double] = []
  /// Per value: sums of weights.
  private(set) var bad: [Int64] = [], good: [Int64] = []
  /// Per value: applications, whatever they weigh.
  private(set) var rows: [Int] = []
  /// Per value: as tables show it, rounded where it may be that of one application.
  private(set) var shown: [Double] = []
  private(set) var bads: Int64 = 0, goods: Int64 = 0
  /// Applications that count.
  private var counted: Int64 = 0

  var total: Int64 { bads + goods }

  /// - Parameters:
  ///   - score: no NaN.
  ///   - isHigherRiskier: which end is the risky one.
  ///   - weights: not negative; nil = 1 each.
  /// - Returns: nil where the sum of weights exceeds 10¹².
  init?(_ score: [Double], isHigherRiskier: Bool, isBad: [Bool], weights: [Int64]? = nil) {
    let sign: Double = isHigherRiskier ? -1 : 1
    for row in RadixSort.sorted(score.indices.map { Int32($0) }, by: { sign * score[Int($0)] }) {
      let (value, weight) = (score[Int(row)] + 0, weights?[Int(row)] ?? 1)
      guard weight >= 0, weight <= Self.mostWeight - total else { return nil }
      if values.last != value {
        values.append(value)
        bad.append(0)
        good.append(0)
        rows.append(0)
      }
      if weight > 0 { counted += 1 }
      rows[rows.count - 1] += 1
      if isBad[Int(row)] {
        bad[bad.count - 1] += weight
        bads += weight
      } else {
        good[good.count - 1] += weight
        goods += weight
      }
    }
    let room = abs((values.last ?? 0) - (values.first ?? 0))
    shown = values.indices.map {
      Vocabulary.isShared(by: rows[$0]) ? values[$0] : EdgeText.rounded(values[$0], within: room)
    }
  }

  /// Products of four such sums and 10⁴ fit in 128 bits.
  static let mostWeight: Int64 = 1_000_000_000_000

  var hasBothClasses: Bool { bads > 0 && goods > 0 }

  /// θ = P(bad riskier than good) + ½ P(alike). Nil without both classes.
  var area: Double? {
    guard hasBothClasses else { return nil }
    var (twice, goodBefore) = (Int128(0), Int64(0))
    for place in values.indices {
      // Good ones that are safer, twice, and those alike.
      twice += Int128(bad[place]) * Int128(2 * (goods - goodBefore - good[place]) + good[place])
      goodBefore += good[place]
    }
    return Double(twice) / Double(2 * Int128(bads) * Int128(goods))
  }

  /// Where the shares of bad and good ones found from the risky end differ most.
  struct Separation: Sendable {
    /// max |TPR − FPR|.
    let distance: Double
    /// The last value that is counted in, as shown, and the two shares there.
    let value, truePositive, falsePositive: Double
  }

  /// Kolmogorov and Smirnov's distance, found exactly: cumulative bad · good − cumulative good · bad. Nil without both classes.
  var separation: Separation? {
    guard hasBothClasses else { return nil }
    var (b, g) = (Int64(0), Int64(0))
    var best: (size: Int128, place: Int, bad: Int64, good: Int64) = (-1, 0, 0, 0)
    for place in values.indices {
      (b, g) = (b + bad[place], g + good[place])
      let gap = Int128(b) * Int128(goods) - Int128(g) * Int128(bads)
      if gap.magnitude > best.size.magnitude || best.size < 0 { best = (Int128(gap.magnitude), place, b, g) }
    }
    return Separation(
      distance: Double(best.size) / Double(Int128(bads) * Int128(goods)), value: shown[best.place],
      truePositive: Double(best.bad) / Double(bads), falsePositive: Double(best.good) / Double(goods))
  }

  /// Σ (R_k − R_{k−1}) P_k over the values from the riskiest on, R the share of bad ones found and P that of bad ones among those
  /// found. Tied applications are one step. Nil without a bad one.
  ///
  /// Source: the definition of scikit-learn's `average_precision_score`; no interpolation, which would be too good.
  var averagePrecision: Double? {
    guard bads > 0 else { return nil }
    var (b, all, sum) = (Int64(0), Int64(0), 0.0)
    for place in values.indices where bad[place] + good[place] > 0 {
      (b, all) = (b + bad[place], all + bad[place] + good[place])
      sum += Double(bad[place]) * (Double(b) / Double(all))
    }
    return sum / Double(bads)
  }

  /// The share of bad ones among the riskiest `part` of `whole` of all: those of a value that the border splits count by the share
  /// of them that lies inside. Nil without a bad one. O(values).
  func captured(_ part: Int64, of whole: Int64) -> Double? {
    guard bads > 0 else { return nil }
    let found = cumulative([part], of: whole)[0]
    return ExactShare(found.above, over: found.below * Int128(bads)).value
  }

  /// Bad ones among the riskiest `part`/`whole` of all, for ascending parts.
  ///
  /// With B before a value that holds b of n and N all before it: B + b (part · total / whole − N) / n.
  func cumulative(_ parts: [Int64], of whole: Int64) -> [ExactShare] {
    var (place, b, all) = (0, Int64(0), Int64(0))
    return parts.map { part in
      let wanted = Int128(part) * Int128(total)
      while place < values.count, Int128(all + bad[place] + good[place]) * Int128(whole) <= wanted {
        (b, all) = (b + bad[place], all + bad[place] + good[place])
        place += 1
      }
      guard place < values.count else { return ExactShare(Int128(b), over: 1) }
      let size = Int128(bad[place] + good[place]) * Int128(whole)
      return ExactShare(
        Int128(b) * size + Int128(bad[place]) * (wanted - Int128(all) * Int128(whole)), over: size)
    }
  }

  /// The value at which the riskiest `part`/`whole` of all end, as shown.
  func value(at part: Int64, of whole: Int64) -> Double? {
    var all: Int64 = 0
    for place in values.indices {
      all += bad[place] + good[place]
      if Int128(all) * Int128(whole) >= Int128(part) * Int128(total), all > 0 { return shown[place] }
    }
    return nil
  }

  /// Groups of about equally many, no value split: where k of `count` parts are reached, and before and after a value that holds
  /// as many by itself, so that few values are groups of their own.
  func groups(_ count: Int64) -> (good: [Int64], bad: [Int64]) {
    var (goodSums, badSums, all, next) = ([Int64(0)], [Int64(0)], Int64(0), Int64(1))
    for place in values.indices {
      let isLarge = Int128(bad[place] + good[place]) * Int128(count) >= Int128(total)
      if isLarge, goodSums[goodSums.count - 1] + badSums[badSums.count - 1] > 0 {
        goodSums.append(0)
        badSums.append(0)
      }
      goodSums[goodSums.count - 1] += good[place]
      badSums[badSums.count - 1] += bad[place]
      all += bad[place] + good[place]
      guard Int128(all) * Int128(count) >= Int128(next) * Int128(total), place + 1 < values.count else { continue }
      while Int128(all) * Int128(count) >= Int128(next) * Int128(total) { next += 1 }
      goodSums.append(0)
      badSums.append(0)
    }
    return (goodSums, badSums)
  }

  /// Σ (share of good − share of bad) · WoE over about ten groups, smoothed by half an application of mean weight (`WoeTable`), so
  /// that the unit of the weights does not matter.
  var informationValue: Double? {
    guard hasBothClasses else { return nil }
    let groups = groups(10)
    return WoeTable(good: groups.good, bad: groups.bad, smoothing: 0.5 * Double(total) / Double(counted))?
      .informationValue
  }
}
