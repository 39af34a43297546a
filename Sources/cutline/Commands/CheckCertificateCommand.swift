internal import CutlineCore
internal import CutlineOptimize
internal import Foundation

struct CheckCertificateCommand: Command {
  static let name = "check-certificate"
  static let summary = "Proves or refuses a frontier from its certificate, without any of the searches."
  static let operands = ["CELLS", "CERTIFICATE"]
  static let options: [Option] = [
    .value("limit", "N", "Most open cases held at a time (default 5000000).")
  ]
  static let details = """
    CELLS is the cell table that the frontier was found on, CERTIFICATE what cutline frontier --certificate wrote. The
    check re-adds every point, and walks all strategies with bounds computed anew in 128-bit integers; see
    docs/methods/certificate.md. Exit 0: proven. Exit 6: refused, with the reason.
    """

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    let path = arguments.operands[1]
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw FileError(path, "cannot be read: \(error.localizedDescription)", "Check the path.")
    }
    let certificate: FrontierCertificate
    do {
      certificate = try CanonicalJSON.decode(FrontierCertificate.self, from: data)
    } catch {
      throw IntegrityError(
        path, "is not a certificate of this version", "Write it with cutline frontier --certificate.")
    }
    let columns = certificate.columns
    let csv = try CellCsv(arguments.operands[0], names: columns.bins, directions: columns.directions.map(\.rawValue))
    let cells = try csv.cellTable(
      production: columns.production, numerator: columns.numerator, denominator: columns.denominator, multiplier: 1)
    let limit = try arguments.integer("limit", in: 1...1_000_000_000) ?? 5_000_000
    if let refusal = try CertificateChecker(limit: limit).refusal(of: certificate, cells: cells) {
      throw IntegrityError(path, "is refused: \(refusal)", "Do not use this frontier.")
    }
    Console.out(
      "\(path): proven: its \(certificate.points.count) points are the whole frontier of \(arguments.operands[0]).\n")
    return .ok
  }
}
