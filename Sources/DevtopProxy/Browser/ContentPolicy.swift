import DevtopCore

/// One Content-Security-Policy, asked for what the live reload of a page needs (CSP3 §6.7.2).
struct ContentPolicy {
  /// What is to be loaded, always from the page's own origin.
  struct Target {
    /// As in the Host field, in lower case: with its port unless that is 80.
    let host: Substring
    let port: Substring
    let path: String

    /// The target with the authority of the page's request, which is its Host field.
    init(authority: String, path: String) {
      let text = authority.lowercased()
      if let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") {
        host = text[..<colon]
        port = text[text.index(after: colon)...]
      } else {
        host = text[...]
        port = "80"
      }
      self.path = path
    }
  }

  /// The sources of each directive; the first of several with one name counts.
  private var directives: [String: [Substring]] = [:]

  init(_ text: Substring) {
    for directive in text.split(separator: ";") {
      let words = directive.split { $0 == " " || $0 == "\t" }
      guard let name = words.first?.lowercased(), directives[name] == nil else { continue }
      directives[name] = Array(words.dropFirst())
    }
  }

  /// All policies of an answer: several fields, several in one field; those that only report are none.
  static func policies(of fields: [HeaderField]) -> [ContentPolicy] {
    fields.values(named: "content-security-policy").flatMap { $0.split(separator: ",") }
      .map { ContentPolicy($0) }
  }

  /// The nonces that the policy accepts on a script.
  var scriptNonces: [String] { scripts?.sources.compactMap { Self.nonce(of: $0) } ?? [] }

  /// The directive that keeps a script from being loaded by a tag with this nonce; nil: it is allowed.
  func directiveAgainstScript(at target: Target, nonce: String?) -> String? {
    if let sandbox = directives["sandbox"] {
      let flags = sandbox.map { $0.lowercased() }
      guard flags.contains("allow-scripts"), flags.contains("allow-same-origin") else { return "sandbox" }
    }
    guard let scripts else { return nil }
    if let nonce, scriptNonces.contains(nonce) { return nil }
    let isStrict = scripts.sources.contains { $0.lowercased() == "'strict-dynamic'" }
    return !isStrict && Self.anySource(of: scripts.sources, allows: target) ? nil : scripts.name
  }

  /// The directive that keeps the page from connecting to its own origin; nil: it may.
  func directiveAgainstConnection(to target: Target) -> String? {
    guard let connections = first(of: ["connect-src", "default-src"]) else { return nil }
    return Self.anySource(of: connections.sources, allows: target) ? nil : connections.name
  }

  private var scripts: (name: String, sources: [Substring])? {
    first(of: ["script-src-elem", "script-src", "default-src"])
  }

  private func first(of names: [String]) -> (name: String, sources: [Substring])? {
    for name in names { if let sources = directives[name] { return (name, sources) } }
    return nil
  }

  /// The nonce of `'nonce-…'`, if it is base64 and thus safe in an attribute.
  private static func nonce(of source: Substring) -> String? {
    guard source.lowercased().hasPrefix("'nonce-"), source.hasSuffix("'") else { return nil }
    let nonce = source.dropFirst(7).dropLast()
    let isSafe = nonce.utf8.allSatisfy {
      switch $0 {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
      case UInt8(ascii: "0")...UInt8(ascii: "9"): true
      case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "="): true
      default: false
      }
    }
    return isSafe && !nonce.isEmpty ? String(nonce) : nil
  }

  private static func anySource(of sources: [Substring], allows target: Target) -> Bool {
    sources.contains { source in
      let text = source.lowercased()
      if text.hasPrefix("'") { return text == "'self'" }
      return text == "*" || text == "http:" || matches(source, target)
    }
  }

  /// CSP3 §6.7.2.8: `[scheme "://"] host [":" port] [path]` against an address with the scheme `http`.
  private static func matches(_ source: Substring, _ target: Target) -> Bool {
    var rest = source
    if let scheme = rest.firstRange(of: "://") {
      guard rest[..<scheme.lowerBound].lowercased() == "http" else { return false }
      rest = rest[scheme.upperBound...]
    }
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    let path = rest[slash...]
    let authority = rest[..<slash].lowercased()
    var host = authority[...]
    var port: Substring = "80"
    if !authority.hasSuffix("]"), let colon = authority.lastIndex(of: ":") {
      host = authority[..<colon]
      port = authority[authority.index(after: colon)...]
    }
    guard port == "*" || port == target.port else { return false }
    if host.hasPrefix("*.") {
      guard target.host.hasSuffix(host.dropFirst()) else { return false }
    } else {
      guard host == "*" || host == target.host else { return false }
    }
    return path.isEmpty || path == "/"
      || (path.hasSuffix("/") ? target.path.hasPrefix(path) : target.path == path)
  }
}

extension Substring {
  /// The first place of `text` in it.
  fileprivate func firstRange(of text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
      start = index(after: start)
    }
    return nil
  }
}
