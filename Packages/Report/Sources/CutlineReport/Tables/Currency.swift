internal import CutlineCore

/// The currency of the amounts, for the headers of tables.
struct Currency: Sendable, Hashable {
  /// ISO 4217, such as `EUR`.
  let code: String

  static let allowed = "three capital letters, such as \"EUR\""

  /// - Returns: nil for what is no code.
  init?(_ code: String) {
    guard code.utf8.count == 3, code.utf8.allSatisfy({ (65...90).contains($0) }) else { return nil }
    self.code = code
  }

  private init(known code: String) { self.code = code }
  static let euro = Currency(known: "EUR")

  /// As it stands in a header, in brackets: the sign of the best known, of others the code.
  var sign: String { ["EUR": "€", "USD": "$", "GBP": "£"][code] ?? code }
}

/// The configuration of the tables of a strategy.
struct StrategyTablesConfig: StageConfig {
  var folder = "data"
  var currency = Currency.euro
  static let fields: [Field<Self>] = [
    ResultFolder.field(\.folder),
    .shared(
      .custom(
        "currency", allowed: Currency.allowed, "Currency of the amounts: its sign stands in the headers of tables.",
        refused: [.integer(1), .string("euro"), .string("€")], form: .text,
        show: { ConfigValue.quoted($0.currency.code) },
        read: { config, value in
          guard let currency = value.string.flatMap(Currency.init) else {
            throw Field<Self>.refusal("currency", value, Currency.allowed)
          }
          config.currency = currency
        })),
  ]
}
