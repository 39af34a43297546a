@_spi(Run) internal import CutlineCore
internal import Foundation
internal import Synchronization

/// A socket that listens at an address of this machine.
final class ListeningSocket: Sendable {
  private let open: Mutex<Int32?>
  let isIPv6: Bool
  /// The number that it has: another one than was asked for where that was 0.
  let port: Int

  /// - Parameters:
  ///   - address: a number, such as `127.0.0.1` or `::1`; names mean different things at different times.
  ///   - port: 0 for any that is free.
  /// - Throws: `Faults` (usage) for what is no address, (io) where it is in use or not this machine's.
  init(_ address: String, port: Int) throws {
    let place = address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
    var four = sockaddr_in()
    var six = sockaddr_in6()
    let isSix = inet_pton(AF_INET6, address, &six.sin6_addr) == 1
    guard isSix || inet_pton(AF_INET, address, &four.sin_addr) == 1 else {
      throw Faults.usage(
        "--listen", "\"\(address)\" is no address", "Give a number, such as 127.0.0.1, 0.0.0.0 or ::1.")
    }
    four.sin_family = sa_family_t(AF_INET)
    four.sin_port = in_port_t(port).bigEndian
    six.sin6_family = sa_family_t(AF_INET6)
    six.sin6_port = in_port_t(port).bigEndian
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    let descriptor = socket(isSix ? AF_INET6 : AF_INET, kind, 0)
    guard descriptor >= 0 else { throw Self.failure(place, "cannot be listened at") }
    var yes: Int32 = 1
    // A port of a server that has just ended is free.
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    if isSix { setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &yes, socklen_t(MemoryLayout<Int32>.size)) }
    let bound = isSix ? Self.bind(descriptor, &six) : Self.bind(descriptor, &four)
    guard bound == 0, listen(descriptor, 1024) == 0 else {
      let failure =
        errno == EADDRINUSE
        ? Faults.io(place, "is in use by another program", "Give another --port, or 0 for any that is free.")
        : Self.failure(place, "cannot be listened at")
      SystemCall.close(descriptor)
      throw failure
    }
    open = Mutex(descriptor)
    isIPv6 = isSix
    var found = sockaddr_in6()
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    _ = withUnsafeMutablePointer(to: &found) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    // The port stands at the same place in both kinds of addresses.
    self.port = Int(UInt16(bigEndian: found.sin6_port))
  }

  deinit { close() }

  /// What listens; nil when it does no more.
  var descriptor: Int32? { open.withLock { $0 } }

  /// Listens no more, as far as this process's other descriptors of it do not.
  func close() {
    open.withLock { descriptor in
      if let descriptor { SystemCall.close(descriptor) }
      descriptor = nil
    }
  }

  private static func bind<Address>(_ descriptor: Int32, _ address: inout Address) -> Int32 {
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Foundation.bind(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
      }
    }
  }

  private static func failure(_ place: String, _ problem: String) -> Faults {
    Faults.io(place, "\(problem): \(SystemCall.reason())", "Give an address of this machine and a port above 1023.")
  }
}
