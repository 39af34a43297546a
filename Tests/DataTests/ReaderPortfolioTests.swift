import CutlineCore
import Foundation
import TestSupport
import Testing

@testable import CutlineData

/// The public portfolio in its formats, and the real data sets.
@Suite("Reading the real files", .enabled(if: Shared.isPresent, Shared.missing))
struct ReaderPortfolioTests {
  @Test func sasTransportAndCsvHoldTheSameApplications() throws {
    let sas = try TableReader.read(Shared.path("data/portfolio/portfolio_public_first45k.sas7bdat"))
    let transport = try TableReader.read(Shared.path("data/portfolio/portfolio_public_first20k.v8.xpt.gz"))
    let csv = try TableReader.read(Shared.path("data/portfolio/portfolio_public.csv.gz"))
    #expect(sas.table.rowCount == 45_000 && transport.table.rowCount == 20_000 && csv.table.rowCount == 225_973)
    #expect(sas.facts.notes.isEmpty && transport.facts.notes.isEmpty && csv.facts.notes.isEmpty)
    #expect(SameTable.difference(sas.table, try first(45_000, csv.table)) == nil)
    #expect(SameTable.difference(transport.table, try first(20_000, csv.table)) == nil)
  }

  @Test(arguments: ["t.xpt", "t.csv", "t.csv.gz", "t.sas7bdat"])
  func aCopyOfTheSasFileIsTheSameTable(name: String) throws {
    let folder = try TemporaryFolder()
    let sas = try TableReader.read(Shared.path("data/portfolio/portfolio_public_first45k.sas7bdat")).table
    #expect(try TableWriter.write(sas, to: folder.file(name)).isEmpty)
    #expect(SameTable.difference(sas, try TableReader.read(folder.file(name)).table) == nil)
  }

  @Test func wantedColumnsOfASasFile() throws {
    let path = Shared.path("data/portfolio/portfolio_public_first45k.sas7bdat")
    let all = try TableReader.read(path).table
    var options = ReadOptions()
    options.columns = ["score_rf", "status_name"]
    let some = try TableReader.read(path, options: options).table
    #expect(some.names == ["status_name", "score_rf"])
    let expected = try Table(columns: [all.column("status_name"), all.column("score_rf")], rowCount: all.rowCount)
    #expect(SameTable.difference(some, expected) == nil)
    options.columns = ["score_r"]
    #expect {
      try TableReader.read(path, options: options)
    } throws: { $0.faults(.data)?.description.contains("did you mean score_rf") == true }
  }

  /// Rows and columns by the README of the data.
  static let sets: [(path: String, rows: Int, columns: Int)] = [
    ("gmsc/cs-training-first90k.csv.gz", 90_000, 12), ("classic/german.csv", 999, 21),
    ("classic/germancredit_labelled.csv", 1000, 21), ("classic/hmeq.csv", 5960, 13),
    ("classic/australian.csv", 690, 15), ("classic/thomas.csv", 1225, 15), ("classic/aer.csv", 1319, 12),
    ("classic/kaggle_credit_risk.csv", 10_000, 12), ("taiwan/UCI_Credit_Card.csv.gz", 30_000, 25),
    ("sba/SBAnational_first22k.csv.gz", 22_427, 26), ("lendingclub/LendingClubData_2007.csv.gz", 603, 63),
    ("lendingclub/LendingClubData_2008.csv.gz", 2393, 63), ("lendingclub/LendingClubData_2009.csv.gz", 5281, 63),
    ("lendingclub/accepted_sample_first2500.csv.gz", 2500, 70),
    ("lendingclub/rejected_sample_first2500.csv.gz", 2500, 7), ("prosper/prosperLoanData_5cols.csv.gz", 113_937, 5),
    ("freddie/sampler.csv.gz", 9572, 31),
  ]

  @Test(arguments: sets)
  func realDataSets(path: String, rows: Int, columns: Int) throws {
    let result = try TableReader.read(Shared.path("data/\(path)"))
    #expect(result.table.rowCount == rows && result.table.columns.count == columns)
  }

  @Test func theRejectedApplicationsHaveAColumnTwiceAndOneWithoutAName() throws {
    let result = try TableReader.read(Shared.path("data/lendingclub/rejected_sample_first2500.csv.gz"))
    #expect(result.table.names.first == "column_1")
    #expect(result.facts.notes.contains { $0.shown.hasPrefix("column 1 has no name") })
    #expect(result.facts.notes.contains { $0.shown.contains("like another one") })
  }

  private func first(_ count: Int, _ table: Table) throws -> Table {
    let columns = table.columns.map { column in
      switch column.values {
      case .number(let values): return Column(name: column.name, values: .number(Array(values.prefix(count))))
      case .moment(let values, let unit):
        return Column(name: column.name, values: .moment(Array(values.prefix(count)), unit))
      case .text(let text):
        return Column(name: column.name, values: .text(TextColumn((0..<count).map { text[$0] })))
      }
    }
    return try Table(columns: columns, rowCount: count)
  }
}
