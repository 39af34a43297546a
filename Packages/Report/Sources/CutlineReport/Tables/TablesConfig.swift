internal import CutlineCore
internal import CutlineCredit

/// The configuration of stages that write tables and have nothing else to configure.
struct TablesConfig: StageConfig {
  var folder = "data"
  static let fields: [Field<Self>] = [ResultFolder.field(\.folder)]
}

/// The configuration of the tables of a strategy.
struct StrategyTablesConfig: StageConfig {
  var folder = "data"
  var currency = Currency.euro
  static let fields: [Field<Self>] = [ResultFolder.field(\.folder), Currency.field(\.currency)]
}
