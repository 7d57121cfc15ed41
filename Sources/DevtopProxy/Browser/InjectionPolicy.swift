package import DevtopCore

/// Which answers get the script that reloads pages, and what happens to the heads of both messages then.
///
/// The data path: `isNavigation` once a request; `fieldsForUpstream` before it is sent, with the version of the
/// run that it goes to; for a navigation `decision` on the answer's head. With `.inject` it sends
/// `fieldsOfChanged` (the answer has no length then: chunked towards HTTP/1.1, until the end of the connection
/// towards HTTP/1.0) and lets the body through an `HTMLInjection`.
package enum InjectionPolicy {
  package enum Decision: Equatable, Sendable {
    /// The answer stays as it is.
    case leave
    /// It should have got the script, but its own policy forbids that; the sentence names no value of the answer,
    /// so that it can be told once.
    case forbidden(String)
    /// The tag is `PageVersion.scriptTag(nonce:)`.
    case inject(nonce: String?)
    /// A 304 for a page that has the script: `fieldsOfChanged` marks its entity tag again.
    case revive
  }

  /// Whether the answer will be shown as a page, rather than read by a program (Fetch Metadata: Sec-Fetch-Dest).
  package static func isNavigation(method: String, fields: [HeaderField]) -> Bool {
    guard method == "GET" else { return false }
    var accepts = false
    for field in fields {
      if field.isNamed("sec-fetch-dest") { return field.value == "document" || field.value == "iframe" }
      if field.isNamed("accept") { accepts = accepts || acceptsHTML(field.value) }
    }
    return accepts && !fields.contains { field in marksOfPrograms.contains { field.isNamed($0) } }
  }

  /// The fields with which a request is passed on.
  ///
  /// A page is asked for without a content coding, and only with entity tags that were given to it with a script of
  /// the same version; a date says nothing about the script. Anything else is asked for as it was, but never with
  /// the entity tag of a page that has the script.
  package static func fieldsForUpstream(
    _ fields: [HeaderField], isNavigation: Bool, version: PageVersion
  ) -> [HeaderField] {
    guard isNavigation else {
      guard fields.contains(where: { $0.isNamed("if-none-match") }) else { return fields }
      return fields.compactMap { field in
        field.isNamed("if-none-match") ? unmarked(field, version: nil) : field
      }
    }
    var result = fields.compactMap { field in
      if field.isNamed("accept-encoding") || field.isNamed("if-modified-since") { return nil as HeaderField? }
      return field.isNamed("if-none-match") ? unmarked(field, version: version) : field
    }
    result.append(HeaderField("Accept-Encoding", "identity"))
    return result
  }

  /// What happens to the answer to a navigation; the host is the request's Host field.
  package static func decision(status: Int, fields: [HeaderField], host: String) -> Decision {
    if status == 304 { return fields.hasField(named: "etag") ? .revive : .leave }
    let hasPage = (200...299).contains(status) || (400...599).contains(status)
    guard hasPage, status != 204, status != 205, status != 206 else { return .leave }
    guard isPlainHTML(fields) else { return .leave }
    let policies = ContentPolicy.policies(of: fields)
    guard !policies.isEmpty else { return .inject(nonce: nil) }

    let events = ContentPolicy.Target(authority: host, path: OwnPaths.events)
    for policy in policies {
      guard let directive = policy.directiveAgainstConnection(to: events) else { continue }
      return .forbidden(
        "Pages are not reloaded by themselves: their Content-Security-Policy (\(directive)) forbids connections to their own origin."
      )
    }
    let script = ContentPolicy.Target(authority: host, path: OwnPaths.script)
    let nonces = policies.flatMap { $0.scriptNonces }.map { Optional($0) }
    for nonce in nonces + [nil]
    where policies.allSatisfy({ $0.directiveAgainstScript(at: script, nonce: nonce) == nil }) {
      return .inject(nonce: nonce)
    }
    let directives = policies.compactMap { $0.directiveAgainstScript(at: script, nonce: nil) }
    return .forbidden(
      "Pages are not reloaded by themselves: their Content-Security-Policy (\(directives.first ?? "script-src")) forbids the script for it."
    )
  }

  /// The fields of an answer whose body gets the script, or of the 304 that revives such a one.
  ///
  /// What the added bytes make untrue is taken out: the length, digests, ranges, the date, by which nothing is to be
  /// revived; the entity tag is marked.
  package static func fieldsOfChanged(_ fields: [HeaderField], version: PageVersion) -> [HeaderField] {
    fields.compactMap { field in
      if untrueFields.contains(where: { field.isNamed($0) }) { return nil }
      guard field.isNamed("etag") else { return field }
      return MarkedEntityTag.marked(field.value, version: version).map { HeaderField(field.name, $0) }
    }
  }

  private static let untrueFields: [StaticString] = [
    "content-length", "content-md5", "digest", "content-digest", "repr-digest", "accept-ranges",
    "last-modified",
  ]

  /// Fields by which libraries that put pieces of HTML into a page say so.
  private static let marksOfPrograms: [StaticString] = [
    "x-requested-with", "hx-request", "turbo-frame", "x-turbo-request-id", "x-pjax", "x-up-version",
    "x-inertia",
  ]

  private static func acceptsHTML(_ accept: String) -> Bool {
    accept.split(separator: ",").contains { range in
      range.prefix { $0 != ";" }.trimmed.lowercased() == "text/html"
    }
  }

  private static func unmarked(_ field: HeaderField, version: PageVersion?) -> HeaderField? {
    MarkedEntityTag.unmarked(field.value, version: version).map { HeaderField(field.name, $0) }
  }

  /// Whether the body is HTML of a character set that contains ASCII, not coded and not for a file.
  private static func isPlainHTML(_ fields: [HeaderField]) -> Bool {
    guard let type = fields.lastValue(named: "content-type")?.lowercased() else { return false }
    let parts = type.split(separator: ";", maxSplits: 1)
    guard let media = parts.first, media.trimmed == "text/html" else { return false }
    if parts.count > 1 {
      let wide = ["utf-16", "utf-32", "ucs-2", "ucs-4", "unicode"]
      guard !wide.contains(where: { contains(parts[1], $0) }) else { return false }
    }
    let codings =
      fields.listMembers(named: "content-encoding") + fields.listMembers(named: "transfer-encoding")
    guard codings.allSatisfy({ $0 == "identity" || $0 == "chunked" || $0.isEmpty }) else { return false }
    return !fields.listMembers(named: "content-disposition").contains("attachment")
  }

  private static func contains(_ text: Substring, _ part: String) -> Bool {
    text.indices.contains { text[$0...].hasPrefix(part) }
  }
}
