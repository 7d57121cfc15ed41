package import DevtopCore

/// Which answers get the script that reloads pages, and what happens to the heads of both messages then.
///
/// The data path: `RequestHints` with each request; `requestEdit` before it is sent, with the version of the run that it
/// goes to; for a navigation `decision` on the answer's head. With `.inject` the head gets `answerEdit`, and the body goes
/// through an `InjectedBody`. `AnswerHints` tells when none of it is needed.
package enum InjectionPolicy {
  package enum Decision: Equatable, Sendable {
    /// The answer stays as it is.
    case leave
    /// It should have got the script, but its own policy forbids that; the sentence names no value of the answer,
    /// so that it can be told once.
    case forbidden(String)
    /// The tag is `PageVersion.scriptTag(nonce:)`.
    case inject(nonce: String?)
    /// A 304 for a page that has the script: `answerEdit` marks its entity tag again.
    case revive
  }

  /// Whether the answer will be shown as a page; see `RequestHints`.
  package static func isNavigation(method: String, fields: [HeaderField]) -> Bool {
    guard method == "GET" else { return false }
    var hints = RequestHints()
    for field in fields {
      var (name, value) = (field.name, field.value)
      name.withUTF8 { name in
        value.withUTF8 { value in
          hints.note(name: UnsafeRawBufferPointer(name), value: UnsafeRawBufferPointer(value))
        }
      }
    }
    return hints.isNavigation
  }

  /// What changes in the head of a request before it is passed on.
  ///
  /// A page is asked for without a content coding, and only with entity tags that were given to it with a script of
  /// the same version; a date says nothing about the script. Anything else is asked for as it was, but never with
  /// the entity tag of a page that has the script.
  package static func requestEdit(
    _ fields: [HeaderField], isNavigation: Bool, version: PageVersion
  ) -> HeadEdit {
    var edit = HeadEdit()
    for (index, field) in fields.enumerated() {
      if field.isNamed("if-none-match") {
        let value = MarkedEntityTag.unmarked(field.value, version: isNavigation ? version : nil)
        guard let value else {
          edit.remove(index)
          continue
        }
        if value != field.value { edit.set(value, at: index) }
      } else if isNavigation, field.isNamed("accept-encoding") || field.isNamed("if-modified-since") {
        edit.remove(index)
      }
    }
    if isNavigation { edit.add(HeaderField("Accept-Encoding", "identity")) }
    return edit
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

  /// What changes in the head of an answer whose body gets the script, or of the 304 that revives such a one.
  ///
  /// What the added bytes make untrue is taken out: the length, digests, ranges, the date, by which nothing is to be
  /// revived; the entity tag is marked.
  ///
  /// - Parameters:
  ///   - fields: Of the answer.
  ///   - version: Of the run that answered.
  ///   - framing: Of the body towards the client, as `InjectedBody` sends it; nil: a 304, which has none.
  /// - Returns: The edit.
  package static func answerEdit(
    _ fields: [HeaderField], version: PageVersion, framing: InjectedBody.Framing?
  ) -> HeadEdit {
    var edit = HeadEdit()
    for (index, field) in fields.enumerated() {
      if untrueFields.contains(where: { field.isNamed($0) }) {
        edit.remove(index)
      } else if framing != nil, field.isNamed("transfer-encoding") {
        edit.remove(index)
      } else if field.isNamed("etag") {
        if let marked = MarkedEntityTag.marked(field.value, version: version) {
          edit.set(marked, at: index)
        } else {
          edit.remove(index)
        }
      }
    }
    if framing == .chunked { edit.add(HeaderField("Transfer-Encoding", "chunked")) }
    return edit
  }

  private static let untrueFields: [StaticString] = [
    "content-length", "content-md5", "digest", "content-digest", "repr-digest", "accept-ranges",
    "last-modified",
  ]

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
