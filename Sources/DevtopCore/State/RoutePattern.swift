/// A route that a service has, as its router names it: `GET /orders/:id`, `GET /static/*filepath`.
package struct RoutePattern: Hashable, Sendable {
  package var method: String
  package var path: String

  package init(method: String, path: String) {
    self.method = method
    self.path = path
  }
}

/// Finds the pattern that a path belongs to, as Gin's router does: what is written out wins over `:param`, that over
/// `*wildcard`, and what leads nowhere is gone back on.
package struct RouteTree: Equatable, Sendable {
  /// So many patterns are kept of a service.
  static let limit = 10_000

  /// A path up to a slash.
  private struct Node: Equatable, Sendable {
    var literals: [String: Int] = [:]
    /// Parameters by what is written before them in their segment, the longest first.
    var parameters: [Parameter] = []
    /// The pattern that takes whatever follows.
    var rest: String?
    /// The pattern that ends here.
    var route: String?
  }

  private struct Parameter: Equatable, Sendable {
    var prefix: String
    var node: Int
  }

  private var nodes: [Node] = []
  /// By method.
  private var roots: [String: Int] = [:]
  package private(set) var count = 0

  package init() {}

  /// Adds a pattern; beyond `limit` nothing happens.
  package mutating func add(_ pattern: RoutePattern) {
    guard count < Self.limit, pattern.path.hasPrefix("/"), pattern.path.utf8.count <= RouteName.limitInBytes
    else { return }
    count += 1
    var node = root(of: pattern.method)
    for segment in pattern.path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
      if segment.hasPrefix("*") {
        nodes[node].rest = pattern.path
        return
      }
      if let colon = segment.firstIndex(of: ":") {
        node = child(of: node, parameterAfter: String(segment[..<colon]))
      } else {
        node = child(of: node, named: String(segment))
      }
    }
    nodes[node].route = pattern.path
  }

  /// The pattern of a path without its query; of another method's where the method has none for it, as with HEAD
  /// and with OPTIONS that a middleware answers.
  package func route(method: String, path: Substring) -> String? {
    guard path.hasPrefix("/"), !roots.isEmpty else { return nil }
    let decoded = path.utf8.contains(UInt8(ascii: "%")) ? Self.decoded(path) : String(path)
    let segments = decoded.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    if let own = roots[method], let found = find(segments[...], from: own) { return found }
    // Nobody has a path by a method that is not its own but those two.
    guard method == "HEAD" || method == "OPTIONS" else { return nil }
    for other in roots.keys.sorted() where other != method {
      if let root = roots[other], let found = find(segments[...], from: root) { return found }
    }
    return nil
  }

  private func find(_ segments: ArraySlice<Substring>, from index: Int) -> String? {
    let node = nodes[index]
    guard let segment = segments.first else { return node.route }
    let following = segments.dropFirst()
    if let literal = node.literals[String(segment)], let found = find(following, from: literal) {
      return found
    }
    for parameter in node.parameters
    where segment.hasPrefix(parameter.prefix) && segment.utf8.count > parameter.prefix.utf8.count {
      if let found = find(following, from: parameter.node) { return found }
    }
    return node.rest
  }

  private mutating func root(of method: String) -> Int {
    if let root = roots[method] { return root }
    nodes.append(Node())
    roots[method] = nodes.count - 1
    return nodes.count - 1
  }

  private mutating func child(of node: Int, named name: String) -> Int {
    if let child = nodes[node].literals[name] { return child }
    nodes.append(Node())
    nodes[node].literals[name] = nodes.count - 1
    return nodes.count - 1
  }

  private mutating func child(of node: Int, parameterAfter prefix: String) -> Int {
    if let known = nodes[node].parameters.first(where: { $0.prefix == prefix }) { return known.node }
    nodes.append(Node())
    let place =
      nodes[node].parameters.firstIndex { $0.prefix.utf8.count < prefix.utf8.count }
      ?? nodes[node].parameters.count
    nodes[node].parameters.insert(Parameter(prefix: prefix, node: nodes.count - 1), at: place)
    return nodes.count - 1
  }

  /// Percent-encoding (RFC 3986 §2.1) undone: the router sees what Go's `url.URL.Path` has.
  private static func decoded(_ path: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = path.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      else {
        bytes.append(byte)
        continue
      }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
