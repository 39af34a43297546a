internal import CutlineCore
internal import CutlineCredit
internal import CutlineOptimize
internal import CutlineWorkspace

/// Whether the scenarios of a run are what its certificate proves.
struct CertifiedScenarios {
  private let run: VerifiedRun
  private let certificate: Certificate

  init(_ run: VerifiedRun, _ certificate: Certificate) {
    (self.run, self.certificate) = (run, certificate)
  }

  /// One sentence a scenario.
  /// - Throws: `Faults` (integrity) for a scenario that claims more than is proven.
  func lines() throws -> [String] {
    try run.scenarios.scenarios.map { scenario in
      let limit = scenario.chosenAt ?? scenario.limit
      let name = "scenario \(scenario.name) (\(limit) %)"
      guard let proven = try proven(limit) else {
        return "\(name): not in the certificate"
      }
      guard let strategy = scenario.strategy else {
        guard proven.point == nil else { throw refused(name, "has no strategy, where one is proven") }
        return "\(name): proven that nothing fits"
      }
      guard proven.point?.accepted == strategy.accepted else {
        throw refused(name, "has another strategy than the certificate")
      }
      guard proven.isOptimum || scenario.status != .optimal else {
        throw refused(name, "is called optimal, and its certificate proves a bound only")
      }
      return
        "\(name): \(proven.isOptimum ? "its strategy is the proven optimum" : "its strategy keeps the limit; a bound is proven")"
    }
  }

  private struct Proven {
    /// Nil where nothing fits.
    let point: Certificate.Point?
    let isOptimum: Bool
  }

  /// What the certificate says of a limit; nil for nothing.
  private func proven(_ limit: DecimalNumber) throws -> Proven? {
    guard certificate.limits.isEmpty else {
      return certificate.limits.first { $0.limit == limit }
        .map { Proven(point: $0.point, isOptimum: $0.status == .optimal) }
    }
    let fitting = try certificate.points.last { point in
      let sums = CellSums(
        numerator: point.numerator, denominator: point.denominator, production: point.production)
      return try run.cells.measure.fits(sums, limit: limit)
    }
    let isEmpty = fitting.map { $0.production == 0 && $0.numerator == 0 && $0.denominator == 0 } ?? true
    return Proven(point: isEmpty ? nil : fitting, isOptimum: true)
  }

  private func refused(_ name: String, _ problem: String) -> Faults {
    Faults.integrity("\(run.folder), \(name)", problem, "Do not use this result; run it again.")
  }
}
