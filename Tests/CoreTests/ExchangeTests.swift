import CutlineCore
import CutlineCredit
import Foundation
import TestSupport
import Testing

/// Artefacts as files: what goes out comes back, and whatever a program writes ends in a value or in a sentence.
@Suite struct ExchangeTests {
  private let folder = TemporaryFolder()

  private static let grid = CellGrid(axes: [
    GridAxis(name: "a", source: "x", direction: .higherIsSafer, edges: [-.infinity, 0.5, .infinity]),
    GridAxis(name: "b, \"quoted\"", source: "y", direction: .higherIsRiskier, edges: [0, 1, 2, 3]),
  ])

  private static func sample() -> Sample {
    Sample(
      grid: grid, measure: RiskMeasure(multiplier: 7), outside: [OutsideCell(variable: "a", reason: "a, \"odd\"")],
      cell: [0, 5, 3, 6], month: ["2022-01", "2022-03", "2022-12", "2023-01"].compactMap { Month(iso: $0) },
      period: [.main, .main, .main, .recent], status: [.booked, .booked, .scoreRejected, .cancelled],
      outcome: [.immature, .mature, .none, .none], scores: [[-1e300, 0.1 + 0.2, 7, .nan], [0, 2.5, -0.0, 1]],
      amounts: [
        .accounts: [100, 100, 0, 0], .requested: [1, -5, 123_456_789, 7], .numerator: [0, 7, 0, 0],
        .denominator: [0, 700, 0, 0], .production: [10, 20, 30, 40],
        Amount("margin", scale: 3): [-1, 0, 1, 1234],
      ], eligible: RowSet([true, false, true, true]), key: [0, .max, 42, 7],
      summary: SampleSummary(
        basis: Basis(segment: "all", periodStart: "2022-01-01", periodEnd: "2022-12-01", months: 12),
        account: RowAccount(
          waterfall: [.init(.input, "rows", 4), .init(.dropped, "early", 1), .init(.used, "in the grid", 3)],
          bookedRows: 2, scoreRejectedRows: 1, immatureRows: 1),
        stress: Stress(factor: 1.5, mode: "global", worstRows: 1, worstBadRows: 0),
        transformation: Transformation(
          rate: 0.7, eligibleAmount: 10, bookedAmount: 7, firstMonth: Month(iso: "2022-01"),
          lastMonth: Month(iso: "2022-12"), monthsWithData: 12), qualitySkipped: false))
  }

  private func write(_ artifact: some ExchangedArtifact) throws {
    try FileManager.default.createDirectory(atPath: folder.path("out"), withIntermediateDirectories: true)
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path("out")) {
      try FileManager.default.removeItem(atPath: folder.path("out/\(name)"))
    }
    try artifact.write(to: folder.path("out"))
  }

  private func read<A: ExchangedArtifact>(_ type: A.Type) throws -> A {
    try A(readingFrom: ExchangeFolder(folder.path("out")))
  }

  @Test func aSampleComesBack() throws {
    let sample = Self.sample()
    try write(sample)
    #expect(
      try folder.read("out/sample.csv").split(separator: "\n").prefix(2) == [
        "cell,a,a_raw,\"b, \"\"quoted\"\"\",\"b, \"\"quoted\"\"_raw\",month,period,status,outcome,acct_booked_h0,oa_amt,"
          + "todu_30ever_h6,todu_amt_pile_h6,oa_amt_h0,margin,is_eligible,key",
        "0,1,-1e+300,1,0,2022-01,main,booked,immature,1.00,0.01,0.00,0.00,0.10,-0.001,1,0",
      ])
    let back = try read(Sample.self)
    #expect(back.grid == sample.grid)
    #expect(back.cell == sample.cell)
    #expect(back.status == sample.status)
    #expect(back.amounts == sample.amounts && back.amounts.count == 6)
    for amount in sample.amounts { #expect(try back.values(of: amount) == sample.values(of: amount)) }
    #expect(back.outcome == sample.outcome && back.period == sample.period && back.month == sample.month)
    #expect(back.eligible == sample.eligible && back.outside == sample.outside)
    #expect(back.key == sample.key)
    #expect(back.scores.map { $0.map(\.bitPattern) } == sample.scores.map { $0.map(\.bitPattern) })
    #expect(back.summary == sample.summary)
  }

  @Test func aTableComesBack() throws {
    let texts = ["plain", nil, "a,b", "say \"x\"", "two\nlines", "ñ", " padded ", "007"]
    let numbers: [Double] = [0.1, .nan, -0.0, 2.5e-308, 1e308, 1234567890123456768, -1.5, 1e15]
    let days: [Double] = [0, .nan, -36524, 22_645, 1, 2, 3, 4]
    let seconds: [Double] = [0, 0.25, .nan, -1, 1_956_789_012.123456, -3e9, 86_399.999, 5]
    let times: [Double] = [0, 59.5, 3600, 86_399, .nan, 90_000, -61.5, 1]
    let table = try Table(
      columns: [
        Column(name: "t", originalName: "T", label: "a label", values: .text(TextColumn(texts))),
        Column(name: "n", values: .number(numbers)), Column(name: "d", values: .moment(days, .date)),
        Column(name: "s", values: .moment(seconds, .dateTime)), Column(name: "h", values: .moment(times, .time)),
      ], rowCount: 8)
    try write(SourceTable(table: table, notes: ["a note"]))
    let back = try read(SourceTable.self)
    #expect(back.notes == ["a note"])
    #expect(back.table.rowCount == 8)
    #expect(back.table.names == table.names)
    #expect(back.table["t"]?.originalName == "T")
    #expect(back.table["t"]?.label == "a label")
    guard case .text(let column) = back.table["t"]?.values else { throw CocoaError(.featureUnsupported) }
    #expect((0..<8).map { column[$0] } == texts)
    for (name, values) in [("n", numbers), ("d", days), ("s", seconds), ("h", times)] {
      switch try back.table.column(name).values {
      case .number(let found), .moment(let found, _):
        for (a, b) in zip(found, values) { #expect(a == b || a.isNaN && b.isNaN, "\(name): \(a) \(b)") }
      case .text: Issue.record("\(name) came back as text")
      }
    }
  }

  @Test func filesComeBack() throws {
    try write(FileSet(files: [ResultFile(path: "data/a.csv", bytes: [1, 2]), ResultFile(path: "b", bytes: [])]))
    let back = try read(FileSet.self)
    #expect(back.files.map(\.path) == ["b", "data/a.csv"])
    #expect(back.files.map(\.bytes) == [[], [1, 2]])
  }

  /// One change to a good sample, and what is said about it.
  struct Change: Sendable, CustomTestStringConvertible {
    let from, to, said: String
    var file = "sample.csv"
    var testDescription: String { said }
  }

  private static let changes = [
    Change(from: "\n0,1,", to: "\n0,3,", said: "line 2, column a: is no whole number in 1...2"),
    Change(from: "\n0,1,", to: "\n1,1,", said: "line 2, column cell: is not the cell of the row's bins"),
    Change(from: "\n0,1,", to: "\n9,1,", said: "line 2, column cell: is no whole number in 0...6"),
    Change(from: "\n0,1,", to: "\n,1,", said: "line 2, column cell: is empty"),
    Change(from: "-1e+300", to: "", said: "line 2, column a_raw: is empty"),
    Change(from: "-1e+300", to: "nan", said: "line 2, column a_raw: is no finite number"),
    Change(from: "-1e+300", to: "inf", said: "line 2, column a_raw: is no finite number"),
    Change(from: "-1e+300", to: "0x10", said: "line 2, column a_raw: is no finite number"),
    Change(from: "score-rejected", to: "rejected", said: "line 4, column status: is none of booked, score-rejected"),
    Change(from: "1234567.89", to: "1234567.895", said: "column oa_amt: is no amount with at most 2 decimals"),
    Change(from: "1234567.89", to: "99999999999999.00", said: "column oa_amt: adds up to more than"),
    Change(from: "1234567.89", to: "92233720368547758.07", said: "column oa_amt: adds up to more than"),
    Change(from: "booked,mature", to: "booked,immature", said: "has todu amounts but its outcome is not mature"),
    Change(from: "score-rejected,none", to: "score-rejected,mature", said: "application 3: is score-rejected with the"),
    Change(from: "booked,mature", to: "booked,none", said: "application 2: is booked with the outcome none"),
    Change(from: "2022-12,main", to: "2022-13,main", said: "line 4, column month: is no month"),
    Change(from: "2022-12,main", to: "2022-12,maine", said: "line 4, column period: is none of main, recent"),
    Change(from: ",1,42", to: ",1,-1", said: "line 4, column key: is no whole number"),
    Change(from: ",1,42", to: ",1", said: "line 4: has 16 fields, not 17"),
    Change(from: ",1,42\n", to: ",1,42\n\n", said: "line 5: has 1 field, not 17"),
    Change(from: "\n3,2,", to: "\n3,2\",", said: "line 4: has a stray quote"),
    Change(from: "\n3,2,", to: "\n3,\"2,", said: "line 4: ends inside quotes"),
    Change(from: "\n3,2,", to: "\n\u{0}3,2,", said: "line 4, column cell: is no whole number"),
    Change(from: "cell,", to: "cells,", said: "line 1: there is no column \"cells\"; did you mean cell"),
    Change(from: "cell,a,", to: "cell,cell,", said: "line 1: the column cell stands twice"),
    Change(from: "\"months\" : 12", to: "\"months\" : 0", said: "summary.basis.annualCoefficient", file: "sample.json"),
    Change(from: "\"bookedRows\" : 2", to: "\"bookedRows\" : 3", said: "does not add up", file: "sample.json"),
    Change(
      from: "\"multiplier\" : 7", to: "\"multiplier\" : 0", said: "multiplier is not positive", file: "sample.json"),
    Change(from: "\"factor\" : 1.5", to: "\"factor\" : -1", said: "the stress factor", file: "sample.json"),
    Change(
      from: "\"factor\" : 1.5", to: "\"facter\" : 1.5", said: "has no key summary.stress.factor", file: "sample.json"),
    Change(
      from: "\"-inf\"", to: "3", said: "the edges of a do not increase: 3.0 is followed by 0.5", file: "sample.json"),
    Change(from: "\"-inf\"", to: "\"nan\"", said: "sample.json: grid.axes[0].edges[0]", file: "sample.json"),
    Change(
      from: "higher-is-safer", to: "up", said: "sample.json: grid.axes[0].direction: ", file: "sample.json"),
  ]

  @Test(arguments: changes) func aSampleIsReadStrictly(_ change: Change) throws {
    try write(Self.sample())
    let text = try folder.read("out/\(change.file)")
    #expect(text.contains(change.from), "\(text)")
    try folder.write("out/\(change.file)", text.replacing(change.from, with: change.to, maxReplacements: 1))
    let error = expectFaults(.data) { _ = try read(Sample.self) }
    #expect(try #require(error).description.contains(change.said), "\(String(describing: error))")
  }

  @Test func otherSpellingsOfTheSameNumbersAreRead() throws {
    try write(Self.sample())
    let text = try folder.read("out/sample.csv")
    let other = text.replacing("0,1,-1e+300,1,0,", with: "0.0,1.0,-1E300,\"1\",0.,")
      .replacing("1234567.89", with: "1.23456789e6").replacing("\n", with: "\r\n")
    try folder.write("out/sample.csv", "\u{FEFF}" + other)
    #expect(try read(Sample.self).values(of: .requested) == Self.sample().values(of: .requested))
  }

  /// Flipped, cut and repeated bytes end in a value or in a sentence, never in a crash.
  @Test func damagedFilesNeverCrash() throws {
    try write(Self.sample())
    let files = try ["sample.csv", "sample.json"].map {
      ($0, Array(try Data(contentsOf: URL(fileURLWithPath: folder.path("out/\($0)")))))
    }
    var random = SystemRandomNumberGenerator()
    var refused = 0
    for _ in 0..<200 {
      for (name, bytes) in files {
        var damaged = bytes
        switch Int.random(in: 0..<4, using: &random) {
        case 0: damaged[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        case 1: damaged.removeLast(Int.random(in: 1...bytes.count, using: &random))
        case 2:
          let place = Int.random(in: 0..<bytes.count, using: &random)
          damaged.insert(contentsOf: bytes[place...].prefix(40), at: Int.random(in: 0..<bytes.count, using: &random))
        default:
          let digits = bytes.indices.filter { (48...57).contains(bytes[$0]) }
          if let place = digits.randomElement(using: &random) { damaged.insert(contentsOf: "99999999".utf8, at: place) }
        }
        try Data(damaged).write(to: URL(fileURLWithPath: folder.path("out/\(name)")))
        do {
          let sample = try read(Sample.self)
          #expect(sample.cell.allSatisfy { $0 >= 0 && Int($0) < sample.cellCount })
        } catch {
          #expect(error is Faults, "\(error)")
          refused += 1
        }
        try Data(bytes).write(to: URL(fileURLWithPath: folder.path("out/\(name)")))
      }
    }
    #expect(refused > 200)
  }

  @Test(arguments: [
    ("columns.json", #"{"columns":[]}"#, "has no column"),
    ("columns.json", #"{"columns":[{"name":"A","type":"text"}]}"#, "the name \"A\" is not in lower case"),
    (
      "columns.json", #"{"columns":[{"name":"a","type":"text"},{"name":"a","type":"text"}]}"#,
      "two columns are called a"
    ),
    ("columns.json", #"{"columns":[{"name":"a","type":"words"}]}"#, "columns.json: columns[0].type"),
    ("table.csv", "a,b\nx,1,2\n", "line 2: has 3 fields, not 2"),
    ("table.csv", "a,b\nx,2022-02-30\n", "line 2, column b: is no date"),
    ("table.csv", "a,b\n\"x\"y,\n", "line 2: has a stray quote"),
    ("table.csv", "", "is empty"),
  ]) func aTableIsReadStrictly(_ file: String, _ text: String, _ said: String) throws {
    try folder.write("out/columns.json", #"{"columns":[{"name":"a","type":"text"},{"name":"b","type":"date"}]}"#)
    try folder.write("out/table.csv", "a,b\nx,2022-01-31\n,\n")
    #expect(try read(SourceTable.self).table.rowCount == 2)
    try folder.write("out/\(file)", text)
    let error = expectFaults(.data) { _ = try read(SourceTable.self) }
    #expect(try #require(error).description.contains(said), "\(String(describing: error))")
  }
}
