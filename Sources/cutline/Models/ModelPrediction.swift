internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit
internal import CutlineData
internal import CutlineModels
internal import Foundation

/// A table with a column of predictions.
enum ModelPrediction {
  /// - Throws: `Faults` (usage) for a feature that is no column; (data) for one of text; (io) where a file is there already.
  static func write(_ path: String, _ arguments: Arguments) throws {
    guard arguments.operands.count == 3 else {
      throw Faults.usage("cutline models predict", "names no table", "Write cutline models predict PATH TABLE -o FILE.")
    }
    guard let output = arguments["output"] else {
      throw Faults.usage("cutline models predict", "names no file to write", "Give --output FILE.")
    }
    let input = arguments.operands[2]
    let paths = [input, output].map(PathKind.real)
    guard paths[0] != paths[1] else {
      throw Faults.usage("--output", "\(output) is the file that is read", "Name another file.")
    }
    if !arguments.has("force"), FileManager.default.fileExists(atPath: output) {
      throw Faults.io(output, "is there already", "Name another file, or replace it with --force.")
    }
    let stored = try StoredModel(path)
    let model = try stored.requiredModel()
    let table = try TableInput(arguments).read(input)
    let name = arguments["column"] ?? "prediction"
    guard table[name] == nil else {
      throw Faults.usage("--column", "\(input) has a column \(name) already", "Name another one with --column.")
    }
    let predictions = try predict(model, on: table, named: input)
    let column = Column(name: name, label: "\(model.name), \(model.unit)", values: .number(predictions))
    let scored = try Table(columns: table.columns + [column], rowCount: table.rowCount)
    for note in try TableWriter.write(scored, to: output, style: .display) { Console.error("  \(note)") }
    let without = predictions.count { $0.isNaN }
    Console.error(
      "\(output): \(table.rowCount) rows, \(without) without a prediction; \(model.name), unit \(model.unit)")
    for feature in model.features {
      guard let codes = feature.codes else { continue }
      Console.error(
        "  special codes of \(feature.name) count as missing: \(codes.map { ConfigValue.number($0) }.joined(separator: ", "))"
      )
    }
    // A model of cells is asked about records here, also far from every cell.
    let outside = predictions.count { $0 < 0 || $0 > 1 }
    if model.unit == "fraction", outside > 0 {
      Console.error(
        "  warning: \(outside) predictions lie outside 0 to 1: the model extrapolates there; a run takes what is below 0 as 0"
      )
    }
  }

  private static func predict(_ model: Model, on table: Table, named path: String) throws -> [Double] {
    var reading = Reading()
    var columns: [[Double]] = []
    for feature in model.features {
      try reading.attempt { columns.append(try Self.values(of: feature, table, path)) }
    }
    try reading.finish()
    var values: [Double]
    do {
      values = try model.form.evaluate(
        columns: columns, rows: table.rowCount, workers: ProcessInfo.processInfo.activeProcessorCount)
    } catch { throw Faults(error) }
    // What the model refuses has no prediction, whatever its form would make of it.
    for (feature, column) in zip(model.features, columns) where feature.missing == .refuse {
      for row in column.indices where column[row].isNaN { values[row] = .nan }
    }
    return values
  }

  private static func values(of feature: Model.Feature, _ table: Table, _ path: String) throws -> [Double] {
    let column =
      table[feature.name] ?? table.columns.first { $0.originalName == feature.name }
      ?? table[feature.name.lowercased().replacing(" ", with: "_")]
    guard let column else {
      let hint = DidYouMean.phrase(for: feature.name, among: table.names)
      throw Faults.usage(
        path, "has no column \(feature.name), which the model needs\(hint)",
        "Columns found: \(table.names.joined(separator: ", ")).")
    }
    switch column.values {
    case .number(let values):
      guard let codes = feature.codes else { return values }
      return values.map { codes.contains($0) ? .nan : $0 }
    case .moment:
      throw Faults.data(
        "column \(column.name)", "holds dates, where the model needs a number", "State its type with --type.")
    case .text:
      throw Faults.data(
        "column \(column.name)", "holds text, where the model needs a number",
        "State its type with --type, or what means missing with --missing.")
    }
  }
}
