import Glibc

/// A numeric address of either family; an IPv4 address mapped into IPv6 is the IPv4 one.
struct HostAddress: Hashable {
  private let bytes: [UInt8]

  /// Nil unless the text is an address in full notation; brackets and a zone are allowed.
  init?(_ text: some StringProtocol) {
    var inner = text[...]
    if inner.hasPrefix("["), inner.hasSuffix("]") { inner = inner.dropFirst().dropLast() }
    let numeric = String(inner.prefix { $0 != "%" })
    var four = in_addr()
    var six = in6_addr()
    if inet_pton(AF_INET, numeric, &four) == 1 {
      bytes = withUnsafeBytes(of: &four) { Array($0) }
    } else if inet_pton(AF_INET6, numeric, &six) == 1 {
      let all = withUnsafeBytes(of: &six) { Array($0) }
      let isMapped = all.prefix(10).allSatisfy { $0 == 0 } && all[10] == 0xFF && all[11] == 0xFF
      bytes = isMapped ? Array(all[12...]) : all
    } else {
      return nil
    }
  }

  /// Whether only this machine can mean itself by it: loopback, or the unspecified address, which Linux connects to it.
  var isThisMachine: Bool {
    if bytes.count == 4 { return bytes[0] == 127 || bytes.allSatisfy { $0 == 0 } }
    return bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] <= 1
  }
}
