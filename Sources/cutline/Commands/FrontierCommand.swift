internal import CutlineCompute
internal import CutlineCore
internal import CutlineData
internal import CutlineOptimize
internal import Foundation

struct FrontierCommand: Command {
  static let name = "frontier"
  static let summary = "Finds the exact frontier of production and risk of a cell table."
  static let options: [Option] = [
    .value("cells", "FILE", "One row a cell: CSV, SAS7BDAT or XPT; absent cells are zero (required)."),
    .value("grid", "A,B", "The columns that hold the bins (required)."),
    .value("directions", "X,Y", "higher-is-safer or higher-is-riskier per column, for the bin numbers (required)."),
    .value("production", "COLUMN", "What is maximised (default amount)."),
    .value("numerator", "COLUMN", "Risk numerator (default todu30)."),
    .value("denominator", "COLUMN", "Risk denominator (default pile)."),
    .value("multiplier", "M", "Risk = multiplier · numerator / denominator (default 7)."),
    .value("search", "NAME", "Which search: see cutline list (default frontier)."),
    .value("pin", "A,B=accept", repeats: true, "A cell that every strategy accepts (or =reject), by its bins."),
    .value("device", "NAME", "Where it runs; the result does not depend on it (default auto)."),
    .value("threads", "N", "Threads (default: all cores). The result does not depend on it."),
    .value("output", short: "o", "FILE", "Write the frontier there as CSV (default: standard output)."),
    .value("certificate", "FILE", "Also write what cutline check-certificate needs to prove the frontier complete."),
    .flag("count", "Print the number of strategies and stop."),
    .flag("json", "Print counts, device and times as JSON on standard output; needs --output."),
  ]
  static let details = """
    Output: production, numerator, denominator, risk_pct in ascending risk, then one column cut_<bin> per bin of the
    first variable with its cutoff: the riskiest bin of the second variable still accepted, empty where none is.

    Example:
      cutline frontier --cells cells.csv --grid i,j --directions higher-is-safer,higher-is-safer \\
        --production amount --numerator todu30 --denominator pile --output frontier.csv
    """

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    func required(_ name: String) throws -> String {
      guard let value = arguments[name] else {
        throw ConfigError("--\(name)", "is missing", "See cutline frontier --help.")
      }
      return value
    }
    func list(_ text: String) -> [String] { text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } }
    let clock = ContinuousClock()
    let start = clock.now
    let csv = try CellCsv(required("cells"), names: list(required("grid")), directions: list(required("directions")))
    if arguments.has("count") {
      guard csv.grid.axes.count == 2 else {
        throw ConfigError(
          "--count", "counts strategies of two scores, found \(csv.grid.axes.count)", "Name two columns.")
      }
      Console.out(StrategyCount.decimal(rows: csv.grid.axes[0].binCount, columns: csv.grid.axes[1].binCount) + "\n")
      return .ok
    }
    if arguments.has("json"), arguments["output"] == nil {
      throw ConfigError(
        "--json", "prints the report where the frontier would go", "Add --output FILE for the frontier.")
    }
    let multiplier = try self.multiplier(arguments)
    let cells = try cellTable(csv, arguments, multiplier)
    let read = clock.now
    let frontier = try await search(cells, csv.labels, arguments)
    let searched = clock.now
    if let path = arguments["certificate"] { try writeCertificate(frontier, cells, arguments, to: path) }
    let output = try FrontierCsv(
      frontier, labels: CutoffLabels(grid: csv.grid, labels: csv.labels), multiplier: multiplier)
    if let path = arguments["output"] { try output.write(to: path) } else { Console.out(output.text) }
    let report = Report(
      strategies: frontier.strategyCount, points: frontier.points.count, search: frontier.search,
      device: arguments["device"] ?? "auto", readSeconds: seconds(start, read), searchSeconds: seconds(read, searched),
      writeSeconds: seconds(searched, clock.now))
    if arguments.has("json") {
      Console.out(String(decoding: try CanonicalJSON.encode(report, pretty: true), as: UTF8.self) + "\n")
    } else {
      Console.error("\(report.points) points from \(report.strategies) strategies (\(report.search))")
      for interval in frontier.open {
        let ends = [interval.from, interval.to].map { $0.map { "\(100 * multiplier * $0) %" } ?? "the end" }
        Console.error("open: risks from \(ends[0]) to \(ends[1]); a limit of the search was reached")
      }
    }
    return .ok
  }

  private struct Report: Encodable {
    let strategies: String
    let points: Int
    let search, device: String
    let readSeconds, searchSeconds, writeSeconds: Double
  }

  private static func seconds(_ a: ContinuousClock.Instant, _ b: ContinuousClock.Instant) -> Double {
    let parts = (b - a).components
    return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
  }

  private static func multiplier(_ arguments: Arguments) throws -> Double {
    guard let text = arguments["multiplier"] else { return 7 }
    guard let value = Double(text), value > 0, value.isFinite else {
      throw ConfigError("--multiplier", "\"\(text)\" is not a positive number", "Give one, such as 7.")
    }
    return value
  }

  private static func cellTable(_ csv: CellCsv, _ arguments: Arguments, _ multiplier: Double) throws -> CellTable {
    try csv.cellTable(
      production: arguments["production"] ?? "amount", numerator: arguments["numerator"] ?? "todu30",
      denominator: arguments["denominator"] ?? "pile", multiplier: multiplier)
  }

  private static func writeCertificate(
    _ frontier: Frontier, _ cells: CellTable, _ arguments: Arguments, to path: String
  ) throws {
    let columns = FrontierCertificate.CellColumns(
      bins: cells.grid.axes.map(\.name), directions: cells.grid.axes.map(\.direction),
      production: arguments["production"] ?? "amount", numerator: arguments["numerator"] ?? "todu30",
      denominator: arguments["denominator"] ?? "pile")
    let certificate = try CertificateWriter.certificate(of: frontier, cells: cells, columns: columns)
    do {
      try CanonicalJSON.encode(certificate).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw FileError(path, "cannot be written: \(error.localizedDescription)", "Check the path and permissions.")
    }
  }

  private static func search(_ cells: CellTable, _ labels: [[Int]], _ arguments: Arguments) async throws -> Frontier {
    let place = Place(source: "--search")
    let stage = try Plugins.registry().stage(kind: "search", name: arguments["search"] ?? "frontier", at: place)
    let workers = try arguments.integer("threads", in: 1...1024) ?? ProcessInfo.processInfo.activeProcessorCount
    let view = ProgressView()
    let context = RunContext(
      stageID: "search", seed: 0, workers: workers, device: try arguments.choice("device", DeviceChoice.self) ?? .auto
    ) { view.show($0) }
    let output = try await stage.instance(pins(arguments, labels)).run(["cells": cells], in: context)
    guard let frontier = output as? Frontier else {
      throw ConfigError("--search", "\(stage.name) gives no frontier", "Name another search.")
    }
    return frontier
  }

  /// The pins as the stage takes them: bins by position instead of by the numbers of the file.
  private static func pins(_ arguments: Arguments, _ labels: [[Int]]) throws -> [ConfigTable.Entry] {
    let given = arguments.all("pin")
    guard !given.isEmpty else { return [] }
    let place = Place(source: "--pin")
    let texts = try given.map { text in
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      let numbers = parts[0].split(separator: ",").map { Int($0.trimmingCharacters(in: .whitespaces)) }
      guard parts.count == 2, numbers.count == labels.count else {
        throw ConfigError("--pin \(text)", "is not a cell and a decision", "Write for instance --pin 3,7=accept.")
      }
      let bins = try zip(numbers, labels).map { number, own in
        guard let number, let bin = own.firstIndex(of: number) else {
          throw ConfigError(
            "--pin \(text)", "names a bin that the cells do not have",
            "Bins: \(own.map(String.init).joined(separator: ", ")).")
        }
        return String(bin + 1)
      }
      return ConfigValue(.string(bins.joined(separator: ",") + "=" + parts[1]), at: Place(source: "--pin \(text)"))
    }
    return [.init(key: "pins", place: place, value: ConfigValue(.array(texts), at: place))]
  }
}
