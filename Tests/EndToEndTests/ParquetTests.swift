import CutlineTesting
import Foundation
import Testing

/// A run on a Parquet file is the run on the same table as text; without the library the tool says so.
@Suite struct ParquetTests {
  private static let convert = """
    import sys, pyarrow.csv as csv, pyarrow.parquet as parquet
    parquet.write_table(csv.read_csv(sys.argv[1]), sys.argv[2], row_group_size=700)
    """

  /// Whether the tool reads Parquet and there is a Python that writes it.
  private static let isPossible: Bool = {
    // Without either the tests are skipped with a reason.
    guard let place = try? Workplace() else { return false }
    return (try? converted(place)) != nil
  }()

  private static let missing: Comment = "needs python3 with pyarrow, and the reader of Parquet files of scripts/setup"

  private static func converted(_ place: Workplace) throws {
    try place.simulate(rows: 3000)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "python3", "-c", convert, place.path("applications.csv"), place.path("applications.parquet"),
    ]
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    let table = try place.tool("table", "applications.parquet", "--head", "1")
    guard process.terminationStatus == 0, table.code == 0 else { throw Workplace.Failed(said: table.err) }
  }

  @Test(.enabled(if: isPossible, missing))
  func theSameTableGivesTheSameRun() throws {
    let place = try Workplace()
    try Self.converted(place)
    let text = try place.tool("table", "applications.csv")
    #expect(try place.tool("table", "applications.parquet").out == text.out)
    #expect(try place.tool("run", "-o", "text").code == 0)
    let run = try place.tool("run", "-o", "parquet", "--set", "data_path=\"applications.parquet\"")
    #expect(run.code == 0, "\(run.err)")
    for name in try FileManager.default.subpathsOfDirectory(atPath: place.path("text/data")) {
      #expect(try place.read("parquet/data/\(name)") == place.read("text/data/\(name)"), "\(name)")
    }
    #expect(try place.digest("parquet") == place.digest("text"))
    #expect(try place.tool("verify", "parquet").code == 0)
  }

  @Test func withoutTheLibraryTheToolSaysWhatToDo() throws {
    let place = try Workplace()
    try place.write("a.parquet", "PAR1\u{4}\0\0\0PAR1")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Tool.executable)
    process.arguments = ["table", place.path("a.parquet")]
    process.environment = ["CUTLINE_PARQUET_LIBRARY": place.path("absent.so")]
    let pipe = Pipe()
    process.standardError = pipe
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 7)
    #expect(
      said.contains(
        "the reader for Parquet files is not installed; looked for \(place.path("absent.so")). Run scripts/setup, set ")
    )
  }
}
