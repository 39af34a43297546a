import CutlineCompute
import CutlineCore
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
  ) -> Certificate {
    Certificate(
      format: certificate.format, columns: certificate.columns, shape: certificate.shape, pins: certificate.pins,
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

  @Test func trueFrontiersAreProvenAndLiesAreRefused() async throws {
    var refused = 0
    for trial in 0..<300 {
      let cells = table(trial)
      let frontier = try await Cells.search(cells)
      let certificate = try CertificateWriter.certificate(of: frontier, cells: cells, columns: columns)
      #expect(try refusal(certificate, cells) == nil, "trial \(trial)")
      // Wrong hints may not change the verdict.
      let blind = changed(certificate, multipliers: certificate.multipliers.map { _ in 0 })
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
    #expect(throws: NumericError.self) {
      try refusal(changed(certificate, multipliers: certificate.multipliers.map { _ in 0 }), cells, limit: 1)
    }
  }
}
