/// The names under which devtop's own paths may be asked for, so that no other web site reaches them through a browser.
package struct OwnHosts: Sendable {
  private let addresses: Set<HostAddress>
  private let names: Set<String>

  /// - Parameters:
  ///   - addresses: Of this machine, numeric.
  ///   - names: Further names, as configured (`hosts`).
  package init(addresses: [String] = [], names: [String] = []) {
    self.addresses = Set(addresses.compactMap { HostAddress($0) })
    self.names = Set(names.map { Self.folded($0[...]) })
  }

  /// Whether a Host field, or what stands behind `http://`, names this machine.
  package func contain(authority: String) -> Bool {
    guard let host = Self.host(of: authority) else { return false }
    if let address = HostAddress(host) { return address.isThisMachine || addresses.contains(address) }
    let name = Self.folded(host)
    return name == "localhost" || name.hasSuffix(".localhost") || names.contains(name)
  }

  /// Whether an Origin field (RFC 6454 §7) names this machine; `null` does not.
  package func contain(origin: String) -> Bool {
    for scheme in ["http://", "https://"] where origin.lowercased().hasPrefix(scheme) {
      return contain(authority: String(origin.dropFirst(scheme.utf8.count)))
    }
    return false
  }

  /// RFC 3986 §3.2, without user information; nil: malformed.
  private static func host(of authority: String) -> Substring? {
    var host = authority[...]
    if host.hasPrefix("[") {
      guard let end = host.firstIndex(of: "]") else { return nil }
      let rest = host[host.index(after: end)...]
      guard rest.isEmpty || isPort(rest) else { return nil }
      return host[...end]
    }
    if let colon = host.firstIndex(of: ":") {
      guard isPort(host[colon...]) else { return nil }
      host = host[..<colon]
    }
    let isName = host.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
        true
      default: false
      }
    }
    return isName && !host.isEmpty ? host : nil
  }

  private static func isPort(_ text: Substring) -> Bool {
    text.utf8.dropFirst().allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      && text.hasPrefix(":") && text.utf8.count <= 6
  }

  /// Lower case, without the dot of a full name.
  private static func folded(_ host: Substring) -> String {
    let name = host.lowercased()
    return name.hasSuffix(".") ? String(name.dropLast()) : name
  }
}
