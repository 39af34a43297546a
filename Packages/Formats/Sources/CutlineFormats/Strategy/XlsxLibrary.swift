internal import CXlsx
@_spi(Run) internal import CutlineCore
internal import Foundation

/// The functions of a libxlsxwriter that was found at run time.
///
/// Unchecked, because it points to a C table, which is never changed nor freed.
struct XlsxLibrary: @unchecked Sendable {
  private let functions: UnsafePointer<cutline_xlsx>

  /// The library of this system, looked for when first asked.
  static let installed = Result { () throws(Faults) in try XlsxLibrary(candidates: candidates) }

  /// Beside the installed program, then what the dynamic loader knows: versions 1.1, later ones, and that of developers.
  static var candidates: [String] {
    // Without /proc the name that the program was started by is the best that there is.
    let program =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    let prefix = ((program as NSString).deletingLastPathComponent as NSString).deletingLastPathComponent
    return ["\(prefix)/lib/cutline/libxlsxwriter.so"] + (4...12).reversed().map { "libxlsxwriter.so.\($0)" }
      + ["libxlsxwriter.so"]
  }

  /// Opens the first candidate that is there.
  /// - Throws: `Faults` (usage) where none is there or usable.
  init(candidates: [String]) throws(Faults) {
    var reasons: [String] = []
    for candidate in candidates {
      if candidate.contains("/"), !FileManager.default.fileExists(atPath: candidate) { continue }
      var problem = [CChar](repeating: 0, count: 512)
      if let functions = cutline_xlsx_load(candidate, &problem, problem.count) {
        self.functions = functions
        return
      }
      reasons.append(String(decoding: problem.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
    }
    throw Faults.usage(
      "xlsx", "the library libxlsxwriter is not installed or cannot be used: \(reasons.last ?? "there is none")",
      "Run scripts/setup, or apt-get install libxlsxwriter-dev, or export to another format.")
  }

  /// The bytes of a file. Its time of making is a fixed one, so that equal workbooks are equal bytes.
  /// - Throws: `Faults` (io) where the temporary folder takes no file, `Faults` (data) where the library refuses a value.
  func bytes(of book: Workbook) throws -> Data {
    let folder = try PrivateFolder()
    let path = folder.path + "/strategy.xlsx"
    try write(book, to: path)
    defer { withExtendedLifetime(folder) {} }
    return try FileSystem.read(path)
  }

  /// 2000-01-01.
  private static let moment = 946_684_800

  private func write(_ book: Workbook, to path: String) throws {
    guard let workbook = functions.pointee.create(path) else { throw failure("it gave no workbook") }
    var isOpen = true
    defer { if isOpen { _ = functions.pointee.close(workbook) } }
    try book.title.withCString { title in
      var properties = cutline_xlsx_properties()
      properties.title = title
      properties.created = Self.moment
      try check(functions.pointee.set_properties(workbook, &properties))
    }
    var forms: [Workbook.Form: UnsafeMutableRawPointer] = [:]
    for form in Workbook.Form.allCases where form != .plain {
      guard let own = functions.pointee.add_format(workbook) else { throw failure("it gave no format") }
      switch form {
      case .header: functions.pointee.set_bold(own)
      case .percent: functions.pointee.set_number_form(own, "0.00%")
      case .amount: functions.pointee.set_number_form(own, "#,##0.00")
      case .count: functions.pointee.set_number_form(own, "0")
      case .accepted: functions.pointee.set_background(own, 0xC6EFCE)
      case .rejected: functions.pointee.set_background(own, 0xF2F2F2)
      case .plain: break
      }
      forms[form] = own
    }
    for sheet in book.sheets {
      guard let own = functions.pointee.add_sheet(workbook, sheet.name) else { throw failure("it gave no sheet") }
      for (row, cells) in sheet.rows.enumerated() {
        for (column, cell) in cells.enumerated() {
          guard let row = UInt32(exactly: row), row < 1_048_576, let column = UInt16(exactly: column), column < 16_384
          else {
            throw Faults.data("xlsx", "the sheet \(sheet.name) is larger than a spreadsheet", "Use fewer bins.")
          }
          switch cell {
          case .empty: break
          case .number(let value, let form):
            try check(functions.pointee.write_number(own, row, column, value, forms[form]))
          case .text(let text, let form):
            // A string is no formula here; where the sheet is saved as CSV it would become one.
            try check(functions.pointee.write_text(own, row, column, CsvText.guarded(text), forms[form]))
          }
        }
      }
      for (column, width) in sheet.widths.enumerated() {
        guard let column = UInt16(exactly: column) else { break }
        try check(functions.pointee.set_width(own, column, column, width, nil))
      }
      functions.pointee.freeze(own, UInt32(clamping: sheet.frozenRows), UInt16(clamping: sheet.frozenColumns))
    }
    isOpen = false
    try check(functions.pointee.close(workbook))
  }

  private func check(_ code: Int32) throws {
    guard code != 0 else { return }
    throw failure(functions.pointee.error_text(code).map { String(cString: $0) } ?? "code \(code)")
  }

  private func failure(_ reason: String) -> Faults {
    Faults.data("xlsx", "the library libxlsxwriter refused: \(reason)", "Export to another format.")
  }
}
