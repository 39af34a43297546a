import CutlineCompute
import Foundation
import Testing

/// Statistics against closed forms, published values and SciPy's figures.
@Suite struct StatisticsTests {
  private func near(_ a: Double?, _ b: Double, _ tolerance: Double = 1e-9) -> Bool {
    a.map { abs($0 - b) <= tolerance * max(1e-12, abs(b)) } ?? false
  }

  @Test func intervalsOfProportions() throws {
    // Clopper and Pearson: SciPy 1.17, binomtest(k, n).proportion_ci(method="exact"); Wilson: method="wilson".
    let cases: [(Int, Int, Double, Double, Double, Double)] = [
      (0, 10, 0, 0.3084971078187608, 0, 0.2775327998628892),
      (3, 10, 0.06673951117773447, 0.6524528500599972, 0.10779126740630102, 0.6032218525388546),
      (10, 10, 0.6915028921812392, 1, 0.7224672001371107, 1),
    ]
    for (k, n, exactLow, exactHigh, low, high) in cases {
      let exact = try #require(BinomialInterval.clopperPearson(successes: k, trials: n, confidence: 0.95))
      #expect(near(exact.low, exactLow) && near(exact.high, exactHigh), "\(k)/\(n): \(exact)")
      let wilson = try #require(BinomialInterval.wilson(successes: k, trials: n, confidence: 0.95))
      #expect(near(wilson.low, low) && near(wilson.high, high), "\(k)/\(n): \(wilson)")
    }
    #expect(BinomialInterval.wilson(successes: 0, trials: 0, confidence: 0.95) == nil)
    #expect(BinomialInterval.clopperPearson(successes: 3, trials: 2, confidence: 0.95) == nil)
    let none = PoissonInterval.garwood(events: 0, confidence: 0.95)
    #expect(none.low == 0 && near(none.high, 3.688879454113936))
  }

  /// Coverage of the exact interval is at least its level everywhere; summed up exactly.
  @Test func exactIntervalsCover() throws {
    let n = 30
    let intervals = try (0...n).map {
      try #require(BinomialInterval.clopperPearson(successes: $0, trials: n, confidence: 0.9))
    }
    for p in stride(from: 0.01, to: 1, by: 0.01) {
      var (coverage, probability) = (0.0, pow(1 - p, Double(n)))
      for k in 0...n {
        if intervals[k].contains(p) { coverage += probability }
        probability *= Double(n - k) / Double(k + 1) * p / (1 - p)
      }
      #expect(coverage >= 0.9 - 1e-12, "\(p): \(coverage)")
    }
  }

  @Test func betaDistribution() {
    // I_x(a, a) = 1/2 at 1/2; I_x(1, b) = 1 − (1 − x)^b; symmetry; and large shapes by the normal limit.
    for a in [0.5, 1, 3.7, 12, 1e3, 1e6] {
      #expect(near(BetaDistribution.probabilities(a, a, at: 0.5).lower, 0.5, 1e-12))
    }
    #expect(near(BetaDistribution.probabilities(1, 7, at: 0.1).lower, 1 - pow(0.9, 7), 1e-13))
    // SciPy 1.17: betainc(0.5, 5, 0.01).
    #expect(near(BetaDistribution.probabilities(0.5, 5, at: 0.01).lower, 0.24284189089843747, 1e-11))
    for (p, a, b) in [(0.025, 3.0, 8.0), (0.975, 300, 20000), (0.5, 0.3, 0.2), (1e-6, 1e6, 9e6)] {
      let x = BetaDistribution.quantile(p, a, b)
      let (lower, upper) = BetaDistribution.probabilities(a, b, at: x)
      #expect(near(p < 0.5 ? lower : upper, p < 0.5 ? p : 1 - p, 1e-9), "\(p) \(a) \(b): \(x)")
      let mirrored = BetaDistribution.probabilities(b, a, at: 1 - x)
      #expect(abs(mirrored.upper - lower) < 1e-9)
    }
  }

  @Test func quantilesInterpolate() {
    let values = [1.0, 2, 4, 8]
    #expect(Quantile.of(values, 0) == 1 && Quantile.of(values, 1) == 8 && Quantile.of(values, 0.5) == 3)
    #expect(near(Quantile.of(values, 0.9), 6.8))
    #expect(Quantile.of([], 0.5) == nil && Quantile.of([7], 0.3) == 7)
    let repeated = [1.0, 1, 1, 2, 4, 4, 8]
    for p in stride(from: 0, through: 1, by: 0.05) {
      #expect(Quantile.of(values, counts: [3, 1, 2, 1], p) == Quantile.of(repeated, p))
    }
  }

  @Test func adjustedValues() {
    // R 4.3: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") and "BH".
    let p = [0.01, 0.04, 0.03, 0.005]
    let (holm, fdr) = (MultipleTesting.holm(p), MultipleTesting.benjaminiHochberg(p))
    #expect(zip(holm, [0.03, 0.06, 0.06, 0.02]).allSatisfy { near($0, $1) }, "\(holm)")
    #expect(zip(fdr, [0.02, 0.04, 0.04, 0.02]).allSatisfy { near($0, $1) }, "\(fdr)")
    #expect(MultipleTesting.holm([]).isEmpty && MultipleTesting.holm([0.7, 0.8]) == [1, 1])
  }

  @Test func midranks() {
    #expect(Midranks.of([3, 1, 3, 2]) == [3.5, 1, 3.5, 2])
    #expect(Midranks.of([]).isEmpty)
  }

  /// A cluster of one is an application; doubling every application within its cluster changes nothing.
  @Test func clustersOfAreas() throws {
    var stream = RandomStream(seed: 3, stream: 1)
    let isBad = (0..<300).map { _ in stream.uniform() < 0.3 }
    let scores = (0..<2).map { _ in isBad.map { stream.uniform() + ($0 ? 0.3 : 0) } }
    let plain = try #require(RocAreas(scores, isBad: isBad))
    let single = try #require(RocAreas(scores, isBad: isBad, clusters: Array(0..<300)))
    let a = try #require(plain.covariance)
    let b = try #require(single.covariance)
    #expect(plain.areas == single.areas)
    // With I10 = m the class terms are the same; cross terms vanish, as a cluster is good or bad.
    for i in 0..<2 { for j in 0..<2 { #expect(near(b[i][j], a[i][j], 1e-12)) } }
    let twice = try #require(
      RocAreas(scores.map { $0 + $0 }, isBad: isBad + isBad, clusters: Array(0..<300) + Array(0..<300)))
    #expect(near(twice.areas[0], plain.areas[0]))
    #expect(near(twice.covariance?[0][1], b[0][1], 1e-9))
    #expect(RocAreas([[1, 2]], isBad: [true, true]) == nil)
    #expect(RocAreas([[1, 2]], isBad: [true, false])?.covariance == nil)
  }

  /// From counts by value, the same area and variance as from applications; perfect and useless scores too.
  @Test(arguments: [0, 1, 2, 3, 4, 5]) func areasFromCounts(seed: UInt64) throws {
    var stream = RandomStream(seed: seed, stream: 4)
    let isBad = (0..<500).map { _ in stream.uniform() < 0.2 }
    // Of few values, of many, and one that tells both classes apart.
    let score = isBad.map { isBad -> Double in
      switch seed {
      case 4: isBad ? 1 : 0
      case 5: 7
      default: (stream.uniform() * [3, 40, 1e6, 10][Int(seed)] + (isBad ? 1 : 0)).rounded()
      }
    }
    let areas = try #require(RocAreas([score], isBad: isBad))
    var counts = RocCounts()
    for value in Set(score).sorted() {
      let places = score.indices.filter { score[$0] == value }
      counts.append(bad: places.count { isBad[$0] }, good: places.count { !isBad[$0] })
    }
    #expect(counts.bads == areas.bads && counts.goods == areas.goods)
    #expect(near(counts.area, areas.areas[0], 1e-12))
    let variance = try #require(areas.covariance?[0][0])
    #expect(abs(try #require(counts.variance) - variance) <= 1e-12 * max(1e-3, variance))
    if seed >= 4 { #expect(counts.variance == 0) }
    #expect(RocCounts().area == nil && RocCounts().variance == nil)
  }

  /// The order of comparing, of few values and of many, and rows of equal values in the order given.
  @Test(arguments: [0, 1, 5, 3000, 20_000]) func sortedByBits(count: Int) {
    var stream = RandomStream(seed: UInt64(count), stream: 5)
    var values = (0..<count).map { index -> Double in
      switch index % 4 {
      case 0: Double(stream.index(below: 50)) - 25
      case 1: (stream.uniform() - 0.5) * 1e300
      case 2: (stream.uniform() - 0.5) * 1e-300
      default: [0, -0.0, .infinity, -.infinity][stream.index(below: 4)]
      }
    }
    #expect(RadixSort.sorted(values) == values.sorted())
    values = values.map { $0.rounded() }
    let rows = (0..<Int32(count)).reversed().map { $0 }
    let expected = rows.enumerated().sorted {
      (values[Int($0.element)], $0.offset) < (values[Int($1.element)], $1.offset)
    }.map(\.element)
    #expect(RadixSort.sorted(rows) { values[Int($0)] } == expected)
  }

  /// The requirement's own figures, with the original's floor and without.
  @Test func stabilityGoldens() throws {
    let a = try #require(
      PopulationStability(expected: [500, 300, 200], actual: [400, 350, 250], smoothing: .floor(1e-4)))
    #expect(abs(a.index - 0.041179) < 5e-7)
    let b = try #require(
      PopulationStability(expected: [25, 25, 25, 25], actual: [10, 20, 30, 40], smoothing: .floor(1e-4)))
    #expect(abs(b.index - 0.228217) < 5e-7)
    #expect(a.bins == 3 && abs(a.terms.compactMap { $0 }.reduce(0, +) - a.index) < 1e-15)
    let same = try #require(PopulationStability(expected: [3, 0, 9], actual: [6, 0, 18], smoothing: .floor(1e-4)))
    #expect(same.index == 0 && same.bins == 2 && same.p == 1)
    #expect(PopulationStability(expected: [0, 0], actual: [1, 2], smoothing: .halfCount) == nil)
    let single = try #require(PopulationStability(expected: [5], actual: [9], smoothing: .halfCount))
    #expect(single.index == 0 && single.bound(confidence: 0.99) == 0 && single.p == 1)
  }

  /// Of 4,000 comparisons of one distribution with itself, those beyond the bound lie within the 99.9 % band of the level.
  @Test(arguments: [(400, 1000), (5000, 300)]) func stabilityBoundHoldsItsLevel(n: Int, m: Int) throws {
    var stream = RandomStream(seed: 11, stream: UInt64(n))
    func counts(_ rows: Int) -> [Int64] {
      var bins = [Int64](repeating: 0, count: 10)
      for _ in 0..<rows { bins[stream.index(below: 10)] += 1 }
      return bins
    }
    let trials = 4000
    var beyond = 0
    for _ in 0..<trials {
      let psi = try #require(PopulationStability(expected: counts(n), actual: counts(m), smoothing: .halfCount))
      if psi.index > psi.bound(confidence: 0.95) { beyond += 1 }
    }
    let band = try #require(BinomialInterval.clopperPearson(successes: beyond, trials: trials, confidence: 0.999))
    #expect(band.contains(0.05), "\(beyond) of \(trials)")
  }

  /// Many rare categories: the bound holds its level once they are pooled.
  @Test func rareCategoriesArePooled() throws {
    var stream = RandomStream(seed: 21, stream: 1)
    let (trials, categories) = (600, 300)
    func counts(_ rows: Int) -> [Int64] {
      var bins = [Int64](repeating: 0, count: categories)
      for _ in 0..<rows {
        let u = stream.uniform()
        bins[min(categories - 1, Int(Double(categories) * u * u * u))] += 1
      }
      return bins
    }
    var beyond = 0
    for _ in 0..<trials {
      let psi = try #require(
        PopulationStability(expected: counts(4000), actual: counts(1000), smoothing: .halfCount, pooling: 5))
      #expect(psi.bins < categories)
      if psi.index > psi.bound(confidence: 0.95) { beyond += 1 }
    }
    let band = try #require(BinomialInterval.clopperPearson(successes: beyond, trials: trials, confidence: 0.999))
    #expect(band.contains(0.05), "\(beyond) of \(trials)")
    let few = try #require(
      PopulationStability(expected: [100, 1, 2], actual: [100, 3, 0], smoothing: .halfCount, pooling: 5))
    #expect(few.bins == 2 && few.terms[0] != nil && few.terms[1] == nil && few.terms[2] == nil)
  }

  /// The chart's level is that of its t, with any baseline; a spike is seen, and does not hide itself.
  @Test(arguments: [8, 12]) func predictionHoldsItsLevel(months: Int) throws {
    var stream = RandomStream(seed: 5, stream: UInt64(months))
    func rate(_ n: Int) -> (value: Double, weight: Double) {
      let bad = (0..<n).count { _ in stream.uniform() < 0.2 }
      return (Double(bad) / Double(n), Double(n))
    }
    let trials = 2000
    var out = 0
    for _ in 0..<trials {
      let baseline = (0..<months).map { _ in rate(100 + stream.index(below: 200)) }
      let point = try #require(ControlChart.prediction(rate(150), baseline: baseline, level: 0.05))
      if point.isOut { out += 1 }
      #expect(point.isOut == !(point.low...point.high).contains(point.centre) || point.low <= point.centre)
    }
    let band = try #require(BinomialInterval.clopperPearson(successes: out, trials: trials, confidence: 0.999))
    #expect(band.contains(0.05), "\(out) of \(trials)")
    let flat = (0..<months).map { _ in rate(1000) }
    #expect(ControlChart.prediction((0.3, 1000), baseline: flat, level: 0.01)?.isOut == true)
    #expect(ControlChart.prediction((0.3, 1000), baseline: [flat[0]], level: 0.01) == nil)
    #expect(ControlChart.prediction((0.3, 0), baseline: flat, level: 0.01) == nil)
    let constant = [(value: 1.0, weight: 1.0), (1, 1), (1, 1)]
    #expect(ControlChart.prediction((1, 1), baseline: constant, level: 0.01)?.isOut == false)
    #expect(ControlChart.prediction((1.1, 1), baseline: constant, level: 0.01) == nil)
  }

  /// Fisher's exact test, SciPy 1.17: fisher_exact([[a, b], [c, d]], "less" or "greater"), twice the smaller.
  @Test func rareEventsAreCounted() {
    // One bad of 300 after none of 2,400: p = 2 · 1/9.
    #expect(near(ControlChart.rareEvents(1, of: 300, earlier: (0, 2400)), 2.0 / 9))
    #expect(ControlChart.rareEvents(0, of: 300, earlier: (0, 2400)) == 1)
    #expect(near(ControlChart.rareEvents(299, of: 300, earlier: (2400, 2400)), 2.0 / 9))
    #expect(near(ControlChart.rareEvents(7, of: 100, earlier: (10, 900)), 2 * 0.000683122907658165, 1e-9))
    #expect(ControlChart.rareEvents(3, of: 0, earlier: (1, 2)) == 1)
  }

  @Test func tailsOfStudentKeepTheirDigits() {
    // SciPy 1.17: t.sf(30, 22), t.cdf(0.001, 9), t.sf(2.5, 4).
    #expect(near(StudentT.twoSided(30, degrees: 22), 2 * 1.2138848757936506e-19))
    #expect(near(StudentT.probability(0.001, degrees: 9), 0.5003880348370133, 1e-13))
    #expect(near(StudentT.probability(-2.5, degrees: 4), 0.03338327240599407))
    #expect(StudentT.probability(-30, degrees: 22) > 0 && StudentT.probability(-50, degrees: 36) > 0)
    #expect(near(StudentT.probability(-1, degrees: 1), 0.25) && near(StudentT.probability(0.5, degrees: 2), 2.0 / 3))
    for degrees in [1, 2, 7, 30, 500] {
      for p in [1e-9, 0.01, 0.3, 0.5, 0.8, 0.999] {
        #expect(near(StudentT.probability(StudentT.quantile(p, degrees: degrees), degrees: degrees), p, 1e-9))
      }
    }
  }
}
