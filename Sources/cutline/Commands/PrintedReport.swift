internal import CutlineCore
internal import CutlineReport
internal import CutlineRun
internal import CutlineWorkspace
internal import Foundation

/// The page of a run or of a batch, on paper.
enum PrintedReport {
  /// Stands where a picture is named.
  static let name = "report"

  /// - Throws: `Faults` (usage) where there is no browser or another form is asked for, (integrity) where the page is not the
  ///   one that the run wrote, (io).
  static func pdf(of folders: [String], as form: String) async throws -> Data {
    guard form == ChartFile.Form.pdf.rawValue else {
      throw Faults.usage(
        "--output", "names no PDF, and a report is a page already",
        "Name a file that ends in .pdf, or copy report.html.")
    }
    guard folders.count == 1 else {
      throw Faults.usage("cutline chart \(name)", "\(folders.count) folders are named", "Name one run or batch.")
    }
    let page = try page(of: folders[0])
    guard let printer = PagePrinter.find() else {
      throw Faults.usage("cutline chart \(name)", PagePrinter.absence, "Install the package chromium.")
    }
    return Data(try await printer.pdf(of: page))
  }

  private static func page(of folder: String) throws -> [UInt8] {
    let isRun = PathKind.isFile("\(folder)/\(Manifest.fileName)")
    // A run's page is the one that its manifest names; that of a batch has none.
    if isRun { _ = try ChartSource.charts(of: folder, besides: [folder]) }
    let path = "\(folder)/" + (isRun ? "report.html" : PortfolioPage.fileName)
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Faults.data(
        path, "is not there", isRun ? "Run with the stage report." : "Name the folder of a finished run or batch.")
    }
    return Array(data)
  }
}
