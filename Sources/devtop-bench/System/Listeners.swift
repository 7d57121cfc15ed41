/// Where processes listen, by /proc; proc(5).
enum Listeners {
  /// The IPv4 addresses (also those of dual-stack sockets) where a process listens on TCP.
  static func of(_ pid: Int32) -> [Endpoint] {
    let sockets = Set(
      SystemText.names(in: "/proc/\(pid)/fd").compactMap { name in
        SystemText.target(of: "/proc/\(pid)/fd/\(name)").flatMap(inode)
      })
    let tables = ["tcp", "tcp6"].compactMap { SystemText.text(of: "/proc/\(pid)/net/\($0)") }
    return tables.flatMap { $0.split(separator: "\n").dropFirst() }.compactMap { line in
      let fields = line.split(separator: " ")
      // The state of a listening socket is 0A.
      guard fields.count > 9, fields[3] == "0A", sockets.contains(String(fields[9])) else { return nil }
      return endpoint(fields[1])
    }
  }

  /// Of `socket:[1234]`.
  private static func inode(_ target: String) -> String? {
    guard target.hasPrefix("socket:["), target.hasSuffix("]") else { return nil }
    return String(target.dropFirst(8).dropLast())
  }

  /// Of `0100007F:1F90`: words of the address as the machine reads them, the port in usual order.
  private static func endpoint(_ text: Substring) -> Endpoint? {
    let parts = text.split(separator: ":")
    guard parts.count == 2, let port = UInt16(parts[1], radix: 16) else { return nil }
    // The last word of an IPv4 address mapped to IPv6, and of `::`.
    guard let word = UInt32(parts[0].suffix(8), radix: 16) else { return nil }
    let leading = parts[0].dropLast(8)
    guard leading.allSatisfy({ $0 == "0" }) || leading == "0000000000000000FFFF0000" else { return nil }
    let address = UInt32(bigEndian: word)
    return Endpoint(address: address == 0 ? 0x7F00_0001 : address, port: port)
  }
}
