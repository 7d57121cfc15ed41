package import DevtopCore

/// What lies under `/__devtop/` on the ports of services, and who gets it.
package enum OwnPaths {
  package static let script = "/__devtop/reload.js"
  package static let events = "/__devtop/events"

  package enum Route: Equatable, Sendable {
    /// The service's own.
    case none
    /// A whole answer.
    case answer(OwnAnswer)
    /// The head of an event stream: `BrowserBoard.hello` follows, then whatever is told.
    case events(OwnAnswer)
  }

  /// Whether `route` may answer other than `.none`: known from the first bytes, for all those that are the service's.
  package static func mayLead(_ target: UnsafeRawBufferPointer) -> Bool {
    guard target.first == UInt8(ascii: "/") else { return true }
    return target.count >= 9 && UnsafeRawBufferPointer(rebasing: target[..<9]).equals("/__devtop")
  }

  /// Where a request leads.
  ///
  /// - Parameters:
  ///   - method: Of the request.
  ///   - target: As sent, in origin form (`/path?query`) or absolute form (RFC 9112 §3.2).
  ///   - fields: Of the request.
  ///   - hosts: Who is this machine.
  /// - Returns: The answer; never one that another origin could read.
  package static func route(method: String, target: String, fields: [HeaderField], hosts: OwnHosts) -> Route {
    guard let own = path(of: target) else { return .none }
    guard isFromHere(target: target, fields, hosts) else {
      return .answer(plain(403, "not from this machine"))
    }
    let path = own.prefix { $0 != "?" }
    guard path == script || path == events else { return .answer(plain(404, "not found")) }
    guard method == "GET" else {
      var answer = plain(405, "only GET")
      answer.fields.append(HeaderField("Allow", "GET"))
      return .answer(answer)
    }
    guard path == script else {
      let type = [HeaderField("Content-Type", "text/event-stream; charset=utf-8")]
      return .events(OwnAnswer(status: 200, fields: type + guardingFields("no-store"), body: []))
    }
    let body = Array(ReloadScript.text.utf8)
    let type = [
      HeaderField("Content-Type", "text/javascript; charset=utf-8"),
      HeaderField("Content-Length", String(body.count)),
    ]
    return .answer(OwnAnswer(status: 200, fields: type + guardingFields("no-cache"), body: body))
  }

  /// The path and query, where they are devtop's by their first bytes as sent: what merely leads there once decoded is the
  /// service's.
  private static func path(of target: String) -> Substring? {
    var path = target[...]
    if !path.hasPrefix("/"), let authority = authority(of: target) {
      path = target[authority.endIndex...]
    }
    guard path.hasPrefix("/__devtop") else { return nil }
    let next = path.utf8.dropFirst(9).first
    return next == nil || next == UInt8(ascii: "/") || next == UInt8(ascii: "?") ? path : nil
  }

  /// Of a target in absolute form.
  private static func authority(of target: String) -> Substring? {
    let scheme = target.prefix(8).lowercased()
    let length = scheme.hasPrefix("http://") ? 7 : scheme == "https://" ? 8 : 0
    guard length > 0 else { return nil }
    return target.dropFirst(length).prefix { $0 != "/" && $0 != "?" }
  }

  private static func isFromHere(target: String, _ fields: [HeaderField], _ hosts: OwnHosts) -> Bool {
    let named = fields.values(named: "host")
    guard named.count == 1, hosts.contain(authority: named[0]) else { return false }
    if let authority = authority(of: target), !hosts.contain(authority: String(authority)) { return false }
    guard fields.values(named: "origin").allSatisfy({ hosts.contain(origin: $0) }) else { return false }
    return !fields.values(named: "sec-fetch-site").contains { $0.lowercased() == "cross-site" }
  }

  private static func plain(_ status: Int, _ text: String) -> OwnAnswer {
    let body = Array("devtop: \(text)\n".utf8)
    let fields = [
      HeaderField("Content-Type", "text/plain; charset=utf-8"),
      HeaderField("Content-Length", String(body.count)),
    ]
    return OwnAnswer(status: status, fields: fields + guardingFields("no-store"), body: body)
  }

  private static func guardingFields(_ caching: String) -> [HeaderField] {
    [
      HeaderField("Cache-Control", caching), HeaderField("X-Content-Type-Options", "nosniff"),
      HeaderField("Cross-Origin-Resource-Policy", "same-origin"),
    ]
  }
}
