@_spi(Run) internal import CutlineCore
internal import CutlineCredit
internal import CutlineModels
internal import CutlineWorkspace
internal import Foundation

/// The models below a folder as a table.
enum ModelList {
  /// Prints them, and the damaged ones with what is wrong.
  /// - Throws: `Faults` (io) where the folder cannot be read.
  static func print(_ path: String) throws -> ExitCode {
    var table = TextTable(["Model", "Estimator", "Features", "Deviance", "R²", "Digest"], textColumns: 3)
    var damaged: [Faults] = []
    var count = 0
    for folder in try folders(below: path) {
      do {
        let stored = try StoredModel(folder)
        let surface = stored.surface
        let chosen = surface?.chosen
        table.add([
          folder, surface?.estimator ?? stored.model?.name ?? "",
          surface?.featureSet ?? "\(stored.model?.features.count ?? 0)",
          number(chosen?.outOfFoldDeviance, 6), number(chosen?.outOfFoldR2, 4), String(stored.digest.prefix(16)),
        ])
        count += 1
        if surface != nil { _ = try stored.exposure() }
      } catch let faults as Faults { damaged.append(faults) }
    }
    if count > 0 {
      Console.out(table.text + "  Deviance and R² are out of the folds, weighted by exposure.\n")
    } else if damaged.isEmpty {
      Console.error("  no models in \(path)")
    }
    for faults in damaged { Console.failure(faults) }
    return damaged.first?.code ?? .ok
  }

  static func number(_ value: Double?, _ decimals: Int) -> String {
    value.map { TextTable.fixed($0, decimals) } ?? "–"
  }

  /// Model folders in the folder itself, its `models`, and those of the folders in it.
  private static func folders(below path: String) throws -> [String] {
    let entries = try FileSystem.names(in: path)
    let own = StoredModel.folders(in: path)
    guard own.isEmpty else { return own }
    return entries.filter { !$0.hasPrefix(".") }.flatMap {
      StoredModel.folders(in: "\(path == "." ? "" : path + "/")\($0)")
    }
  }
}
