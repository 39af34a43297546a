import CutlineCore
import Foundation
import TestSupport
import Testing

@testable import CutlineData

/// Kinds of wrong values that once passed without a word.
@Suite("What once passed unseen")
struct SeenKindsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func read(_ values: [String], workers: Int = 1) throws -> Table {
    var options = ReadOptions()
    options.workers = workers
    options.csvChunkBytes = 64
    let lines = ["id,amount"] + values.enumerated().map { "\($0),\($1)" }
    return try TableReader.read(try folder.write(lines.joined(separator: "\n"), to: "t.csv"), options: options).table
  }

  @Test(arguments: [1, 3])
  func pointsThatDivideThousandsBetweenCommas(workers: Int) throws {
    let thousands = (0..<60).map { $0 % 7 == 3 ? "950" : "1\($0 % 9).\($0 % 2 == 0 ? "000" : "300")" }
    let fault = expectFaults(.data) { try read(thousands, workers: workers) }
    #expect(fault?.description.contains("column amount") == true)
    expectFaults(.data) { try read(thousands.map { "\"\($0)\"" }, workers: workers) }
  }

  @Test(arguments: [
    // Zeros kept, zeros dropped, other decimals, a whole number too large for thousands, no whole number but 0.
    ["15.000", "950.000", "1.300"], ["15.125", "950", "1.375"], ["15.000", "950", "1.25"], ["15.000", "1950", "1.300"],
    ["15.000", "0", "1.300"],
  ])
  func pointsThatDivideDecimals(values: [String]) throws {
    let table = try read(values)
    guard case .number(let numbers)? = table["amount"]?.values else {
      Issue.record("no numbers")
      return
    }
    #expect(numbers == values.compactMap(Double.init))
  }

  @Test func straysDoNotHideACode() {
    let scores = (0..<8000).map { 300 + Double($0 * 7919 % 5500) / 10 }
    let coded = scores + [928.832, 874.542] + [Double](repeating: 999, count: 200)
    #expect(SpecialCodes.codes(coded).map(\.value) == [999])
    // More than a few are scores.
    let many = scores + (0..<40).map { 860 + Double($0) * 3.1 } + [Double](repeating: 999, count: 200)
    #expect(SpecialCodes.codes(many).isEmpty)
    #expect(SpecialCodes.codes(scores).isEmpty)
  }
}
