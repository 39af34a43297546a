/// The area under the ROC curve of one score with its variance, from the bad and good applications of each value.
///
/// The same as `RocAreas` of one score, in whole numbers: with x = 2 · (good ones of smaller values) + (good ones of the same)
/// for each bad one, y likewise for each good one, and m bad, n good ones,
///
///     θ = Σ x / (2 m n),   var = [Σ x² − (Σ x)² / m] / ((m − 1) m 4n²) + [Σ y² − (Σ y)² / n] / ((n − 1) n 4m²)
///
/// Nothing is rounded before the last step, so no order of applications changes a bit. Up to 10⁹ applications.
public struct RocCounts: Sendable {
  public private(set) var bads = 0
  public private(set) var goods = 0
  private var ofBad = Moments()
  private var ofGood = Moments()

  private struct Moments {
    var sum: Int128 = 0
    var squares: Int128 = 0

    mutating func add(_ value: Int, times: Int) {
      sum += Int128(value) * Int128(times)
      squares += Int128(value) * Int128(value) * Int128(times)
    }

    /// Σ x² − (Σ x)² / n, divided by (n − 1) n.
    func spread(_ n: Int) -> Double {
      Double(Int128(n) * squares - sum * sum) / (Double(n - 1) * Double(n) * Double(n))
    }
  }

  public init() {}

  /// The applications of the next riskier value.
  public mutating func append(bad: Int, good: Int) {
    ofBad.add(2 * goods + good, times: bad)
    ofGood.add(2 * bads + bad, times: good)
    bads += bad
    goods += good
  }

  /// Nil without a bad or a good application.
  public var area: Double? {
    bads > 0 && goods > 0 ? Double(ofBad.sum) / (2 * Double(bads) * Double(goods)) : nil
  }

  /// Nil with fewer than two of a class.
  public var variance: Double? {
    guard bads > 1, goods > 1 else { return nil }
    let (m, n) = (Double(bads), Double(goods))
    return ofBad.spread(bads) / (4 * n * n) + ofGood.spread(goods) / (4 * m * m)
  }
}
