@_spi(Run) internal import CutlineCore
internal import CutlineDecide
internal import CutlineServe
internal import Foundation

/// What the three servers have in common: their options, their log, and how they end.
enum Serving {
  static func options(port: Int) -> [Option] {
    [
      .value("port", short: "p", "PORT", "Where it listens (default \(port)); 0 for any that is free."),
      .value("listen", "ADDRESS", "At which address, as a number (default 127.0.0.1: this machine only)."),
      .value(
        "host", "NAME", repeats: true,
        "By which name it is called from elsewhere, such as a proxy's; all need a token then."),
      .value("threads", "N", "How many requests are answered at a time (default 8)."),
      .value("connections", "N", "The most open connections; those beyond are told to come again (default 1000)."),
      .value("idle-seconds", "N", "A connection without a byte for so long ends (default 10)."),
      .value("request-seconds", "N", "A request, and an answer, must be whole by then (default 60)."),
      .value("access-log", "FILE", "Add a line for each request to this file, not to standard error."),
    ]
  }

  /// Runs that are listed, and jobs that are taken.
  static let work: [Option] = [
    .value("jobs", "DIR", "Take jobs, and keep them in this folder; without it none are taken."),
    .value("data", "DIR", repeats: true, "A folder of data that a job may read."),
    .value(
      "configurations", "DIR",
      "A folder of configurations of your own, which jobs may name; only they may name programs."),
    .value("jobs-at-once", "N", "How many jobs run at a time (default 1)."),
  ]

  /// - Parameter runs: the folder of runs; nil for none.
  static func work(_ arguments: Arguments, runs: String?) throws -> WorkSettings? {
    guard let runs else {
      for name in ["jobs", "data", "configurations", "jobs-at-once"] where arguments[name] != nil {
        throw Faults.usage("--\(name)", "needs a folder of runs", "Give one: --runs DIR.")
      }
      return nil
    }
    var work = WorkSettings(runs: runs, registry: try Plugins.registry())
    work.jobs = arguments["jobs"]
    work.data = arguments.all("data")
    work.configurations = arguments["configurations"]
    work.atOnce = try arguments.integer("jobs-at-once", in: 1...64) ?? 1
    return work
  }

  static let debug: [Option] = [.flag("debug", "Say all of what goes wrong inside, here; no client is told.")]

  static let tokenDetails = """
    It has no people: it makes a token for an analyst, valid while it runs, and prints the address with it once. A browser that opens
    that address is signed in; programs send it as Authorization: Bearer. On this machine looking needs none.
    """

  static func isLoopback(_ address: String) -> Bool { address.hasPrefix("127.") || address == "::1" }

  static func host(_ address: String) -> String { address.contains(":") ? "[\(address)]" : address }

  static func settings(_ name: String, _ arguments: Arguments, port: Int) throws -> ServerSettings {
    var settings = ServerSettings()
    settings.name = name
    settings.toolVersion = Tool.version
    settings.port = try arguments.integer("port", in: 0...65_535) ?? port
    settings.address = arguments["listen"] ?? "127.0.0.1"
    settings.hosts = arguments.all("host")
    settings.limits.threads = try arguments.integer("threads", in: 1...256) ?? settings.limits.threads
    settings.limits.connections = try arguments.integer("connections", in: 1...50_000) ?? settings.limits.connections
    settings.limits.idleSeconds = try arguments.integer("idle-seconds", in: 1...3600) ?? settings.limits.idleSeconds
    settings.limits.requestSeconds =
      try arguments.integer("request-seconds", in: 1...3600) ?? settings.limits.requestSeconds
    if arguments.has("debug") { Console.disclosure = .full }
    settings.report = { Console.error("server: \($0)") }
    let log = try arguments["access-log"].map { try AccessLog($0) }
    settings.log = { record in
      if let log { log.add(record.text) } else { Console.error(record.text) }
    }
    return settings
  }

  /// A server without people: with a token of its own, whose address is printed once.
  static func runWithToken(_ settings: ServerSettings) async throws -> ExitCode {
    var settings = settings
    let token = Secret.text(try Secret.random(32))
    settings.ownToken = token
    let host = host(settings.address)
    return try await run(settings) { port in
      Console.out("http://\(host):\(port)/?token=\(token)\n")
      Console.error("The address signs in as analyst, as long as this runs; it is not shown again.")
    }
  }

  /// Serves until a signal, and then ends in order.
  static func run(_ settings: ServerSettings, started: (Int) -> Void) async throws -> ExitCode {
    let server = try Server(settings)
    started(server.port)
    await withCheckedContinuation { continuation in
      Interruption.gracefulEnd.withLock { $0 = { continuation.resume() } }
    }
    let cut = server.stop()
    guard cut == 0 else {
      Console.error("server: \(cut) requests were cut off after \(settings.limits.stopSeconds) seconds")
      return .io
    }
    Console.error("server: ended; nothing was cut off")
    return .ok
  }
}

/// Lines of a file that only grows, whole whatever happens.
final class AccessLog: Sendable {
  private let descriptor: Int32

  /// - Throws: `Faults` (io) where the file cannot be added to.
  init(_ path: String) throws {
    descriptor = SystemCall.repeated { open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600) }
    guard descriptor >= 0 else { throw FileSystem.failure(path, "cannot be added to") }
  }

  deinit { SystemCall.close(descriptor) }

  /// One call a line, so that lines of several threads do not mix. A full disk loses lines, and stops nobody.
  func add(_ line: String) {
    let bytes = Array((TerminalText.escaped(line) + "\n").utf8)
    _ = bytes.withUnsafeBytes { SystemCall.write($0, to: descriptor) }
  }
}
