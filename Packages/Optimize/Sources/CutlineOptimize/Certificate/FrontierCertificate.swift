public import CutlineCore

/// What is needed to check a frontier of two scores without trusting the search that found it.
///
/// It lists the points with their strategies and, for every gap between them, one number: the multiplier of a Lagrangian
/// bound that shows how little can lie in the gap. The numbers are only hints; a wrong one makes the check slower or
/// fails it, never lets a wrong frontier pass.
public struct FrontierCertificate: Codable, Sendable {
  public static let format = "cutline-frontier-certificate-1"

  /// Where the sums come from: columns of a cell table.
  public struct CellColumns: Codable, Sendable {
    public let bins: [String]
    public let directions: [Direction]
    public let production, numerator, denominator: String

    public init(bins: [String], directions: [Direction], production: String, numerator: String, denominator: String) {
      self.bins = bins
      self.directions = directions
      self.production = production
      self.numerator = numerator
      self.denominator = denominator
    }
  }

  /// Sums in hundredths and, per bin of the first score in order of number, how many bins of the second are accepted
  /// from the safe end.
  public struct Point: Codable, Sendable {
    public let production, numerator, denominator: Int64
    public let accepted: [Int]
  }

  public let format: String
  public let columns: CellColumns
  public let rows, cols: Int
  /// In ascending risk.
  public let points: [Point]
  /// One a gap: below the first point, between neighbours, above the last. In units of 2⁻³² per unit of numerator.
  public let multipliers: [Int64]

  /// Bits behind the binary point of the multipliers.
  public static let multiplierBits = 32
}
