import Glibc

/// An address and TCP port on which connections are accepted.
public struct PortAddress: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// 4 or 16, in network order.
  let bytes: [UInt8]
  /// Of a link-local IPv6 address, the number of the interface; else 0.
  let scope: UInt32
  /// From 1.
  public let port: Int
  /// Of `::` only: IPv4 is not meant (IPV6_V6ONLY, ipv6(7)).
  public let onlyIPv6: Bool

  init(bytes: [UInt8], port: Int, scope: UInt32 = 0, onlyIPv6: Bool = false) {
    // An IPv6 socket may name an IPv4 address (RFC 4291 §2.5.5.2).
    let isMapped = bytes.count == 16 && bytes.starts(with: Self.mappedPrefix)
    self.bytes = isMapped ? Array(bytes.suffix(4)) : bytes
    self.port = port
    self.scope = isMapped ? 0 : scope
    self.onlyIPv6 = onlyIPv6 && bytes.count == 16 && bytes.allSatisfy { $0 == 0 }
  }

  /// A numeric address, such as `127.0.0.1` or `::`, and a port; nil when it is none.
  public init?(_ address: String, port: Int, onlyIPv6: Bool = false) {
    guard (1...65535).contains(port) else { return nil }
    let parts = address.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let host = parts.first, let scope = parts.count == 1 ? 0 : UInt32(parts[1]) else { return nil }
    let isSix = host.utf8.contains(UInt8(ascii: ":"))
    var bytes = [UInt8](repeating: 0, count: isSix ? 16 : 4)
    guard inet_pton(isSix ? AF_INET6 : AF_INET, host, &bytes) == 1 else { return nil }
    self.init(bytes: bytes, port: port, scope: scope, onlyIPv6: onlyIPv6)
  }

  /// What bind(2) was given; nil when it is no IPv4 or IPv6 address, or too short for one.
  init?(sockaddr: [UInt8], onlyIPv6: Bool) {
    guard sockaddr.count >= 2 else { return nil }
    let family = Int32(sockaddr.withUnsafeBytes { $0.loadUnaligned(as: sa_family_t.self) })
    guard sockaddr.count >= (family == AF_INET6 ? Self.oldSixLength : MemoryLayout<sockaddr_in>.size) else {
      return nil
    }
    let port = Int(sockaddr[2]) << 8 | Int(sockaddr[3])
    switch family {
    case AF_INET: self.init(bytes: Array(sockaddr[4..<8]), port: port)
    case AF_INET6:
      let scope =
        sockaddr.count < 28
        ? 0 : sockaddr.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 24, as: UInt32.self) }
      self.init(bytes: Array(sockaddr[8..<24]), port: port, scope: scope, onlyIPv6: onlyIPv6)
    case _: return nil
    }
  }

  /// SIN6_LEN_RFC2133 of the kernel: an address without a scope is enough.
  private static let oldSixLength = 24
  private static let mappedPrefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]

  /// Numeric: `127.0.0.1`, `0.0.0.0`, `::`, `fe80::1%2`.
  public var address: String {
    var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    guard inet_ntop(isIPv6 ? AF_INET6 : AF_INET, bytes, &buffer, socklen_t(buffer.count)) != nil else {
      return ""
    }
    let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return scope == 0 ? text : "\(text)%\(scope)"
  }

  /// `127.0.0.1:8080`, `[::1]:8080`.
  public var description: String { isIPv6 ? "[\(address)]:\(port)" : "\(address):\(port)" }

  /// Whether it is written with colons.
  public var isIPv6: Bool { bytes.count == 16 }
  /// Whether it stands for all addresses of this machine.
  public var isWildcard: Bool { bytes.allSatisfy { $0 == 0 } }
  /// Whether only programs on this machine can reach it.
  public var isLoopback: Bool { isIPv6 ? bytes == Self.loopbackSix : bytes.first == 127 }

  static let loopbackSix: [UInt8] = Array(repeating: 0, count: 15) + [1]

  /// By port, then address.
  public static func < (left: PortAddress, right: PortAddress) -> Bool {
    if left.port != right.port { return left.port < right.port }
    if left.bytes != right.bytes {
      return left.bytes.count != right.bytes.count
        ? left.bytes.count < right.bytes.count : left.bytes.lexicographicallyPrecedes(right.bytes)
    }
    return (left.scope, left.onlyIPv6 ? 1 : 0) < (right.scope, right.onlyIPv6 ? 1 : 0)
  }

  /// Whether one connection could be meant for both.
  func overlaps(_ other: PortAddress) -> Bool {
    guard port == other.port else { return false }
    return bytes == other.bytes || covers(other) || other.covers(self)
  }

  private func covers(_ other: PortAddress) -> Bool {
    isWildcard && (isIPv6 == other.isIPv6 || (isIPv6 && !onlyIPv6))
  }

  /// Calls `body` with the address as the kernel takes it; `mapped`: an IPv4 address for an IPv6 socket.
  func withSockaddr<Result>(
    mapped: Bool = false, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    // Aligned as every type of address.
    var storage = sockaddr_storage()
    let bytes = encoded(mapped: mapped)
    withUnsafeMutableBytes(of: &storage) { $0.copyBytes(from: bytes) }
    return withUnsafePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(bytes.count)) }
    }
  }

  /// A `sockaddr_in` or `sockaddr_in6`.
  func encoded(mapped: Bool = false) -> [UInt8] {
    let isSix = isIPv6 || mapped
    var result = withUnsafeBytes(of: sa_family_t(isSix ? AF_INET6 : AF_INET)) { Array($0) }
    result += [UInt8(truncatingIfNeeded: port >> 8), UInt8(truncatingIfNeeded: port)]
    guard isSix else { return result + bytes + Array(repeating: 0, count: 8) }
    result += [0, 0, 0, 0] + (isIPv6 ? bytes : Self.mappedPrefix + bytes)
    return result + withUnsafeBytes(of: scope) { Array($0) }
  }

  /// Where this socket of this process is bound; nil when it has no such address or no port yet.
  init?(boundOf descriptor: Int32) {
    var storage = [UInt8](repeating: 0, count: MemoryLayout<sockaddr_storage>.size)
    var length = socklen_t(storage.count)
    let result = storage.withUnsafeMutableBytes { raw in
      raw.baseAddress.map { getsockname(descriptor, $0.assumingMemoryBound(to: sockaddr.self), &length) }
        ?? -1
    }
    guard result == 0 else { return nil }
    self.init(sockaddr: Array(storage.prefix(Int(length))), onlyIPv6: false)
    guard port != 0 else { return nil }
  }
}
