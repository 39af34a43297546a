internal import CutlineCore
internal import CutlineCredit

/// Shows a run to people: pictures and pages of the files that its stages have left.
enum ReportPages: Kind {
  struct Input: Sendable {
    /// What the numbers are about.
    let cube: Cube
    /// The files of the stages that the report tells of. What is not there is a visible hole.
    let files: [NamedArtifact<StageFiles>]
  }
  typealias Output = FileSet
  static let name = "report"
  static let summary = "Shows a run to people: pictures and pages of the files that its stages have left."
  static let ports = Ports(Input.init, .one("cube", \.cube), .many("files", \.files))

  static func check(_ output: FileSet, against input: Input) throws { try output.check() }

  static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    let quality = StageFiles(
      FileSet(files: [
        ResultFile(
          path: "data/data_quality.csv",
          columns: [
            ColumnNote("check", unit: "text", "What was looked at."), ColumnNote("status", unit: "text", "What of it."),
            ColumnNote("detail", unit: "text", "What was found."),
          ], rows: [["size", "passed", "12 rows"], ["<b>bold</b>", "skipped", "\"quoted\", and a line\nmore"]])
      ]), said: [StageFiles.Said(isWarning: true, text: "few rows")])
    return [
      Input(
        cube: small.cube,
        files: [NamedArtifact("quality", quality), NamedArtifact("tables", StageFiles(FileSet(files: [])))])
    ]
  }
}
