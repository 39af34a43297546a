internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// Whether a score knows what it could not have known when it was made.
///
/// No test can tell a leak from an excellent score by outcomes alone, so each one states what a clean score may have, and its p is that
/// of the worst clean score:
///
/// - ceiling: θ ≤ ceiling, z = (θ − c) / √(c (1 − c) / min(m, n)), with the largest variance that an area of c can have;
/// - beyond the others: θ − θ of all others together ≤ margin, by DeLong's standard error;
/// - near certain: of the B riskiest (B = the bad ones) at most `allowedShare` are bad, binomial tail: as many as of a binormal score whose
///   area is the ceiling, and at least one half;
/// - missing unless booked: missing among rejected − missing among booked ≤ `missingMargin`, two-sample z with one added on either side;
/// - later dates: θ of scores dated after the application's month ≤ θ of the others, z of independent areas.
///
/// Holm over all tests of all scores: where no score is worse than that, any is warned of with a chance of at most the level.
///
/// Source: Z. W. Birnbaum, O. M. Klose, Ann. Math. Stat. 28 (1957), for the variance.
struct LeakTests {
  let ceiling, margin, level: Double
  /// How often a score is dealt anew.
  var dealings = 99
  /// Difference of missing shares that clean scores may have.
  static let missingMargin = 0.25
  /// Bad, and good, applications below which nothing is said.
  static let fewest = 20
  /// Groups of applications that all other scores take for alike.
  static let strata = 20

  /// One score, oriented, with its outcomes.
  struct Subject {
    let score: String
    /// Riskier is higher; NaN where missing.
    let values: [Double]
    let isBad: [Bool]
    /// All other scores in one, riskier is higher; nil where there is no other.
    let others: [Double]?
    /// Of applications decided by score: how many there are, and how many lack the score.
    let booked, rejected: (rows: Int, missing: Int)
    /// Per row, whether its date lies after the application's month; nil without dates.
    let isLate: [Bool?]?
  }

  func findings(_ subjects: [Subject], stream: (Int) -> RandomStream) -> [LeakFinding] {
    var findings: [LeakFinding] = []
    for (index, subject) in subjects.enumerated() {
      let known = subject.values.indices.filter { !subject.values[$0].isNaN }
      let (values, isBad) = (known.map { subject.values[$0] }, known.map { subject.isBad[$0] })
      let bads = isBad.count { $0 }
      guard bads >= Self.fewest, isBad.count - bads >= Self.fewest, let area = RocAreas.area(values, isBad: isBad)
      else {
        findings.append(
          finding(subject, .ceiling, reason: "fewer than \(Self.fewest) bad or good applications: nothing is tested"))
        continue
      }
      let placebo = placebo(subject, stream(index))
      findings.append(ceiling(subject, area, bads, isBad.count - bads, placebo))
      findings.append(beyondOthers(subject, placebo))
      findings.append(nearCertain(subject, values, isBad, placebo))
      if subject.booked.missing + subject.rejected.missing > 0 { findings.append(missing(subject)) }
      if subject.isLate != nil { findings.append(laterDates(subject)) }
    }
    let tested = findings.indices.filter { findings[$0].p != nil }
    for (place, adjusted) in zip(tested, MultipleTesting.holm(tested.compactMap { findings[$0].p })) {
      findings[place] = findings[place].with(adjusted: adjusted, level: level)
    }
    return findings
  }

  private func finding(
    _ subject: Subject, _ test: LeakFinding.Test, value: Double? = nil, allowed: Double? = nil, p: Double? = nil,
    placebo: Double? = nil, reason: String? = nil
  ) -> LeakFinding {
    LeakFinding(
      score: subject.score, test: test, value: value, allowed: allowed, p: p, pHolm: nil, isAlarm: false,
      placebo: placebo, reason: reason)
  }

  private func ceiling(
    _ subject: Subject, _ area: Double, _ bads: Int, _ goods: Int, _ placebo: Double?
  ) -> LeakFinding {
    let error = (ceiling * (1 - ceiling) / Double(min(bads, goods))).squareRoot()
    return finding(
      subject, .ceiling, value: area, allowed: ceiling, p: Normal.probability((ceiling - area) / error),
      placebo: placebo)
  }

  private func beyondOthers(_ subject: Subject, _ placebo: Double?) -> LeakFinding {
    guard let others = subject.others else {
      return finding(subject, .beyondOthers, reason: "there is no other score to compare it with")
    }
    let known = others.indices.filter { !others[$0].isNaN && !subject.values[$0].isNaN }
    let areas = RocAreas(
      [known.map { subject.values[$0] }, known.map { others[$0] }], isBad: known.map { subject.isBad[$0] })
    guard let comparison = areas?.comparison(0, 1), comparison.standardError > 0 else {
      return finding(
        subject, .beyondOthers, reason: "it orders these applications as the others do, or too few have both")
    }
    return finding(
      subject, .beyondOthers, value: comparison.difference, allowed: margin,
      p: Normal.probability((margin - comparison.difference) / comparison.standardError), placebo: placebo)
  }

  private func nearCertain(
    _ subject: Subject, _ values: [Double], _ isBad: [Bool], _ placebo: Double?
  ) -> LeakFinding {
    let bads = isBad.count { $0 }
    // Of those alike at the border as many bad ones as their share, rounded down.
    guard let counts = ScoreCounts(values, isHigherRiskier: true, isBad: isBad),
      let share = counts.captured(Int64(bads), of: Int64(isBad.count))
    else { return finding(subject, .nearCertain, reason: "too many applications") }
    let found = Int((share * Double(bads)).rounded(.down))
    let allowed = allowedShare(badRate: Double(bads) / Double(isBad.count))
    let p =
      found == 0 ? 1 : BetaDistribution.probabilities(Double(found), Double(bads - found + 1), at: allowed).lower
    return finding(subject, .nearCertain, value: share, allowed: allowed, p: p, placebo: placebo)
  }

  /// With good ones N(0, 1) and bad ones N(√2 Φ⁻¹(ceiling), 1): the share of bad ones above the value that as many exceed as are bad;
  /// at least ½.
  func allowedShare(badRate: Double) -> Double {
    let shift = 2.0.squareRoot() * Normal.quantile(ceiling)
    var (low, high) = (-10.0, 10.0 + shift)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      let above = badRate * Normal.probability(shift - middle) + (1 - badRate) * Normal.probability(-middle)
      if above > badRate { low = middle } else { high = middle }
    }
    return max(0.5, Normal.probability(shift - low))
  }

  private func missing(_ subject: Subject) -> LeakFinding {
    let (booked, rejected) = (subject.booked, subject.rejected)
    guard min(booked.rows, rejected.rows) >= Self.fewest else {
      return finding(
        subject, .missingUnlessBooked, reason: "fewer than \(Self.fewest) booked or rejected applications")
    }
    func part(_ own: (rows: Int, missing: Int)) -> (share: Double, variance: Double) {
      let share = Double(own.missing + 1) / Double(own.rows + 2)
      return (share, share * (1 - share) / Double(own.rows + 2))
    }
    let (a, b) = (part(rejected), part(booked))
    let difference = Double(rejected.missing) / Double(rejected.rows) - Double(booked.missing) / Double(booked.rows)
    return finding(
      subject, .missingUnlessBooked, value: difference, allowed: Self.missingMargin,
      p: Normal.probability((Self.missingMargin - (a.share - b.share)) / (a.variance + b.variance).squareRoot()))
  }

  private func laterDates(_ subject: Subject) -> LeakFinding {
    func area(_ isLate: Bool) -> RocAreas? {
      let own = subject.values.indices.filter {
        !subject.values[$0].isNaN && subject.isLate?[$0] == isLate
      }
      return RocAreas([own.map { subject.values[$0] }], isBad: own.map { subject.isBad[$0] })
    }
    guard let late = area(true), let timely = area(false), min(late.bads, late.goods) >= Self.fewest,
      min(timely.bads, timely.goods) >= Self.fewest, let a = late.covariance, let b = timely.covariance,
      a[0][0] + b[0][0] > 0
    else {
      return finding(
        subject, .laterDates,
        reason: "fewer than \(Self.fewest) bad or good applications with dates in time, or with later ones")
    }
    let difference = late.areas[0] - timely.areas[0]
    return finding(
      subject, .laterDates, value: difference, allowed: 0,
      p: Normal.probability(-difference / (a[0][0] + b[0][0]).squareRoot()))
  }

  /// The mean area where outcomes are dealt anew within strata of the others. Nil without others.
  private func placebo(_ subject: Subject, _ stream: RandomStream) -> Double? {
    guard let others = subject.others else { return nil }
    let known = others.indices.filter { !others[$0].isNaN && !subject.values[$0].isNaN }
    let ranks = Midranks.of(known.map { subject.values[$0] })
    let order = RadixSort.sorted(known.indices.map { Int32($0) }) { others[known[Int($0)]] }
    let size = max(1, (order.count + Self.strata - 1) / Self.strata)
    let groups = stride(from: 0, to: order.count, by: size).map { start in
      let places = order[start..<min(start + size, order.count)].map { Int($0) }
      return (places: places, bads: places.count { subject.isBad[known[$0]] })
    }
    let bads = Double(groups.reduce(0) { $0 + $1.bads })
    let goods = Double(known.count) - bads
    guard bads > 0, goods > 0 else { return nil }
    var stream = stream
    var sum = 0.0
    for _ in 0..<dealings {
      var ofBad = 0.0
      for group in groups {
        var places = group.places
        for bad in 0..<group.bads {
          places.swapAt(bad, bad + stream.index(below: places.count - bad))
          ofBad += ranks[places[bad]]
        }
      }
      sum += (ofBad - bads * (bads + 1) / 2) / (bads * goods)
    }
    return sum / Double(dealings)
  }
}
