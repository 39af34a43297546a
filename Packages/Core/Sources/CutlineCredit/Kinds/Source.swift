public import CutlineCore

/// Brings a table of applications.
public enum Source: ExchangedKind {
  public typealias Input = NoInput
  public typealias Output = SourceTable
  public static let name = "source"
  public static let summary = "Reads a table of applications from a file."

  public static let baseline: String? = #"""
    /// Applications made up from the run's random stream. Read your own table here, and name every file that it comes
    /// from in `externalInputs`, so that a changed file is noticed.
    struct {{Stage}}: Stage {
      typealias Kind = Source
      static let name = "{{name}}"
      static let summary = "Makes up a table of applications."

      struct Config: StageConfig {
        var rows = 100
        static let fields: [Field<Self>] = [
          .int("rows", \.rows, in: 1...1_000_000, unit: "applications", "How many applications there are.")
        ]
      }
      let config: Config

      func run(_ input: NoInput, in context: RunContext) async throws -> SourceTable {
        var random = context.random("{{name}}/applications")
        let scores = (0..<config.rows).map { _ in Double(random.next32() % 1000) }
        let columns = [
          Column(name: "id", values: .text(TextColumn((0..<config.rows).map { "A\($0)" }))),
          Column(name: "score", values: .number(scores)),
        ]
        return SourceTable(table: try Table(columns: columns, rowCount: config.rows), notes: ["made up"])
      }
    }

    """#
}
