/// By which names a server may be called: a page of another site that has its own name point to this machine says that name, and gets
/// nothing (DNS rebinding).
struct AllowedHosts: Sendable {
  /// With their ports where they have one, in small letters.
  private let names: Set<String>
  /// Names that were declared, with whatever port whoever stands in front has.
  private let declared: Set<String>
  private let port: Int
  /// Listening at every address, each number of one is right: a page cannot have a number for its name.
  private let isAnyNumber: Bool

  /// - Parameter declared: names by which it is called from elsewhere, such as that of a proxy.
  init(address: String, port: Int, declared: [String]) {
    self.declared = Set(declared.map { $0.lowercased() })
    self.port = port
    isAnyNumber = ["0.0.0.0", "::"].contains(address)
    var hosts = [address.contains(":") ? "[\(address.lowercased())]" : address]
    if Self.isLoopback(address) || isAnyNumber { hosts += ["localhost", "127.0.0.1", "[::1]"] }
    names = Set(hosts.flatMap { port == 80 ? [$0, "\($0):80"] : ["\($0):\(port)"] })
  }

  /// Whether the names are those of this machine alone.
  var areDeclared: Bool { !declared.isEmpty }

  static func isLoopback(_ address: String) -> Bool {
    address.hasPrefix("127.") || address == "::1" || address.hasPrefix("::ffff:127.")
  }

  func allow(_ host: String) -> Bool {
    let host = host.lowercased()
    if names.contains(host) { return true }
    let (name, port) = Self.parts(host)
    if declared.contains(name) { return true }
    return isAnyNumber && port == self.port && Self.isNumber(name)
  }

  /// Whether `Origin` is the page of the server that `Host` names.
  func isSame(origin: String, host: String) -> Bool {
    for scheme in ["http://", "https://"] where origin.lowercased().hasPrefix(scheme) {
      return String(origin.dropFirst(scheme.count)).lowercased() == host.lowercased()
    }
    return false
  }

  private static func parts(_ host: String) -> (name: String, port: Int) {
    if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
      let rest = host[host.index(after: end)...]
      return (String(host[...end]), Int(rest.dropFirst()) ?? 80)
    }
    let parts = host.split(separator: ":", maxSplits: 1)
    return (parts.first.map(String.init) ?? "", parts.count > 1 ? Int(parts[1]) ?? -1 : 80)
  }

  private static func isNumber(_ name: String) -> Bool {
    if name.hasPrefix("[") { return name.dropFirst().dropLast().allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." } }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts.allSatisfy { part in Int(part).map { (0...255).contains($0) } ?? false }
  }
}
