/// The decision on an application.
public enum SampleStatus: UInt8, Sendable, CaseIterable {
  case booked = 0
  case scoreRejected = 1
  /// Rejected for another reason than the score: no strategy can change it.
  case otherRejected = 2
  case cancelled = 3

  /// As it stands in files.
  public var name: String {
    switch self {
    case .booked: "booked"
    case .scoreRejected: "score-rejected"
    case .otherRejected: "other-rejected"
    case .cancelled: "cancelled"
    }
  }

  public init?(name: String) {
    guard let status = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = status
  }

  /// Whether a strategy decides about such applications.
  public var isDecidedByScore: Bool { self == .booked || self == .scoreRejected }
}

/// Whether it is known how a booked application went.
public enum Outcome: UInt8, Sendable, CaseIterable {
  case mature = 0
  /// Booked, and not known yet.
  case immature = 1
  /// Not booked: there is none.
  case none = 2

  /// As it stands in files.
  public var name: String {
    switch self {
    case .mature: "mature"
    case .immature: "immature"
    case .none: "none"
    }
  }

  public init?(name: String) {
    guard let outcome = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = outcome
  }
}

/// The stretch of time that an application belongs to.
public enum Period: UInt8, Sendable, CaseIterable, Codable {
  /// What strategies are made from.
  case main = 0
  /// What came after, to compare with.
  case recent = 1
  case other = 2

  /// As it stands in files.
  public var name: String {
    switch self {
    case .main: "main"
    case .recent: "recent"
    case .other: "other"
    }
  }

  public init?(name: String) {
    guard let period = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = period
  }
}

/// Status and outcome together; only these five occur.
public struct ApplicationState: Sendable, Hashable {
  public let status: SampleStatus
  public let outcome: Outcome

  public static let bookedMature = ApplicationState(status: .booked, outcome: .mature)
  public static let bookedImmature = ApplicationState(status: .booked, outcome: .immature)
  public static let scoreRejected = ApplicationState(status: .scoreRejected, outcome: .none)
  public static let otherRejected = ApplicationState(status: .otherRejected, outcome: .none)
  public static let cancelled = ApplicationState(status: .cancelled, outcome: .none)

  /// In the order in which cubes have them.
  public static let all = [bookedMature, bookedImmature, scoreRejected, otherRejected, cancelled]

  /// What a strategy decides about.
  public static let decidedByScore = [bookedMature, bookedImmature, scoreRejected]
  public static let booked = [bookedMature, bookedImmature]

  private init(status: SampleStatus, outcome: Outcome) {
    self.status = status
    self.outcome = outcome
  }

  /// - Returns: nil for a booked application without a word on its outcome, and for an outcome of one that is not booked.
  public init?(_ status: SampleStatus, _ outcome: Outcome) {
    guard (status == .booked) != (outcome == .none) else { return nil }
    self.init(status: status, outcome: outcome)
  }

  /// Its place in `all`.
  public var index: Int { status == .booked ? Int(outcome.rawValue) : Int(status.rawValue) + 1 }

  /// As it stands in names of columns: `booked_mature`, `score_rejected`.
  public var name: String {
    let status = status.name.replacing("-", with: "_")
    return outcome == .none ? status : "\(status)_\(outcome.name)"
  }
}
