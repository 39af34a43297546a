internal import CutlineCompute
@_spi(Run) internal import CutlineCore
internal import Foundation

@main struct Tool {
  static let version = "0.2.0"

  static let commands: [any Command.Type] = [
    InitCommand.self, BinsCommand.self, RunCommand.self, BatchCommand.self, RejectEnvelopeCommand.self,
    ScoreMetricsCommand.self,
    StabilityCommand.self, ChartCommand.self,
    CheckCommand.self, ConfigCommand.self,
    PlanCommand.self,
    ListCommand.self, DescribeCommand.self,
    SchemaCommand.self,
    VerifyCommand.self,
    EvaluateCommand.self, ExportCommand.self, DiffCommand.self, ExplainKpiCommand.self, StressCommand.self,
    AllocateCommand.self,
    FrontierCommand.self,
    CheckCertificateCommand.self, TrackCommand.self, ModelsCommand.self,
    TableCommand.self,
    SimulateCommand.self,
    ScorecardCommand.self, RulesCommand.self, DecideCommand.self, OutcomesCommand.self, LabelsCommand.self,
    StoreCommand.self,
    VersionCommand.self,
    AuditCommand.self, ReceiptCommand.self, PrincipalCommand.self,
    ProductCommand.self,
    AliasCommand.self, WaiverCommand.self, RetentionCommand.self,
    ServeCommand.self, DashboardCommand.self, AllocatorCommand.self,
    PluginsCommand.self, NewPluginCommand.self,
  ]

  static func main() async {
    Interruption.installRefusal()
    signal(SIGPIPE, SIG_IGN)
    let interruption = Interruption()
    let words = Array(CommandLine.arguments.dropFirst())
    var code = await run(words)
    if Console.outputFailure != 0 {
      let loss = "standard output: cannot be written: \(SystemCall.reason(Console.outputFailure))."
      if Console.isPublished {
        Console.error("warning: \(loss) The results are in their place.")
      } else {
        Console.error("error: \(loss) Write to a file, or free the disk.")
        if code == .ok { code = .io }
      }
    }
    // A signal that is ending the program says how it ends.
    Unfinished.undisturbed {}
    EventFile.end(code: code.rawValue)
    withExtendedLifetime(interruption) { exit(code.rawValue) }
  }

  static func run(_ words: [String]) async -> ExitCode {
    do {
      try LinkCheck.run()
      try WordCheck.run()
      guard let first = words.first else {
        Console.out(help(all: false))
        return .usage
      }
      if ["--help", "-h", "help"].contains(first) {
        let second = words.dropFirst().first
        let named = second.flatMap { name in commands.first { $0.name == name } }
        Console.out(named?.help ?? help(all: second == "--all"))
        return .ok
      }
      // With more words it is the command on versions of what decides.
      if first == "--version" || words == ["version"] {
        Console.out("cutline \(version)\n")
        return .ok
      }
      guard let command = commands.first(where: { $0.name == first }) else {
        throw Faults.usage(
          "cutline \(first)", "is not a command\(DidYouMean.phrase(for: first, among: commands.map { $0.name }))",
          "See cutline --help.")
      }
      let rest = Array(words.dropFirst())
      if rest.prefix(while: { $0 != "--" }).contains(where: { $0 == "--help" || $0 == "-h" }) {
        Console.out(command.help)
        return .ok
      }
      let arguments = try Arguments(rest, for: command)
      if arguments.has(Option.showValues.name) { Console.disclosure = .full }
      return try await command.run(arguments)
    } catch is CancellationError {
      Unfinished.undisturbed {}
      Console.error("error: stopped")
      return .io
    } catch {
      Unfinished.undisturbed {}
      if let known = error as? any EndingError ?? (error as? any ComputeFailure).map(Faults.init) {
        Console.failure(known)
        EventFile.fail(known)
        return known.exitCode
      }
      Console.error("error: \(error). This is a fault of cutline; please report it.")
      return .io
    }
  }

  /// A dozen commands in groups, or all of them.
  private static func help(all: Bool) -> String {
    let shown = commands.filter { all || $0.isCommon }
    let width = shown.map { $0.name.count }.max() ?? 0
    let groups = CommandGroup.allCases.map { group in
      "\(group.rawValue):\n"
        + shown.filter { $0.group == group }.map { command in
          "  \(command.name)\(String(repeating: " ", count: width - command.name.count))  \(command.summary)\n"
        }.joined()
    }
    return """
      cutline: from a file of loan applications to a proven-optimal acceptance strategy.

      Usage: cutline COMMAND [OPTIONS]

      \(groups.joined(separator: "\n"))
      cutline COMMAND --help says more\(all ? "" : ", cutline help --all lists the rest"). A first run, on a portfolio of our own making:

        cutline simulate --rows 50000 --output demo/applications.sas7bdat --config demo/config.toml
        cutline run --config demo/config.toml --output demo/output
        cutline verify demo/output

      Exit codes: 0 ok, 2 usage or configuration, 3 data, 4 a gate refused, 5 infeasible, 6 integrity, 7 input or output.

      """
  }
}
