@_spi(Run) internal import CutlineCore
internal import CutlineDecide
internal import CutlineServe
internal import CutlineWorkspace
internal import Foundation

/// The server with a store.
struct ServeCommand: Command {
  static let name = "serve"
  static let group = CommandGroup.decisions
  static let summary =
    "Serves the store of what people decide over HTTP: versions, approvals, what is in force, the log."
  static let options: [Option] =
    [StoreOptions.store, StoreOptions.network] + Serving.options(port: 8052) + Serving.work + [
      .value("runs", "DIR", "List the runs and batches of this folder, and put the results of jobs there."),
      .flag("require-token", "Ask for a token on this machine, too, where reading needs none."),
    ]
  static let details = """
    People sign in with the tokens that cutline principal add has given; on this machine reading needs none. While it runs it is
    the one that writes to the store; commands that read work beside it. It ends by SIGTERM or SIGINT, after what it has begun.

    Examples:
      cutline serve
      cutline serve --store decisions.sqlite --port 0 --access-log access.log
      curl http://127.0.0.1:8052/api/scoring/versions
      curl -H "Authorization: Bearer $(cat boris.token)" -H "Content-Type: application/json" \\
        -d '{"reason": "committee"}' http://127.0.0.1:8052/api/scoring/versions/v1/approve
    """

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    var settings = try Serving.settings(name, arguments, port: 8052)
    let path = StoreOptions.path(arguments)
    settings.store = .init(path: path, options: StoreOptions.options(arguments))
    settings.work = try Serving.work(arguments, runs: arguments["runs"])
    settings.requiresToken = arguments.has("require-token")
    if !Serving.isLoopback(settings.address) {
      // A store has an admin from its beginning; who else may is the admin's to say.
      let people = try StoreOptions.open(arguments, .reading).principals().filter { $0.disabledAt == nil }
      guard !people.isEmpty else {
        throw Faults.usage(
          "--listen", "is \(settings.address), and the store knows nobody who could sign in",
          "Add people first: cutline principal add.")
      }
    }
    return try await Serving.run(settings) { port in
      Console.error("\(path): served at http://\(Serving.host(settings.address)):\(port)/")
    }
  }
}

/// What runs found, for whoever starts it.
struct DashboardCommand: Command {
  static let name = "dashboard"
  static let group = CommandGroup.decisions
  static let summary = "Serves what runs have found over HTTP, without a store."
  static let options: [Option] =
    Serving.options(port: 8050) + Serving.work + Serving.debug + [
      .value("output", "DIR", "A folder of runs, a batch or a run (default output).")
    ]
  static let details = Serving.tokenDetails

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    var settings = try Serving.settings(name, arguments, port: 8050)
    let output = arguments["output"] ?? "output"
    guard PathKind.isFolder(output) || arguments["output"] == nil else {
      throw Faults.io(output, "is no folder", "Name a folder of runs, a batch or a run.")
    }
    settings.work = try Serving.work(arguments, runs: PathKind.isFolder(output) ? output : nil)
    return try await Serving.runWithToken(settings)
  }
}

/// Allocation across segments, for whoever starts it.
struct AllocatorCommand: Command {
  static let name = "allocator"
  static let group = CommandGroup.decisions
  static let summary = "Serves the allocation across segments over HTTP, without a store."
  static let options: [Option] =
    Serving.options(port: 8051) + Serving.debug + [
      .value("output", "DIR", "A folder of runs, a batch or a run (default output).")
    ]
  static let details = Serving.tokenDetails

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    var settings = try Serving.settings(name, arguments, port: 8051)
    let output = arguments["output"] ?? "output"
    settings.work = try Serving.work(arguments, runs: PathKind.isFolder(output) ? output : nil)
    return try await Serving.runWithToken(settings)
  }
}
