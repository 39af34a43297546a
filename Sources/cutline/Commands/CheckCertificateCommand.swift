internal import CutlineCore
internal import CutlineOptimize
internal import Foundation

struct CheckCertificateCommand: Command {
  static let name = "check-certificate"
  static let summary = "Proves or refuses the result of a search from its certificate, without any of the searches."
  static let operands = ["CELLS", "CERTIFICATE"]
  static let options: [Option] = [
    .value("limit", "N", "Most open cases held at a time (default 5000000).")
  ]
  static let details = """
    CELLS is the cell table that the search was made on, CERTIFICATE what cutline frontier --certificate wrote. The
    check re-adds every point and computes all bounds anew in 128-bit integers; see docs/methods/certificate.md. Exit 0:
    proven, and what. Exit 6: refused, with the reason. Exit 3: the limit was reached, neither proven nor refused.
    """

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    let path = arguments.operands[1]
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw FileError(path, "cannot be read: \(error.localizedDescription)", "Check the path.")
    }
    let certificate: Certificate
    do {
      certificate = try CanonicalJSON.decode(Certificate.self, from: data)
    } catch {
      throw IntegrityError(
        path, "is not a certificate of this version", "Write it with cutline frontier --certificate.")
    }
    let columns = certificate.columns
    guard columns.multiplier > 0, columns.multiplier.isFinite else {
      throw IntegrityError(path, "its multiplier is \(columns.multiplier)", "Do not use this certificate.")
    }
    let csv = try CellCsv(arguments.operands[0], names: columns.bins, directions: columns.directions.map(\.rawValue))
    let cells = try csv.cellTable(
      production: columns.production, numerator: columns.numerator, denominator: columns.denominator,
      multiplier: columns.multiplier)
    let limit = try arguments.integer("limit", in: 1...1_000_000_000) ?? 5_000_000
    switch try CertificateChecker(limit: limit).verdict(on: certificate, cells: cells) {
    case .refused(let reason):
      throw IntegrityError(path, "is refused: \(reason)", "Do not use this result.")
    case .proven(let sentences):
      Console.out("\(path): proven on \(arguments.operands[0]):\n\(sentences)\n")
      return .ok
    }
  }
}
