public import CutlineDecide
internal import Foundation
internal import Synchronization

/// What a server is started with.
public struct ServerSettings: Sendable {
  /// The store that it has, where it has one.
  public struct StoreFile: Sendable {
    public let path: String
    public let options: Store.Options
    public init(path: String, options: Store.Options) { (self.path, self.options) = (path, options) }
  }

  /// What it is, for its page: `serve`, `dashboard`, `allocator`.
  public var name = "serve"
  public var toolVersion = ""
  public var address = "127.0.0.1"
  /// 0 for any that is free.
  public var port = 8052
  /// Names by which it is called from elsewhere.
  public var hosts: [String] = []
  /// Whether reading needs a token on this machine, too.
  public var requiresToken = false
  public var limits = ServerLimits()
  public var store: StoreFile?
  /// Runs that are listed, and jobs that are taken.
  public var work: WorkSettings?
  /// Who has this is an analyst: for a server without people.
  public var ownToken: String?
  public var log: @Sendable (AccessRecord) -> Void = { _ in }
  /// What goes wrong inside, for whoever runs it.
  public var report: @Sendable (String) -> Void = { _ in }
  public var clock: @Sendable () -> Instant = Store.Options().clock

  public init() {}
}

/// A server that answers, from its making to `stop`.
public final class Server: Sendable {
  private let socket: ListeningSocket
  private let site: Site
  private let daemon: HttpDaemon
  /// What the thread that keeps time looks at.
  private final class Flag: Sendable {
    private let value = Mutex(false)
    var isSet: Bool { value.withLock { $0 } }
    func set() { value.withLock { $0 = true } }
  }
  private let isStopped = Flag()

  /// - Throws: `Faults`: (io) where the address is in use, (integrity) where another process writes to the store, (usage) without the
  ///   library, for an address that is none, or one that others reach while the store knows nobody.
  public init(_ settings: ServerSettings) throws {
    raiseFileLimit()
    socket = try ListeningSocket(settings.address, port: settings.port)
    site = try Site(settings, port: socket.port)
    daemon = try HttpDaemon(socket, settings.limits, site.watch, handler: site)
    Thread { [site, isStopped] in Self.keepTime(site, isStopped) }.start()
  }

  public var port: Int { socket.port }

  /// Accepts no more, answers what runs and what has been sent, and ends.
  ///
  /// - Returns: how many requests were cut off after the time for it.
  public func stop() -> Int {
    defer { isStopped.set() }
    let cut = daemon.stop()
    // Children go on; the next server finds them.
    site.work?.jobs?.close()
    return cut
  }

  /// The version of the library that speaks HTTP; nil where it is missing.
  public static var libraryVersion: String? { (try? HttpLibrary.installed.get())?.version }  // said where it is needed

  /// Four times a second: clients that take too long; once a second: activations that are due.
  private static func keepTime(_ site: Site, _ isStopped: Flag) {
    var beat = 0
    while !isStopped.isSet {
      usleep(250_000)
      beat += 1
      site.watch.sweep()
      guard beat % 4 == 0, let store = site.store else { continue }
      do {
        for due in try store.activateDue() {
          site.report("\(due.name): \(due.refusal ?? "in force, as scheduled")")
        }
      } catch { site.report("scheduled activations: \(error)") }
    }
  }
}

/// Lets the process have as many open files as the system allows it: a connection is one.
private func raiseFileLimit() {
  var limit = rlimit()
  guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max else {
    return
  }
  limit.rlim_cur = min(limit.rlim_max, 65_536)
  setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}
