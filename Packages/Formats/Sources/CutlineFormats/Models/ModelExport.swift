internal import CutlineCore
public import CutlineCredit
internal import Foundation

/// A model as text that other programs run: SQL, C, PMML, or JSON that is read back to the same bits.
///
/// Every format computes the operations of the form's single-record function in its order (docs/methods/model-forms.md), with
/// doubles in the shortest decimals that read back as the same double. So models of +, −, ×, ÷ and comparisons give the same
/// bits wherever arithmetic is IEEE 754 double; `tolerance` says what exp, ln and erfc of another library may add. docs/models.md
/// says how to run each.
public enum ModelExport {
  public enum Format: String, Sendable, CaseIterable {
    /// PMML 4.4.
    case pmml
    /// One SELECT for SQLite, PostgreSQL and DuckDB.
    case sql
    /// One C99 file.
    case c
    /// The model itself, documented and versioned; `PortableModel` reads it back.
    case json

    /// Of a file: `pmml`.
    public var fileExtension: String { rawValue }
  }

  public struct Options: Sendable {
    /// sql: the table that is read.
    public var table = "applications"
    /// sql: the column that is added.
    public var column = "prediction"
    /// c: the name of the function.
    public var function = "cutline_predict"

    public init() {}
  }

  /// The text of a model in a format.
  ///
  /// - Throws: `Faults` (data) where the format cannot carry the model, `Faults` (usage) for names that it cannot have.
  /// - Complexity: O(size of the model); of `cells`, cells × edges in SQL and PMML.
  public static func text(of model: Model, as format: Format, options: Options = Options()) throws -> String {
    switch format {
    case .sql: try SqlModel.text(of: model, table: options.table, column: options.column)
    case .c: try CModel.text(of: model, function: options.function)
    case .pmml: try PmmlModel.text(of: model)
    case .json: try String(decoding: PortableModel.encode(model), as: UTF8.self)
    }
  }

  /// `; the codes 0, 9999 count as missing`, or nothing.
  static func codes(of feature: Model.Feature) -> String {
    guard let codes = feature.codes else { return "" }
    return "; the codes \(codes.map(DecimalText.shortest).joined(separator: ", ")) count as missing"
  }

  /// What the exported model promises, as a sentence: the same bits, or a relative difference.
  public static func promise(of model: Model, as format: Format) -> String {
    if format == .json { return "Read back, it gives the same bits." }
    if format == .pmml, !model.form.usesFunctions {
      return "Readers that add from the left give the bits of cutline, others are within 1e-12 of it, relatively."
    }
    if !model.form.usesFunctions { return "Where arithmetic is IEEE 754 double, it gives the bits of cutline." }
    if format == .c { return "exp, log and erfc are those of the C library: within 1e-13 of cutline, relatively." }
    let range = model.form.linkCount > 1 ? ", while what exp is taken of stays within ±700" : ""
    return
      "exp and ln are those of the program that runs it: within 1e-12 of cutline, relatively, and 1e-200 beside 0\(range)."
  }
}
