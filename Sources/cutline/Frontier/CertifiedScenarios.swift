internal import CutlineCore
internal import CutlineCredit
internal import CutlineOptimize
internal import CutlineWorkspace

/// Whether the scenarios of a run are what its certificate proves, under what the run's search was held to.
struct CertifiedScenarios {
  private let run: VerifiedRun
  private let certificate: Certificate

  /// - Throws: `Faults` (integrity) for a certificate of other constraints than the run's, and for a run without scenarios.
  init(_ run: VerifiedRun, _ certificate: Certificate) throws {
    (self.run, self.certificate) = (run, certificate)
    guard !run.scenarios.scenarios.isEmpty else { throw refused("scenarios", "has none") }
    let frontier = try run.load(Frontier.self, kind: "search")
    let claims: (pins: [String], floor: Int64?)
    do {
      claims = try CertificateWriter.claims(of: frontier, on: run.cells)
    } catch let faults as Faults {
      throw refused("certificate", "proves strategies without the constraints of the run's search: \(faults.problem)")
    }
    guard certificate.pins == claims.pins, certificate.productionFloor == claims.floor, !frontier.isFixed,
      frontier.statedBy == nil
    else { throw refused("certificate", "is about other pins, another floor or another search than the run's") }
  }

  /// One sentence a scenario.
  /// - Throws: `Faults` (integrity) for a scenario that claims more than is proven.
  func lines() throws -> [String] {
    try run.scenarios.scenarios.map { scenario in
      let limit = scenario.chosenAt ?? scenario.limit
      let name =
        "scenario \(scenario.name) (\(scenario.limit) %\(limit == scenario.limit ? "" : ", chosen within \(limit) %"))"
      try check(scenario, limit, name)
      guard let proven = try proven(limit) else {
        guard scenario.status != .optimal else {
          throw refused(name, "is called optimal, and the certificate has not its limit")
        }
        return "\(name), \(scenario.status.rawValue): not in the certificate"
      }
      guard let strategy = scenario.strategy else {
        guard proven.point == nil else { throw refused(name, "has no strategy, where one is proven") }
        return
          "\(name): \(proven.isWhole ? "proven that nothing fits" : "no strategy; only the bound above is proven, and not that nothing fits")"
      }
      guard proven.point?.accepted == strategy.accepted else {
        throw refused(name, "has another strategy than the certificate")
      }
      guard !proven.isWhole else { return "\(name): its strategy is the proven optimum" }
      // With three and more scores the search knows more than its certificate shows (docs/methods/certificate.md).
      let called =
        scenario.status == .optimal ? "; that it is the optimum the run's search has proven, not this file" : ""
      return "\(name): its strategy keeps the limit, and the bound above is proven\(called)"
    }
  }

  /// What the scenario says of itself.
  private func check(_ scenario: ScenarioSet.Scenario, _ limit: DecimalNumber, _ name: String) throws {
    let isStricter = Double("\(limit)").flatMap { own in Double("\(scenario.limit)").map { own <= $0 } } ?? false
    guard scenario.chosenAt == nil || (isStricter && scenario.riskConfidence != nil) else {
      throw refused(name, "says that it was chosen within another limit, and nothing asked for that")
    }
    guard scenario.status != .fixed else { throw refused(name, "is stated, and the certificate is of a search") }
    guard let strategy = scenario.strategy else { return }
    guard let totals = scenario.totals, totals.optimum == run.cells.totals(of: strategy).optimum else {
      throw refused(name, "has other sums than its cells")
    }
  }

  private struct Proven {
    /// Nil where nothing fits.
    let point: Certificate.Point?
    /// Whether nothing is left open: the optimum, or that nothing fits; else a bound is proven.
    let isWhole: Bool
  }

  /// What the certificate says of a limit; nil for nothing.
  private func proven(_ limit: DecimalNumber) throws -> Proven? {
    guard certificate.limits.isEmpty else {
      return certificate.limits.first { $0.limit == limit }
        .map { Proven(point: $0.point, isWhole: $0.status != .unproven) }
    }
    let fitting = try certificate.points.last { point in
      let sums = CellSums(
        numerator: point.numerator, denominator: point.denominator, production: point.production)
      return try run.cells.measure.fits(sums, limit: limit)
    }
    let isEmpty = fitting.map { $0.production == 0 && $0.numerator == 0 && $0.denominator == 0 } ?? true
    return Proven(point: isEmpty ? nil : fitting, isWhole: true)
  }

  private func refused(_ name: String, _ problem: String) -> Faults {
    Faults.integrity("\(run.folder), \(name)", problem, "Do not use this result; run it again.")
  }
}
