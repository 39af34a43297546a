internal import CutlineCore
public import CutlineCredit

/// Checks a certificate against a cell table.
///
/// 1. Every strategy is monotone, honours the pins and adds up to its point's sums.
/// 2. A frontier (two scores): its points rise in production and in risk, and no strategy lies in a gap between them.
///    Every strategy in no gap is weakly dominated by a point, so that is a proof.
/// 3. Limits (two scores): the point keeps its limit, no strategy within it has more production, none of that production
///    has less risk.
/// 4. Limits (more scores): the point keeps its limit, and a flow shows that no strategy within it has more than the
///    bound.
public struct CertificateChecker {
  public enum Verdict: Equatable {
    /// With what is proven, as sentences.
    case proven(String)
    /// With the reason.
    case refused(String)
  }

  /// The most beginnings kept at a time; beyond it the check gives up, saying so.
  public let limit: Int

  /// Some 280 MiB of open cases beside the points and bounds: a certificate of 60 MB is proven or given up within 500 MiB.
  public static let defaultLimit = 2_500_000

  public init(limit: Int = defaultLimit) { self.limit = limit }

  /// What is wrong with the claims comes first; a certificate whose claims hold but that was changed is refused as well.
  ///
  /// - Parameter cells: with the measure of the certificate.
  /// - Throws: `Faults` (data) when the limit is reached: neither proven nor refused; `Faults` (integrity) for pins that are
  ///   none.
  public func verdict(on certificate: Certificate, cells: CellTable) throws -> Verdict {
    let verdict = try verdictOnClaims(certificate, cells: cells)
    guard case .proven = verdict, try !certificate.isIntact() else { return verdict }
    return .refused("it was changed after it was written: its checksum does not match")
  }

  private func verdictOnClaims(_ certificate: Certificate, cells: CellTable) throws -> Verdict {
    guard certificate.format == Certificate.storedFormat.text else {
      return .refused("its format is \(certificate.format)")
    }
    guard certificate.scale == cells.scale else {
      return .refused("its sums are in \(certificate.scale.name), those of the table in \(cells.scale.name)")
    }
    let grid = try CertifiedGrid(cells, pins: certificate.pins)
    guard certificate.shape == grid.shape else {
      func text(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: " × ") }
      return .refused(
        "it is for a grid of \(text(certificate.shape)) cells, the table has \(text(grid.shape))")
    }
    guard certificate.limits.isEmpty else {
      guard certificate.points.isEmpty, certificate.multipliers.isEmpty else {
        return .refused("it claims limits and a frontier at once")
      }
      return try limits(certificate, grid, cells.measure)
    }
    guard grid.isPlane else { return .refused("it claims a frontier of \(grid.shape.count) scores") }
    if let refusal = refusalOfPoints(certificate, grid) { return .refused(refusal) }
    let gaps = Gap.gaps(certificate.points, floor: certificate.productionFloor)
    guard certificate.multipliers.count == gaps.count else {
      return .refused("it has \(certificate.multipliers.count) bounds for \(gaps.count) gaps")
    }
    if let finding = try GapWalk(grid, gaps, multipliers: certificate.multipliers, limit: limit).finding() {
      return .refused(finding)
    }
    let count = certificate.points.count
    return .proven(count == 1 ? "its one point is the whole frontier" : "its \(count) points are the whole frontier")
  }

  private func refusalOfPoints(_ certificate: Certificate, _ grid: CertifiedGrid) -> String? {
    var last: Certificate.Point?
    for (index, point) in certificate.points.enumerated() {
      let name = "point \(index + 1)"
      if let refusal = refusal(of: point, name, grid, floor: certificate.productionFloor) { return refusal }
      if let last {
        guard last.production < point.production else { return "\(name) has no more production than the point before" }
        let (a, b) = (Gap.risk(last), Gap.risk(point))
        guard Int128(a.0) * Int128(b.1) < Int128(b.0) * Int128(a.1) else {
          return "\(name) has no more risk than the point before"
        }
      }
      last = point
    }
    return nil
  }

  private func refusal(of point: Certificate.Point, _ name: String, _ grid: CertifiedGrid, floor: Int64?) -> String? {
    guard point.accepted.count == grid.lines, point.accepted.allSatisfy({ (0...grid.width).contains($0) }) else {
      return "\(name) has no cutoff for every bin"
    }
    let accepted = grid.fromSafest(point.accepted)
    if let fault = grid.fault(accepted) { return "the strategy of \(name) \(fault)" }
    let sums = grid.sums(accepted)
    guard sums.production == point.production, sums.numerator == point.numerator, sums.denominator == point.denominator
    else {
      return "\(name) claims production \(point.production), numerator \(point.numerator), denominator "
        + "\(point.denominator) (\(grid.scale.name)), but its strategy has \(sums.production), \(sums.numerator), \(sums.denominator)"
    }
    guard sums.isFeasible else { return "\(name) has no defined risk" }
    guard floor.map({ sums.production >= $0 }) ?? true else { return "\(name) is below the production floor" }
    return nil
  }

  private func limits(
    _ certificate: Certificate, _ grid: CertifiedGrid, _ measure: RiskMeasure
  ) throws -> Verdict {
    var sentences: [String] = []
    for claim in certificate.limits {
      let name = "the point of \(claim.limit) %"
      let ratio = try measure.ratio(of: claim.limit)
      let limit = (ratio.numerator, ratio.denominator)
      if let point = claim.point {
        if let refusal = refusal(of: point, name, grid, floor: certificate.productionFloor) { return .refused(refusal) }
        let risk = Gap.risk(point)
        guard Int128(risk.0) * Int128(limit.1) <= Int128(limit.0) * Int128(risk.1) else {
          return .refused("\(name) has a risk above it")
        }
        guard claim.status != .infeasible else {
          return .refused("it calls \(claim.limit) % infeasible and has a point")
        }
        guard claim.status != .optimal || claim.bound == point.production else {
          return .refused("it calls \(name) optimal, with another bound than its production")
        }
      } else if claim.status == .optimal {
        return .refused("it has no point for \(claim.limit) %, which it claims optimal")
      }
      let verdict =
        grid.isPlane
        ? try plane(claim, limit, certificate, grid) : flow(claim, limit, certificate, grid)
      switch verdict {
      case .refused: return verdict
      case .proven(let sentence): sentences.append("\(claim.limit) %: \(sentence)")
      }
    }
    return .proven(sentences.joined(separator: "\n"))
  }

  /// What an infeasible limit means.
  private static func nothing(_ certificate: Certificate) -> String {
    certificate.productionFloor.map {
      "no strategy with a production of at least \($0) (\(certificate.scale.name)) fits"
    }
      ?? "no strategy with a positive production fits"
  }

  private func plane(
    _ claim: Certificate.LimitClaim, _ limit: (Int64, Int64), _ certificate: Certificate, _ grid: CertifiedGrid
  ) throws -> Verdict {
    guard claim.status != .unproven else { return .refused("it leaves \(claim.limit) % unproven") }
    let gaps = Gap.gaps(
      claim, limit: limit, floor: certificate.productionFloor, emptyFits: grid.sums(grid.least) == .init())
    let multipliers = claim.multipliers ?? []
    guard multipliers.count == gaps.count else {
      return .refused("it has \(multipliers.count) bounds for the \(gaps.count) gaps of \(claim.limit) %")
    }
    if let finding = try GapWalk(grid, gaps, multipliers: multipliers, limit: self.limit).finding() {
      return .refused(finding)
    }
    guard let point = claim.point else { return .proven(Self.nothing(certificate)) }
    return .proven("\(point.production) (\(certificate.scale.name)) is the greatest production, at the least risk")
  }

  private func flow(
    _ claim: Certificate.LimitClaim, _ limit: (Int64, Int64), _ certificate: Certificate, _ grid: CertifiedGrid
  ) -> Verdict {
    guard let dual = claim.dual else { return .refused("it has no dual for \(claim.limit) %") }
    switch FlowBound.bound(dual, grid, limit: limit) {
    case .refused(let reason): return .refused("\(claim.limit) %: \(reason)")
    case .bound(let bound):
      guard bound >= claim.point?.production ?? .min else {
        return .refused("\(claim.limit) %: its dual proves a bound below its own point, which cannot be")
      }
      switch (claim.status, claim.point) {
      case (.optimal, let point?):
        return bound == point.production
          ? .proven("\(bound) (\(certificate.scale.name)) is the greatest production")
          : .refused("\(claim.limit) % is claimed optimal, but its dual leaves productions up to \(bound) open")
      case (.infeasible, nil):
        let least = max(1, certificate.productionFloor ?? 1)
        return bound < least
          ? .proven(Self.nothing(certificate))
          : .refused("\(claim.limit) % is claimed infeasible, but its dual leaves productions up to \(bound) open")
      case (.unproven, let point):
        guard let stated = claim.bound, stated >= bound else {
          return .refused("\(claim.limit) % states a smaller bound than its dual proves, which is \(bound)")
        }
        guard let point else {
          return .proven("no strategy within it has a production above \(stated) (\(certificate.scale.name))")
        }
        return .proven(
          "production \(point.production), and no strategy within it has more than \(stated) (\(certificate.scale.name)): "
            + "a gap of at most \(Int128(stated) - Int128(point.production))")
      default: return .refused("\(claim.limit) % claims \(claim.status.rawValue), which does not go with its point")
      }
    }
  }
}
