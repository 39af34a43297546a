import CutlineCore
import CutlineCredit
import Testing

@testable import CutlineData

@Suite struct QualityTests {
  private func report(_ applications: Applications, _ settings: String = "") async throws -> QualityReport {
    let base = """
      keep_vars = ["authorization_id", "score_rf"]
      indicators = ["acct_booked_h0", "oa_amt", "todu_30ever_h6", "todu_amt_pile_h6", "oa_amt_h0"]
      date_ini_book_obs = "2022-01-01"
      date_fin_book_obs = "2022-12-01"
      """
    var table = try ConfigDocument.parse(base, source: "base")
    table.merge(try ConfigDocument.parse(settings, source: "test"))
    let config = try QualityConfig.read(table.entries, at: .default, origin: "test").config
    let source = SourceTable(table: try applications.table(), notes: [])
    return try await StandardQuality(config: config).run(
      Quality.ports.make(PortValues(["source": source])), in: RunContext(stageID: "quality", seed: 1))
  }

  private func status(_ name: String, _ applications: Applications, _ settings: String = "") async throws -> String {
    try #require(try await report(applications, settings).checks.first { $0.name == name }).status.rawValue
  }

  @Test(arguments: [(48, "passed"), (50, "warning"), (199, "warning"), (200, "failed")])
  func missingValuesAtTheirThresholds(missing: Int, expected: String) async throws {
    var applications = Applications()
    applications.add(1000 - missing) { _ in }
    applications.add(missing) { $0.internalScore = nil }
    #expect(try await status("missing values", applications) == expected)
  }

  @Test func theSegmentIsCheckedToo() async throws {
    var applications = Applications()
    applications.add(2000) { $0.segment = "large" }
    applications.add(70) { $0.segment = "small" }
    applications.add(30) {
      $0.segment = "small"; $0.internalScore = nil
    }
    #expect(try await status("missing values", applications, "segment_filter = \"large\"") == "passed")
    #expect(try await status("missing values of the segment", applications, "segment_filter = \"large\"") == "passed")
    #expect(try await status("missing values of the segment", applications, "segment_filter = \"small\"") == "failed")
  }

  @Test(arguments: [(99, "failed"), (100, "warning"), (999, "warning"), (1000, "passed")])
  func segmentSizeAtItsThresholds(size: Int, expected: String) async throws {
    var applications = Applications()
    applications.add(size) { $0.segment = "Small" }
    applications.add(10) { $0.segment = "other" }
    #expect(try await status("segment size", applications, "segment_filter = \"small\"") == expected)
  }

  @Test(arguments: [(0, "passed"), (1, "warning"), (199, "warning"), (200, "failed")])
  func bookedRowsWithoutAnAmount(empty: Int, expected: String) async throws {
    var applications = Applications()
    applications.add(1000 - empty)
    applications.add(empty) { $0.booked = .nan }
    #expect(try await status("amounts of booked rows", applications) == expected)
  }

  @Test(arguments: [(9, "failed"), (10, "warning"), (49, "warning"), (50, "passed")])
  func bookedShareAtItsThresholds(booked: Int, expected: String) async throws {
    var applications = Applications()
    applications.add(booked)
    applications.add(1000 - booked) { $0.status = "rejected" }
    #expect(try await status("booked share", applications) == expected)
  }

  @Test(arguments: [(10, "passed"), (11, "warning")])
  func outliersAtTheirThreshold(outliers: Int, expected: String) async throws {
    var applications = Applications()
    for index in 0..<(1000 - outliers) { applications.add { $0.asked = 100 + Double(index % 10) } }
    applications.add(outliers) { $0.asked = 10_000 }
    #expect(try await status("outliers", applications) == expected)
  }

  @Test func constantColumnsHaveNoOutliers() async throws {
    #expect(ModifiedZ.share([5, 5, 5], beyond: 5) == nil)
    #expect(ModifiedZ.share([], beyond: 5) == nil)
    // The median absolute deviation is 0, the mean one is not.
    #expect(ModifiedZ.share([1, 1, 1, 1, 1, 1, 1, 1, 1, 100], beyond: 5) == 0.1)
  }

  @Test func dataThatEndsEarlyWarnsWithBothDates() async throws {
    var applications = Applications()
    applications.add(100)
    let check = try #require(try await report(applications).checks.first { $0.name == "date range" })
    #expect(check.status == .warning)
    #expect(
      check.detail
        == "the data runs from 2022-03-01 to 2022-03-01; it begins after 2022-01-01; it ends before 2022-12-01")
  }

  @Test func identicalRowsAndRepeatedIdsAreTwoThings() async throws {
    var applications = Applications()
    applications.add(100)
    applications.add(2) { $0.id = "twin" }
    let report = try await report(applications)
    #expect(report.duplicateRows == [101])
    #expect(report.checks.first { $0.name == "repeated ids" }?.status == .passed)
    applications.add {
      $0.id = "twin"; $0.asked = 7
    }
    #expect(try await status("repeated ids", applications) == "failed")
    #expect(try await status("repeated ids", applications, "repeated_ids = \"allow\"") == "warning")
  }

  /// Ids may be numbers: those of another bank, or what a spreadsheet made of them.
  @Test func repeatedNumbersAreRepeatedIds() async throws {
    let columns = [
      Column(name: "authorization_id", values: .number([1, 2, 1, .nan])),
      Column(name: "x", values: .number([1, 2, 3, 4])),
    ]
    let table = try Table(columns: columns, rowCount: 4)
    #expect(DuplicateRows(table).repeats(of: columns[0]) == [2])
  }

  @Test func withoutIdsEqualRowsAreNoDuplicates() async throws {
    var applications = Applications()
    applications.hasIDs = false
    applications.add(100)
    let report = try await report(applications, "keep_vars = [\"score_rf\"]")
    #expect(report.duplicateRows == [])
    #expect(report.checks.filter { $0.status == .skipped }.map(\.name).contains("repeated ids"))
    #expect(report.checks.first { $0.name == "identical rows" }?.status == .skipped)
  }

  @Test func aFailedCheckIsTheEndOfTheRunAndItsReportStays() async throws {
    var applications = Applications()
    applications.add(1) { $0.id = "twin" }
    applications.add(1) {
      $0.id = "twin"; $0.asked = 7
    }
    let found = try await report(applications)
    let refusal = try #require(Quality.refusal(found))
    #expect(refusal.code == .data && refusal.problem.contains("repeated ids: 1 rows repeat"))
    applications = Applications()
    applications.add(100)
    #expect(Quality.refusal(try await report(applications)) == nil)
  }

  @Test(arguments: [
    (\Applications.Row.todu, "outcomes of booked rows"), (\Applications.Row.pile, "outcomes of booked rows"),
  ])
  func missingOutcomesAreCountedWhereTheyShouldBe(
    column: any WritableKeyPath<Applications.Row, Double?> & Sendable, name: String
  ) async throws {
    for (missing, expected) in [(49, "passed"), (50, "warning"), (199, "warning"), (200, "failed")] {
      var applications = Applications()
      applications.add(1000 - missing)
      applications.add(missing) { $0[keyPath: column] = nil }
      // The last months have none yet, which is no fault.
      applications.add(500) {
        $0.month = "2022-12-01"; $0.todu = nil; $0.pile = nil
      }
      #expect(try await status(name, applications) == expected, "\(missing)")
    }
  }

  @Test func amountsThatCannotBeAreCounted() async throws {
    var applications = Applications()
    applications.add(100)
    applications.add(1) { $0.booked = 200 }
    applications.add(1) { $0.booked = 0 }
    applications.add(3) {
      $0.status = "rejected"; $0.asked = 0
    }
    let checks = try await report(applications).checks
    let booked = try #require(checks.first { $0.name == "amounts of booked rows" })
    #expect(booked.status == .warning && booked.detail.contains("1 have 0 there, 1 have an oa_amt_h0 above"))
    let rejected = try #require(checks.first { $0.name == "amounts of rejected rows" })
    #expect(rejected.status == .warning && rejected.detail.hasPrefix("3 of 3 rejected rows"))
  }

  @Test(arguments: [("2", "warning"), ("1", "passed"), ("x", "warning")])
  func earlyBadIsZeroOrOne(value: String, expected: String) async throws {
    var applications = Applications()
    applications.add(100) {
      $0.extra["early_bad"] = value; $0.todu = 50
    }
    #expect(try await status("consistency", applications) == expected)
  }

  @Test func wordsThatNobodyKnowsComeWithTheLinesThatExplainThem() async throws {
    var applications = Applications()
    applications.add(50) { $0.status = "Funded" }
    applications.add(50) { $0.status = "Declined" }
    let check = try #require(try await report(applications).checks.first { $0.name == "words of status_name" })
    #expect(check.status == .failed)
    #expect(check.detail.contains("booked = [\"funded\"], rejected = [\"declined\"]"), "\(check.detail)")
    let stated = "values = { booked = [\"Funded\"], rejected = [\"declined\"] }"
    #expect(try await status("words of status_name", applications, stated) == "passed")
    // What stands on one row only may be anything.
    applications.add { $0.status = "John Smith" }
    let odd = try #require(try await report(applications).checks.first { $0.name == "words of status_name" })
    #expect(odd.status == .warning && !odd.detail.lowercased().contains("smith"))
  }

  /// A score that cannot be looked at does not pass.
  @Test func aScoreWithoutNumbersIsSkipped() async throws {
    var applications = Applications()
    applications.add(100) { $0.extra["wordy"] = "high" }
    let checks = try await report(
      applications,
      """
      variables = ["inner", "other"]
      bins.inner = { source = "score_rf", direction = "higher-is-safer", edges = [-inf, 50, inf] }
      bins.other = { source = "wordy", direction = "higher-is-safer", edges = [-inf, 50, inf] }
      """
    ).checks
    #expect(checks.first { $0.name == "special codes of inner" }?.status == .passed)
    #expect(checks.first { $0.name == "special codes of other" }?.status == .skipped)
    #expect(try await report(applications).checks.first { $0.name == "special codes" }?.status == .skipped)
  }

  @Test func duplicatesAreFoundByValueNotByHash() throws {
    // Rows that differ only in the sign of zero or in the kind of NaN.
    let values: [Double] = [0, -0.0, Missing.plain.value, Missing.plain.value, 1, 2, 1]
    let table = try Table(columns: [Column(name: "a", values: .number(values))], rowCount: 7)
    #expect(DuplicateRows(table).rows == [1, 3, 6])
    let special = [Missing(letter: 65), Missing(letter: 66)].compactMap { $0?.value }
    #expect(DuplicateRows(try Table(columns: [Column(name: "a", values: .number(special))], rowCount: 2)).rows == [])
  }

  private func detail(_ name: String, _ applications: Applications, _ settings: String = "") async throws -> String {
    let check = try #require(try await report(applications, settings).checks.first { $0.name == name })
    return "\(check.status.rawValue): \(check.detail)"
  }

  /// A bank that fills unknown outcomes with 0 leaves months behind in which nobody goes bad.
  @Test(arguments: [(months: 9, in: "passed"), (6, "failed")])
  func outcomesFilledWithZeroAreSeen(months: Int, expected: String) async throws {
    var applications = Applications()
    for month in 1...9 {
      for index in 0..<40 {
        applications.add {
          $0.month = "2022-0\(month)-01"
          $0.todu = month <= months && index % 20 == 0 ? 300 : 0
        }
      }
    }
    let said = try await detail("outcomes of the last months", applications)
    // 120 rows at 5 %: all good by chance with probability 0.002.
    #expect(said.hasPrefix("passed"), "\(said)")
    var clear = Applications()
    for month in 1...9 {
      for index in 0..<200 {
        clear.add {
          $0.month = "2022-0\(month)-01"
          $0.todu = month <= months && index % 20 == 0 ? 300 : 0
        }
      }
    }
    let found = try await detail("outcomes of the last months", clear)
    #expect(found.hasPrefix(expected), "\(found)")
    guard expected == "failed" else { return }
    #expect(found.contains("2022-07 to 2022-09 went bad, where about 30"), "\(found)")
    let outside = try await detail("outcomes of the last months", clear, "date_fin_book_obs = \"2022-06-30\"")
    #expect(outside.hasPrefix("warning"), "\(outside)")
  }

  @Test func placeholderDatesAndEmptyMonthsAreNamed() async throws {
    var applications = Applications()
    for month in [1, 2, 4, 12] { applications.add(300) { $0.month = "2022-\(month < 10 ? "0" : "")\(month)-01" } }
    applications.add(3) { $0.month = "2099-12-31" }
    applications.add(2) { $0.month = "1900-01-01" }
    let said = try await detail("date range", applications)
    #expect(said.hasPrefix("warning"))
    #expect(said.contains("5 rows lie far from the rest, in 1900-01, 2099-12"), "\(said)")
    #expect(said.contains("no row in 2022-03, 2022-05"), "\(said)")
    let empty = try await detail(
      "date range", applications, "date_ini_book_obs = \"2031-01-01\"\ndate_fin_book_obs = \"2031-02-01\"")
    #expect(empty.hasPrefix("failed") && empty.contains("no row lies in the main period"), "\(empty)")
    // A tenth of all rows is no placeholder.
    applications.add(200) { $0.month = "2019-01-01" }
    #expect(!(try await detail("date range", applications)).contains("2019-01"))
  }

  @Test(arguments: [(0, "passed"), (1, "warning"), (500, "warning"), (501, "failed")])
  func amountsOfAnotherUnitAreSeen(odd: Int, expected: String) async throws {
    var applications = Applications()
    applications.add(1000 - odd) {
      $0.asked = 10_000; $0.booked = 9_000
    }
    applications.add(odd) {
      $0.asked = 10_000; $0.booked = 9
    }
    #expect(try await status("amounts of booked rows", applications) == expected)
  }

  @Test func nobodyToTakeInIsSaid() async throws {
    var applications = Applications()
    applications.add(500)
    #expect(
      try await detail("booked share", applications).hasPrefix("warning: 100.0 % of the rows are booked and none"))
    applications.add(1) { $0.status = "rejected" }
    #expect(try await status("booked share", applications) == "passed")
  }

  @Test func oneScoreTwiceIsSaid() async throws {
    let bins = """
      variables = ["a", "b"]
      bins.a = { source = "score_rf", direction = "higher-is-safer", edges = [-inf, 50, inf] }
      bins.b = { source = "risk_score_rf", direction = "higher-is-safer", edges = [-inf, 500, inf] }
      """
    var same = Applications()
    for index in 0..<200 {
      same.add {
        $0.internalScore = Double(index % 40)
        $0.bureauScore = 900 - 3 * Double(index % 40)
      }
    }
    #expect(try await status("order of the scores", same, bins) == "warning")
    same.add {
      $0.internalScore = 50
      $0.bureauScore = 900
    }
    #expect(try await status("order of the scores", same, bins) == "passed")
    #expect(try await status("order of the scores", same) == "skipped")
    // A score of two values beside one of many, neither of which follows from the other.
    var halves = Applications()
    for index in 0..<9000 {
      halves.add {
        $0.internalScore = Double(index % 2)
        $0.bureauScore = Double(index % 37)
      }
    }
    #expect(try await status("order of the scores", halves, bins) == "passed")
  }

  @Test(arguments: [(99, "warning"), (100, "passed")])
  func fewBadOutcomesWarn(bad: Int, expected: String) async throws {
    var applications = Applications()
    applications.add(900)
    applications.add(bad) { $0.todu = 300 }
    #expect(try await status("number of bad outcomes", applications) == expected)
  }
}
