internal import CutlineAllocate
@_spi(Run) internal import CutlineCore
internal import CutlineCredit
internal import CutlineOptimize
internal import CutlineWorkspace
internal import Foundation

struct CheckCertificateCommand: Command {
  static let name = "check-certificate"
  static let group = CommandGroup.strategies
  static let summary =
    "Proves or refuses the result of a search or an allocation from its certificate, without any search."
  static let operands = ["CELLS", "[CERTIFICATE]"]
  static let options: [Option] =
    [
      .value(
        "limit", "N",
        "Most open cases held at a time, some 112 bytes each (default \(CertificateChecker.defaultLimit)).")
    ] + TableInput.options
  static let details = """
    CELLS is a run folder, or the cell table that the search was made on; CERTIFICATE is what cutline frontier
    --certificate wrote, without it the one that the run wrote, and then its scenarios are held against it. The
    certificate of an allocation holds its points itself: cutline check-certificate CERTIFICATE. The check re-adds every
    point and computes all bounds anew in 128-bit integers; see docs/methods/certificate.md. Exit 0: proven, and what.
    Exit 6: refused, with the reason. Exit 3: the limit was reached, neither proven nor refused.
    """

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    let subject = arguments.operands[0]
    let isRun = PathKind.isFolder(subject)
    guard isRun || arguments.operands.count > 1 else { return try allocation(arguments) }
    let run = isRun ? try VerifiedRun(subject) : nil
    let path = try arguments.operands.dropFirst().first ?? ownPath(run, subject)
    let data = try data(path)
    _ = try Certificate.storedFormat.check(Certificate.head(of: data), at: path)
    let certificate: Certificate
    do {
      certificate = try Certificate(from: data)
    } catch {
      throw Faults.integrity(
        path, "is not a certificate of this version", "Write it with cutline frontier --certificate.")
    }
    // A file that says more than a certificate does, or says it otherwise, was not written by us.
    let isIntact = try certificate.isIntact() && certificate.isForm(of: data)
    let verdict: CertificateChecker.Verdict
    let claim: String
    do {
      (verdict, claim) = try self.verdict(on: certificate, run, arguments)
    } catch let error as Faults {
      // Of a changed file nothing else needs to be said.
      guard isIntact else { throw changed(path) }
      throw error
    }
    switch verdict {
    case .refused(let reason):
      throw Faults.integrity(path, "is refused: \(reason)", "Do not use this result.")
    case .proven(let sentences):
      guard isIntact else { throw changed(path) }
      Console.out("\(path): proven on \(subject), \(claim):\n\(sentences)\n")
      guard let run, arguments.operands.count == 1 else { return .ok }
      for line in try CertifiedScenarios(run, certificate).lines() { Console.out(line + "\n") }
      return .ok
    }
  }

  /// The certificate that a run wrote.
  private static func ownPath(_ run: VerifiedRun?, _ subject: String) throws -> String {
    guard let file = run?.manifest.files.first(where: { $0.path.hasSuffix("/certificate.json") }) else {
      throw Faults.usage(
        subject, "its run wrote no certificate",
        "Its notes say why: stated cutoffs, limits on swap-ins or changes and nesting have none, nor has certificate = \"none\"."
      )
    }
    return "\(subject)/\(file.path)"
  }

  private static func data(_ path: String) throws -> Data {
    try FileSystem.read(path)
  }

  /// Of an allocation: the file alone.
  private static func allocation(_ arguments: Arguments) throws -> ExitCode {
    let path = arguments.operands[0]
    let data = try data(path)
    guard data.first == UInt8(ascii: "{") else {
      throw Faults.usage(
        "CERTIFICATE", "is missing: \(path) is none", "Name the cells and the certificate of their search.")
    }
    _ = try AllocationCertificate.storedFormat.check(data, at: path)
    let certificate: AllocationCertificate
    do {
      certificate = try CanonicalJSON.decode(AllocationCertificate.self, from: data)
    } catch {
      throw Faults.integrity(
        path, "is not a certificate of this version", "Write it with cutline allocate --certificate.")
    }
    guard try certificate.isIntact(), try certificate.isForm(of: data) else { throw changed(path) }
    let limit = try arguments.integer("limit", in: 1...1_000_000_000) ?? CertificateChecker.defaultLimit
    switch try AllocationChecker(limit: limit).verdict(on: certificate) {
    case .refused(let reason): throw Faults.integrity(path, "is refused: \(reason)", "Do not use this result.")
    case .proven(let sentence):
      Console.out("\(path): proven, \(sentence)\n")
      return .ok
    }
  }

  private static func changed(_ path: String) -> Faults {
    Faults.integrity(
      path, "is refused: it was changed after it was written (its checksum or form does not match)",
      "Do not use this result.")
  }

  /// The verdict, and what it is about: columns, directions, pins, floor.
  private static func verdict(
    on certificate: Certificate, _ run: VerifiedRun?, _ arguments: Arguments
  ) throws -> (CertificateChecker.Verdict, String) {
    let columns = certificate.columns
    guard columns.multiplier > 0, columns.multiplier.isFinite, !columns.bins.isEmpty else {
      throw Faults.integrity("certificate", "its columns or multiplier are none", "Do not use this result.")
    }
    let (cells, labels) = try cells(of: certificate, run, arguments)
    let limit = try arguments.integer("limit", in: 1...1_000_000_000) ?? CertificateChecker.defaultLimit
    let verdict = try CertificateChecker(limit: limit).verdict(on: certificate, cells: cells)
    let scores = zip(columns.bins, columns.directions).map { "\($0) \($1.rawValue)" }.joined(separator: ", ")
    var claim = "production \(columns.production), risk \(columns.multiplier) · \(columns.numerator) / "
    claim += "\(columns.denominator), \(scores)"
    if !certificate.pins.isEmpty { claim += ", of strategies with \(pins(certificate, labels))" }
    if let floor = certificate.productionFloor {
      claim += ", of strategies with a production of at least \(certificate.scale.shortText(floor))"
    }
    return (verdict, claim)
  }

  /// The sums that the certificate is about, and the numbers of their bins.
  private static func cells(
    of certificate: Certificate, _ run: VerifiedRun?, _ arguments: Arguments
  ) throws -> (CellTable, [[Int]]) {
    let columns = certificate.columns
    guard let run else {
      let csv = try CellCsv(
        arguments.operands[0], names: columns.bins, directions: columns.directions.map(\.rawValue),
        read: TableInput(arguments).read, say: TableInput.say)
      let cells = try csv.cellTable(
        production: columns.production, numerator: columns.numerator, denominator: columns.denominator,
        multiplier: columns.multiplier, scale: certificate.scale)
      return (cells, csv.labels)
    }
    guard columns == CertifiedCells(cells: run.cells).columns else {
      throw Faults.integrity(
        "certificate", "is about other columns, directions or another multiplier than the run's",
        "Name the cell table that it was made on.")
    }
    return (run.cells, run.cells.grid.axes.map { Array(1...$0.binCount) })
  }

  /// The pins by the numbers of the file's bins.
  private static func pins(_ certificate: Certificate, _ labels: [[Int]]) -> String {
    certificate.pins.map { pin in
      let parts = pin.split(separator: "=").map(String.init)
      let bins = (parts.first ?? "").split(separator: ",").enumerated().map { score, bin in
        let own = score < labels.count ? labels[score] : []
        return Int(bin).flatMap { own.indices.contains($0 - 1) ? String(own[$0 - 1]) : nil } ?? String(bin)
      }
      return bins.joined(separator: ",") + "=" + (parts.last ?? "")
    }
    .joined(separator: " and ")
  }
}
