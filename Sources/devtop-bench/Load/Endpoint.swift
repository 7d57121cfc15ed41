import Glibc

/// An IPv4 address and port where a server listens.
struct Endpoint: Hashable, Sendable, CustomStringConvertible {
  /// In the machine's byte order: 0x7F000001 is 127.0.0.1.
  var address: UInt32
  var port: UInt16

  static func loopback(_ port: UInt16) -> Endpoint { Endpoint(address: 0x7F00_0001, port: port) }

  var isLoopback: Bool { address >> 24 == 127 }

  /// Numeric, without the port.
  var host: String {
    "\(address >> 24).\(address >> 16 & 0xFF).\(address >> 8 & 0xFF).\(address & 0xFF)"
  }

  var description: String { "\(host):\(port)" }

  /// What bind(2) and connect(2) take.
  func withSocketAddress<T>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> T) -> T {
    var socketAddress = sockaddr_in()
    socketAddress.sin_family = sa_family_t(AF_INET)
    socketAddress.sin_port = port.bigEndian
    socketAddress.sin_addr.s_addr = address.bigEndian
    return withUnsafePointer(to: &socketAddress) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }
}
