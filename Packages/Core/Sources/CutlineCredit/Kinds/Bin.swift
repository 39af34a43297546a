public import CutlineCore

/// Proposes the edges of a score's bins.
public enum Bin: ExchangedKind {
  public struct Input: Sendable {
    public let evidence: BinEvidence

    public init(evidence: BinEvidence) { self.evidence = evidence }
  }
  public typealias Output = BinProposal
  public static let name = "bin"
  public static let summary = "Proposes the edges of a score's bins."
  public static let ports = Ports(Input.init, .one("evidence", \.evidence))

  /// The finest grid of one score.
  static let mostBins = 1000

  /// Edges are values that occur, so that they have no false digits, or numbers between two of few applications; every bin holds a value.
  public static func check(_ output: BinProposal, against input: Input) throws {
    try input.evidence.check()
    let values = input.evidence.values
    guard zip(output.cuts, output.cuts.dropFirst()).allSatisfy(<), output.cuts.count < mostBins else {
      throw Faults.data("cuts", "do not ascend, or are more than \(mostBins - 1)", "List each edge once, ascending.")
    }
    // How many values lie below each, from 1 to all but one.
    let ends = output.cuts.map { cut in
      values.count { input.evidence.closed == .right ? $0 <= cut : $0 < cut }
    }
    guard zip([0] + ends, ends + [values.count]).allSatisfy(<) else {
      throw Faults.data(
        "cuts", "leave a bin without values of \(input.evidence.source)",
        "Cut between the smallest value and the largest, at values that occur or between two.")
    }
    guard [output.value, output.freeValue].allSatisfy({ $0?.isFinite ?? true }) else {
      throw Faults.data("value", "is not finite", "Leave it out where it is undefined.")
    }
  }

  /// 40 values with a risk that falls, a special code and missing scores.
  public static func specimens() throws -> [Input] {
    let sums = (0..<40).map { index in
      let bad = Int64((40 - index) / 5 + 1)
      return BinEvidence.Sums(
        rows: 40, good: 30 - bad, bad: bad, numerator: bad * 1_000, denominator: 30 * (9_000 + Int64(index % 7) * 100))
    }
    let apart = [
      BinEvidence.Group(
        name: "special code 9999",
        sums: .init(rows: 9, good: 7, bad: 1, numerator: 900, denominator: 70_000)),
      BinEvidence.Group(name: "missing", sums: .init(rows: 5, good: 3, bad: 1, numerator: 700, denominator: 36_000)),
    ]
    return [
      Input(
        evidence: BinEvidence(
          variable: "score", source: "score_raw", direction: .higherIsSafer, closed: .right,
          values: (0..<40).map { 400 + 5 * Double($0) }, sums: sums, apart: apart, mostBins: nil))
    ]
  }
}
