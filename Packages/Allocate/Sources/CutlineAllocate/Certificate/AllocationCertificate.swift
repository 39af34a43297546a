public import CutlineCore
public import CutlineCredit

/// An optimal allocation with all that is needed to check it without trusting the search: the points of every segment, the limits,
/// the choice, and the prices of a Lagrangian bound.
///
/// The prices are hints: the check computes the bound anew, and enumerates what the bound leaves open. A wrong one makes it
/// slower or fails it, and never lets a wrong choice pass.
public struct AllocationCertificate: Codable, Sendable {
  public static let storedFormat = StoredFormat("cutline-allocation-certificate", 1, "certificate of an allocation")

  public struct Segment: Codable, Sendable {
    public let name: String
    /// Digest of the results of the run that the points come from; nil of a file.
    public let run: String?
    /// Production, numerator, denominator; and value, where that was to be most.
    public let points: [[Int64]]
    public let today: [Int64]?
    public let bounds: SegmentFrontier.Bounds
    /// Index of the point; nil for today.
    public let chosen: Int?
  }

  public let format: String
  public let multiplier: Double
  public let scale: AmountScale
  public let limits: AllocationLimits
  public let segments: [Segment]
  public let dual: Allocation.Dual
  /// What is claimed: no other choice has more of the objective.
  public let total: Int64
  /// SHA-256 of all the rest.
  public private(set) var checksum = ""

  /// - Parameters:
  ///   - runs: per segment, the digest of its run's results.
  /// - Throws: `Faults` (usage) for an allocation that is no proven choice of points.
  public init(_ allocation: Allocation, _ input: Allocate.Input, runs: [String?]) throws {
    guard allocation.status == .optimal, let dual = allocation.dual else {
      throw Faults.usage(
        "certificate", "the allocation is \(allocation.status.rawValue), by \(allocation.method)",
        "Certify what --method exact has proven.")
    }
    guard allocation.choices.allSatisfy({ $0.strategy == nil }), allocation.method == ExactAllocation.name else {
      throw Faults.usage(
        "certificate", "strategies of all segments at once have none; points of frontiers have",
        "Use --method exact.")
    }
    func numbers(_ point: SegmentFrontier.Point) -> [Int64] {
      [point.production, point.numerator, point.denominator]
        + (input.limits.objective == .value ? [point.value ?? 0] : [])
    }
    format = Self.storedFormat.text
    let all = input.segments.map(\.artifact)
    multiplier = all.first?.measure.multiplier ?? 1
    scale = all.first?.scale ?? .hundredths
    limits = input.limits
    segments = all.enumerated().map { index, segment in
      Segment(
        name: segment.name, run: index < runs.count ? runs[index] : nil, points: segment.points.map(numbers),
        today: segment.today.map(numbers), bounds: segment.bounds, chosen: allocation.choices[index].point)
    }
    self.dual = dual
    total = allocation.total(input.limits.objective)
    checksum = try digest()
  }

  /// Whether nothing was changed since it was written.
  public func isIntact() throws -> Bool { checksum == (try digest()) }

  private func digest() throws -> String {
    var rest = self
    rest.checksum = ""
    return Digest.of(try CanonicalJSON.encode(rest))
  }
}
