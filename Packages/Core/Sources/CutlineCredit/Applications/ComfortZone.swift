public import CutlineCore

/// The greatest risk that a bank wants of what it books in a year: the requirement's `cz_config`.
public struct ComfortZone: StageConfig, Hashable {
  /// Percent, by year, ascending.
  public private(set) var limits: [Limit] = []
  /// Whether scenarios are bound by it; otherwise it is shown beside the risk.
  public var isEnforced = false

  public struct Limit: Sendable, Hashable {
    public let year: Int
    public let percent: Double
  }

  public init() {}

  public static var fields: [Field<Self>] { [table, enforcement] }

  /// `cz_config` alone, for stages that show it.
  public static let table = Field<Self>.shared(
    .custom(
      "cz_config", allowed: "a table like { 2024 = 4.5, 2025 = 3.5 }", unit: "percent",
      "Comfort zone: the greatest risk that is wanted of what is booked in a year.",
      refused: [.integer(1), .string("2024"), .table(ConfigTable([.init(key: "x", place: .default, value: one)]))],
      form: .map(of: .number(0.000001...100)),
      show: { config in
        config.limits.isEmpty
          ? "{}"
          : "{ " + config.limits.map { "\($0.year) = \(ConfigValue.number($0.percent))" }.joined(separator: ", ") + " }"
      },
      read: { config, value in
        guard let table = value.table else {
          throw Field<Self>.refusal("cz_config", value, "a table like { 2024 = 4.5, 2025 = 3.5 }")
        }
        config.limits = try table.entries.map { entry in
          guard let year = Int(entry.key), (1900...9999).contains(year) else {
            throw Faults.usage(entry.place, "\(entry.key) of cz_config is no year", "Write 2024 = 4.5.")
          }
          guard let percent = entry.value.number, (0.000001...100).contains(percent) else {
            throw Field<Self>.refusal("cz_config.\(entry.key)", entry.value, "a number in 0.000001...100 (percent)")
          }
          return Limit(year: year, percent: percent)
        }.sorted { $0.year < $1.year }
        if let twice = zip(config.limits, config.limits.dropFirst()).first(where: { $0.year == $1.year })?.0.year {
          throw Faults.usage(value.place, "cz_config names the year \(twice) twice", "Name each year once.")
        }
      }))

  private static let enforcement = Field<Self>.shared(
    .bool(
      "cz_enforce", \.isEnforced,
      "No scenario may have more risk than cz_config allows for the years of the main period."))

  private static let one = ConfigValue(.integer(1), at: .default)

  /// The limit of a year; nil where there is none: nothing is carried over from another year.
  public func percent(of year: Int) -> Double? { limits.first { $0.year == year }?.percent }

  /// The smallest limit of the years of a period; nil where none has one.
  public func tightest(_ basis: Basis?) -> Limit? {
    guard let basis, let first = Int(basis.periodStart.prefix(4)), let last = Int(basis.periodEnd.prefix(4)),
      first <= last
    else { return nil }
    return limits.filter { (first...last).contains($0.year) }.min { ($0.percent, $0.year) < ($1.percent, $1.year) }
  }
}
