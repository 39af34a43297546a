public import CutlineCore
public import CutlineCredit
public import Foundation

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
    public let points: [PointSums]
    public let today: PointSums?
    public let bounds: SegmentFrontier.Bounds
    /// Index of the point; nil for today.
    public let chosen: Int?

    /// A point, or what the segment has today.
    func point(at index: Int?) -> PointSums? {
      guard let index else { return today }
      return points.indices.contains(index) ? points[index] : nil
    }
  }

  public let format: String
  public let multiplier: Double
  public let scale: AmountScale
  public let limits: AllocationLimits
  public private(set) var segments: [Segment]
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
    func numbers(_ point: SegmentFrontier.Point) -> PointSums {
      PointSums(
        production: point.production, numerator: point.numerator, denominator: point.denominator,
        value: input.limits.objective == .value ? point.value ?? 0 : nil)
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
    let digest = Digest()
    try rest.write { piece in piece.withUnsafeBytes { digest.update($0) } }
    return digest.finish()
  }

  /// The certificate as a file holds it.
  public func encoded() throws -> Data {
    var data = Data()
    try write { data.append($0) }
    return data
  }

  /// Whether a file holds this certificate in the form in which it is written.
  public func isForm(of data: Data) throws -> Bool {
    var (place, isSame) = (data.startIndex, true)
    try write { piece in
      let end = min(place + piece.count, data.endIndex)
      isSame = isSame && data[place..<end] == piece
      place = end
    }
    return isSame && place == data.endIndex
  }

  /// Hands out the text segment by segment: what `CanonicalJSON.encode` gives, without a tree of all points, which takes many
  /// times their size.
  private func write(_ take: (Data) throws -> Void) throws {
    var rest = self
    rest.segments = []
    let text = try CanonicalJSON.encode(rest)
    // No name stands beside the list: what is left of the certificate holds none that could be taken for it.
    guard let list = text.range(of: Data("\"segments\":[".utf8)) else {
      try take(CanonicalJSON.encode(self))
      return
    }
    try take(Data(text[..<list.upperBound]))
    for (index, segment) in segments.enumerated() {
      if index > 0 { try take(Data(",".utf8)) }
      try take(CanonicalJSON.encode(segment))
    }
    try take(Data(text[list.upperBound...]))
  }
}
