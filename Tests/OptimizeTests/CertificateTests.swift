import CutlineCompute
import CutlineCore
import CutlineCredit
import Foundation
import TestSupport
import Testing

@testable import CutlineOptimize

@Suite struct CertificateTests {
  private let columns = Certificate.CellColumns(
    bins: ["a", "b"], directions: [.higherIsSafer, .higherIsSafer], production: "p", numerator: "n", denominator: "d",
    multiplier: 7)

  /// A random grid of one of several characters: ties, empty cells, negative numerators, no denominators.
  private func table(_ trial: Int) -> CellTable {
    var stream = RandomStream(seed: UInt64(trial))
    let (rows, columns) = (1 + stream.index(below: 5), 1 + stream.index(below: 6))
    let directions: [Direction] = [.higherIsSafer, .higherIsRiskier]
    let grid = Cells.grid((directions[trial % 2], directions[trial / 2 % 2]), rows, columns)
    let range = [3, 50, 100_000][trial % 3]
    return Cells.table(grid) { _ in
      if stream.index(below: 5) == 0 { return .zero }
      return CellSums(
        numerator: Int64(stream.index(below: range)) - (trial % 7 == 0 ? Int64(range / 4) : 0),
        denominator: trial % 11 == 0 && stream.index(below: 2) == 0 ? 0 : Int64(stream.index(below: 20 * range)),
        production: Int64(stream.index(below: range)))
    }
  }

  private func changed(
    _ certificate: Certificate, points: [Certificate.Point]? = nil, multipliers: [Int64]? = nil,
    limits: [Certificate.LimitClaim]? = nil
  ) throws -> Certificate {
    try Certificate(
      columns: certificate.columns, shape: certificate.shape, pins: certificate.pins,
      productionFloor: certificate.productionFloor, points: points ?? certificate.points,
      multipliers: multipliers ?? certificate.multipliers, limits: limits ?? certificate.limits)
  }

  /// Why a certificate is refused; nil when it is proven.
  private func refusal(_ certificate: Certificate, _ cells: CellTable, limit: Int = 5_000_000) throws -> String? {
    if case .refused(let reason) = try CertificateChecker(limit: limit).verdict(on: certificate, cells: cells) {
      return reason
    }
    return nil
  }

  /// In pieces a certificate is read and written as at once.
  @Test func piecesAreTheWhole() throws {
    var stream = RandomStream(seed: 9)
    for count in [0, 1, 255, 256, 257, 9000] {
      let points = (0..<count).map { place in
        Certificate.Point(
          production: Int64(place), numerator: Int64(stream.index(below: 1000)), denominator: .max,
          accepted: (0..<20).map { _ in stream.index(below: 60) })
      }
      let certificate = try Certificate(
        columns: columns, shape: [20, 60], pins: ["1,1=accept \\\"points\":[{"], productionFloor: nil, points: points,
        multipliers: [1, 2, 3], limits: [])
      let whole = try CanonicalJSON.encode(certificate)
      #expect(try certificate.encoded() == whole && certificate.isForm(of: whole), "\(count)")
      let read = try Certificate(from: whole)
      #expect(read.points == points && read.pins == certificate.pins && read.multipliers == [1, 2, 3], "\(count)")
      #expect(try read.isIntact() && read.isForm(of: whole), "\(count)")
      // One byte more, less or other is another form.
      #expect(try !read.isForm(of: whole + [0x20]) && !read.isForm(of: whole.dropLast()), "\(count)")
      var changed = whole
      changed[changed.count / 2] ^= 1
      #expect(try !read.isForm(of: changed), "\(count)")
      if count > 0 {
        let text = String(decoding: whole, as: UTF8.self)
        let spaced = text.replacing("},{", with: "}, {")
        #expect(try count == 1 || !Certificate(from: Data(spaced.utf8)).isForm(of: Data(spaced.utf8)), "\(count)")
        let cut = text.replacing("],\"productionFloor", with: ",],\"productionFloor")
        #expect(
          cut == text
            || (try? Certificate(from: Data(cut.utf8))).map { (try? $0.isForm(of: Data(cut.utf8))) != true } ?? true)
      }
    }
  }

  /// By the checker's own bound, step by step; the same with several threads.
  @Test func multipliersAreThoseOfTheCheckersBound() async throws {
    for trial in 0..<40 {
      let cells = table(trial)
      let points = try await CertificateWriter.certificate(of: Cells.search(cells), cells: cells, columns: columns)
        .points
      let grid = try CertifiedGrid(cells, pins: [])
      let gaps = Gap.gaps(points, floor: nil)
      func excess(_ gap: Gap, _ exponent: Double) -> Int128 {
        let whole = Int(exponent)
        let mu = Int64((1 + (exponent - Double(whole))) * Double(Int64(1) << Int64(whole)))
        return GapBound(grid, gap, multiplier: mu)?.excess ?? .max
      }
      let found = try GapMultiplier(grid).multipliers(of: gaps)
      for (gap, mu) in zip(gaps, found) where gap.leastProduction != nil && gap.risk != nil {
        var (low, high) = (0.0, 52.0)
        for _ in 0..<40 {
          let (a, b) = (low + (high - low) / 3, high - (high - low) / 3)
          if excess(gap, a) <= excess(gap, b) { high = b } else { low = a }
        }
        let found = GapBound(grid, gap, multiplier: mu)?.excess
        #expect(found == excess(gap, (low + high) / 2), "trial \(trial): \(gap.meaning)")
      }
      let many = [[Gap]](repeating: gaps, count: 1 + 40 / gaps.count).flatMap { $0 }
      let alone = try GapMultiplier(grid).multipliers(of: many)
      #expect(try GapMultiplier(grid).multipliers(of: many, workers: 4) == alone)
      #expect(alone.starts(with: found))
    }
  }

  @Test func aLimitOfTimeHoldsForCertificates() async throws {
    let cells = table(3)
    let frontier = try await Cells.search(cells)
    expectFaults(.data) {
      try CertificateWriter.certificate(of: frontier, cells: cells, columns: columns, deadline: .now)
    }
    let late = ContinuousClock.now + .seconds(600)
    #expect(
      try CertificateWriter.certificate(of: frontier, cells: cells, columns: columns, deadline: late).encoded()
        == CertificateWriter.certificate(of: frontier, cells: cells, columns: columns).encoded())
  }

  @Test func trueFrontiersAreProvenAndLiesAreRefused() async throws {
    var refused = 0
    for trial in 0..<300 {
      let cells = table(trial)
      let frontier = try await Cells.search(cells)
      let certificate = try CertificateWriter.certificate(of: frontier, cells: cells, columns: columns)
      #expect(try refusal(certificate, cells) == nil, "trial \(trial)")
      // Wrong hints may not change the verdict.
      let blind = try changed(certificate, multipliers: certificate.multipliers.map { _ in 0 })
      #expect(try refusal(blind, cells) == nil, "trial \(trial)")
      for index in certificate.points.indices {
        var points = certificate.points
        points.remove(at: index)
        var multipliers = certificate.multipliers
        multipliers.remove(at: index)
        let reason = try refusal(changed(certificate, points: points, multipliers: multipliers), cells)
        #expect(reason != nil, "trial \(trial) without point \(index + 1)")
        refused += 1
      }
      for index in certificate.points.indices {
        let point = certificate.points[index]
        var points = certificate.points
        points[index] = .init(
          production: point.production + 1, numerator: point.numerator, denominator: point.denominator,
          accepted: point.accepted)
        #expect(
          try refusal(changed(certificate, points: points), cells)?.contains("claims production")
            == true)
      }
    }
    #expect(refused > 1000)
  }

  @Test func everyKindOfLieHasItsReason() async throws {
    let cells = Cells.table(Cells.grid()) {
      CellSums(numerator: Int64(13 - $0), denominator: 700, production: Int64(10 + $0))
    }
    let certificate = try CertificateWriter.certificate(of: await Cells.search(cells), cells: cells, columns: columns)
    func reason(_ points: [Certificate.Point]) throws -> String {
      try refusal(changed(certificate, points: points), cells) ?? "proven"
    }
    let points = certificate.points
    #expect(try reason(Array(points.reversed())).contains("no more production than the point before"))
    #expect(try reason(points + points.suffix(1)).contains("no more production"))
    #expect(try reason(Array(points.dropLast())).contains("bounds for"))
    let first = try #require(points.last)
    #expect(
      try reason([.init(production: 1, numerator: 0, denominator: 0, accepted: [0])]).contains(
        "no cutoff for every bin"))
    #expect(
      try reason([.init(production: 1, numerator: 0, denominator: 0, accepted: [4, 0, 0])]).contains("is not monotone"))
    let other = Cells.table(Cells.grid((.higherIsSafer, .higherIsSafer), 2, 4)) { _ in .zero }
    #expect(try refusal(certificate, other)?.contains("grid of 3 × 4") == true)
    // The same points on a table with one better cell.
    let better = Cells.table(cells.grid) { cell in
      cell == 0 ? CellSums(numerator: 0, denominator: 700, production: 1000) : cells.booked[cell]
    }
    #expect(try refusal(certificate, better) != nil)
    #expect(first.accepted.count == 3)
    expectFaults(.data) {
      try refusal(changed(certificate, multipliers: certificate.multipliers.map { _ in 0 }), cells, limit: 1)
    }
  }
}

/// Certificates of risk limits: with pins and a floor, on two scores and on more.
@Suite struct LimitCertificateTests {
  private func columns(_ grid: CellGrid) -> Certificate.CellColumns {
    Certificate.CellColumns(
      bins: grid.axes.map(\.name), directions: grid.axes.map(\.direction), production: "p", numerator: "n",
      denominator: "d", multiplier: 7)
  }

  private func claims(_ certificate: Certificate, _ limits: [Certificate.LimitClaim]) throws -> Certificate {
    try Certificate(
      columns: certificate.columns, shape: certificate.shape, pins: certificate.pins,
      productionFloor: certificate.productionFloor, points: [], multipliers: [], limits: limits)
  }

  @Test func trueAnswersAreProvenAndWorseOnesRefused() async throws {
    var stream = RandomStream(seed: 9)
    var refused = 0
    for trial in 0..<120 {
      let shape = [[4], [3, 4], [4, 3], [2, 3, 2], [2, 2, 2, 2]][trial % 5]
      let table = SearchCases.table(shape, size: [3, 40, 100_000][trial % 3], &stream)
      let risk = SearchCases.risk(table)
      let limits = Set([0.3, 0.8, 1.2].map { ($0 * risk * 1000).rounded() / 1000 }).sorted()
      var settings = ""
      if trial % 3 == 1 {
        let cell = shape.map { String(1 + stream.index(below: $0)) }.joined(separator: ",")
        settings += "pins = [\"\(cell)=\(trial % 2 == 0 ? "accept" : "reject")\"]\n"
      }
      if trial % 4 == 1 { settings += "production_floor = \(Double(stream.index(below: 50)) / 100)\n" }
      let entries = try ConfigDocument.parse(settings, source: "test").entries
      let frontier = try await SearchCases.run("threshold", table, settings + "limits = \(limits)\n")
      let certificate: Certificate
      do {
        certificate = try CertificateWriter.certificate(
          of: frontier, cells: table, columns: columns(table.grid), settings: entries)
      } catch {
        // More scores, and pins that no strategy within the limit honours.
        #expect(shape.count > 2 && settings.contains("accept") && "\(error)".contains("has no certificate"))
        continue
      }
      let verdict = try CertificateChecker().verdict(on: certificate, cells: table)
      guard case .proven(let sentences) = verdict else {
        Issue.record("trial \(trial) \(shape) \(settings): \(verdict)")
        continue
      }
      #expect(sentences.split(separator: "\n").count == limits.count)
      // A worse strategy in the place of the optimum, and an optimum called infeasible. A flow leaves a gap; then the
      // worse strategy is within it and the sentence says how large it is.
      guard let last = certificate.limits.last, let first = certificate.limits.first(where: { $0.point != nil }),
        let worse = first.point, let best = last.point, worse.production < best.production
      else { continue }
      let lie = Certificate.LimitClaim(
        limit: last.limit, status: .optimal, point: worse, bound: worse.production, multipliers: last.multipliers,
        dual: last.dual)
      let onLie = try CertificateChecker().verdict(on: claims(certificate, [lie]), cells: table)
      if shape.count <= 2 {
        guard case .refused(let reason) = onLie else {
          Issue.record("trial \(trial): a worse strategy passes")
          continue
        }
        #expect(reason.contains("has more production"), "\(reason)")
        refused += 1
      } else if case .proven = onLie {
        Issue.record("trial \(trial): a worse strategy passes")
      }
      let denial = Certificate.LimitClaim(
        limit: last.limit, status: .infeasible, point: nil, bound: nil, multipliers: last.multipliers.map { [$0[0]] },
        dual: last.dual)
      let onDenial = try CertificateChecker().verdict(on: claims(certificate, [denial]), cells: table)
      if shape.count <= 2, case .proven = onDenial { Issue.record("trial \(trial): feasible called infeasible") }
      // The strategy of a bolder limit breaks a smaller one.
      let bold = Certificate.LimitClaim(
        limit: first.limit, status: .optimal, point: best, bound: best.production, multipliers: first.multipliers,
        dual: first.dual)
      let onBold = try CertificateChecker().verdict(on: claims(certificate, [bold]), cells: table)
      #expect(onBold == .refused("the point of \(first.limit) % has a risk above it"))
    }
    #expect(refused > 10)
  }

  @Test func aForgedFlowProvesNothing() async throws {
    var stream = RandomStream(seed: 10)
    var table = SearchCases.table([3, 3, 3], size: 100_000, &stream)
    var limit = try DecimalNumber(SearchCases.risk(table) * 0.9)
    var certificate = try CertificateWriter.certificate(
      of: await SearchCases.run("threshold", table, "limits = [\(limit)]"), cells: table, columns: columns(table.grid))
    // A case with a flow.
    while certificate.limits[0].dual?.flow.isEmpty ?? true {
      table = SearchCases.table([3, 3, 3], size: 100_000, &stream)
      limit = try DecimalNumber(SearchCases.risk(table) * 0.9)
      certificate = try CertificateWriter.certificate(
        of: await SearchCases.run("threshold", table, "limits = [\(limit)]"), cells: table, columns: columns(table.grid)
      )
    }
    let claim = certificate.limits[0]
    let dual = try #require(claim.dual)
    func verdict(
      u: Int64? = nil, v: Int64? = nil, p: Int64? = nil, flow: [[Int64]]? = nil
    ) throws -> CertificateChecker.Verdict {
      let forged = Certificate.FlowDual(
        p: p ?? dual.p, u: u ?? dual.u, v: v ?? dual.v, shift: dual.shift, flow: flow ?? dual.flow)
      let lie = Certificate.LimitClaim(
        limit: claim.limit, status: claim.status, point: claim.point, bound: claim.bound, multipliers: nil, dual: forged
      )
      return try CertificateChecker().verdict(on: claims(certificate, [lie]), cells: table)
    }
    func isRefused(_ verdict: CertificateChecker.Verdict) -> Bool { if case .refused = verdict { true } else { false } }
    #expect(isRefused(try verdict(u: 0)))
    #expect(isRefused(try verdict(p: 0)))
    #expect(isRefused(try verdict(v: -1)))
    #expect(isRefused(try verdict(flow: [[0, 0, 5]])), "the safest cell has no safer neighbour")
    #expect(isRefused(try verdict(flow: [[26, 1, -5]])))
    #expect(isRefused(try verdict(flow: [[99, 1, 5]])))
    // Without its flow the dual is a looser bound, which does not show what is claimed.
    #expect(isRefused(try verdict(flow: [])))
  }

  /// A flow whose sum leaves 128 bits when it is scaled back once proved any bound.
  @Test func aFlowBeyondAllSumsIsRefused() throws {
    let table = Cells.table(SearchCases.grid([1, 1, 2], [.higherIsRiskier])) { cell in
      CellSums(numerator: 100, denominator: 10_000, production: cell == 0 ? 2000 : 1000)
    }
    let whole = Int128(1) << 66
    let flows = (0..<8).map { _ in [Int64(1), 2, Int64((whole - 1000) / 8)] }
    let dual = Certificate.FlowDual(p: 1 << 62, u: 0, v: 0, shift: 62, flow: flows)
    let claim = Certificate.LimitClaim(
      limit: try DecimalNumber(100), status: .infeasible, point: nil, bound: nil, multipliers: nil, dual: dual)
    let forged = try Certificate(
      columns: columns(table.grid), shape: [1, 1, 2], pins: [], productionFloor: nil, points: [], multipliers: [],
      limits: [claim])
    guard case .refused = try CertificateChecker().verdict(on: forged, cells: table) else {
      Issue.record("a forged flow proves that nothing fits")
      return
    }
  }

  /// With more scores a claim must be what its dual shows, no more.
  @Test func claimsBeyondTheDualAreRefused() async throws {
    var stream = RandomStream(seed: 12)
    let table = SearchCases.table([3, 3, 3], size: 100_000, &stream)
    let limit = try DecimalNumber(SearchCases.risk(table) * 2)
    let certificate = try CertificateWriter.certificate(
      of: await SearchCases.run("threshold", table, "limits = [\(limit)]"), cells: table, columns: columns(table.grid))
    let claim = certificate.limits[0]
    let loose = Certificate.FlowDual(p: 1, u: 0, v: 0, shift: 0, flow: [])
    let half = try #require(try await SearchCases.run("frontier", table).points.first { $0.production > 0 })
    let point = Certificate.Point(
      production: half.production, numerator: half.numerator, denominator: half.denominator,
      accepted: half.strategy.accepted)
    for (status, point, bound) in [
      (Frontier.Answer.Status.optimal, point, Optional(point.production)), (.infeasible, nil, nil),
      (.unproven, point, point.production), (.unproven, nil, 1),
    ] as [(Frontier.Answer.Status, Certificate.Point?, Int64?)] {
      let lie = Certificate.LimitClaim(
        limit: claim.limit, status: status, point: point, bound: bound, multipliers: nil, dual: loose)
      let forged = try claims(certificate, [lie])
      guard case .refused = try CertificateChecker().verdict(on: forged, cells: table) else {
        Issue.record("\(status) passes")
        continue
      }
    }
  }
}
