import CProcess
import Glibc

/// A copy of a program's socket, held while one call is answered: a longer hold would keep its port open.
struct TakenSocket: ~Copyable {
  /// IPPROTO_MPTCP; Go listens with it.
  private static let multipath: Int32 = 262

  let descriptor: Int32

  /// Takes it; the error is an errno (EPERM: not allowed here, EBADF: no such descriptor).
  init(_ number: Int32, of process: Int32) throws(PortRefusal) {
    descriptor = devtop_take_descriptor(process, number)
    guard descriptor >= 0 else { throw .stranger(code: -descriptor) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  private func option(_ level: Int32, _ name: Int32) -> Int32? {
    var value: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(descriptor, level, name, &value, &size) == 0 ? value : nil
  }

  var family: Int32? { option(SOL_SOCKET, SO_DOMAIN) }

  /// Whether it is a TCP socket, bound to no interface.
  var isTCP: Bool {
    let proto = option(SOL_SOCKET, SO_PROTOCOL)
    return option(SOL_SOCKET, SO_TYPE) == Int32(SOCK_STREAM.rawValue)
      && (proto == Int32(IPPROTO_TCP) || proto == Self.multipath)
      && option(SOL_SOCKET, SO_BINDTOIFINDEX) ?? 0 == 0
  }

  var inode: UInt64? { status.map { UInt64($0.st_ino) } }
  var user: uid_t? { status.map(\.st_uid) }

  private var status: Glibc.stat? {
    var status = Glibc.stat()
    return fstat(descriptor, &status) == 0 ? status : nil
  }

  /// What decides about conflicts.
  var traits: SocketTraits {
    SocketTraits(
      reusesPort: option(SOL_SOCKET, SO_REUSEPORT) ?? 0 != 0,
      reusesAddress: option(SOL_SOCKET, SO_REUSEADDR) ?? 0 != 0,
      onlyIPv6: family == AF_INET6 && option(Int32(IPPROTO_IPV6), IPV6_V6ONLY) ?? 0 != 0)
  }

  func sharePort() { setOption(descriptor, SOL_SOCKET, SO_REUSEPORT, 1) }

  /// 0 or an errno.
  func bind(_ address: PortAddress) -> Int32 {
    let mapped = !address.isIPv6 && family == AF_INET6
    return address.withSockaddr(mapped: mapped) { Glibc.bind(descriptor, $0, $1) } == 0 ? 0 : errno
  }

  /// 0 or an errno.
  func listen(backlog: Int32) -> Int32 { Glibc.listen(descriptor, backlog) == 0 ? 0 : errno }

  /// As `bind(_:)`, to a port of the kernel's choice, which it returns; or nil and an errno.
  func bindAnywhere(_ bytes: [UInt8]) -> Result<PortAddress, PortRefusal> {
    let error = bind(PortAddress(bytes: bytes, port: 0))
    guard error == 0, let bound = PortAddress(boundOf: descriptor) else {
      return .failure(.stranger(code: error == 0 ? EADDRNOTAVAIL : error))
    }
    return .success(bound)
  }
}

/// The options of a socket that decide whether another one may have the same port (socket(7), ipv6(7)).
struct SocketTraits: Hashable, Sendable {
  var reusesPort = false
  var reusesAddress = false
  var onlyIPv6 = false
}

/// An option that the kernel always takes for this kind of socket.
func setOption(_ descriptor: Int32, _ level: Int32, _ name: Int32, _ value: Int32) {
  var value = value
  setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
}
