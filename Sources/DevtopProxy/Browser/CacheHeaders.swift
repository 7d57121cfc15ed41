package import DevtopCore

/// Lets browsers ask again for everything they keep, so that no copy hides a change.
package enum CacheHeaders {
  /// The fields of an answer to GET or HEAD, with `Cache-Control: no-cache` in place of what allowed more.
  ///
  /// ETag and Last-Modified stay, so that a 304 still saves the body; `no-store` stays the stricter one it is, and
  /// `private` and `no-transform` stay too. Where the answer says nothing, the field is added only if a browser
  /// would keep the answer by its own judgement: by Last-Modified (RFC 9111 §4.2.2), or for ever by its status.
  package static func revalidated(_ fields: [HeaderField], method: String, status: Int) -> [HeaderField] {
    guard method == "GET" || method == "HEAD", status >= 200 else { return fields }
    let isGoverned = fields.contains { isGovernedBy($0) }
    let keptByStatus = status == 300 || status == 301 || status == 308 || status == 410
    guard isGoverned || keptByStatus || fields.hasField(named: "last-modified") else { return fields }

    let directives = fields.listMembers(named: "cache-control")
    var value = directives.contains("no-store") ? "no-store" : "no-cache"
    for name in ["private", "no-transform"]
    where directives.contains(where: { $0 == name || $0.hasPrefix(name + "=") }) {
      value += ", " + name
    }
    var result: [HeaderField] = []
    result.reserveCapacity(fields.count + 1)
    var isWritten = false
    for field in fields {
      guard isGovernedBy(field) else {
        result.append(field)
        continue
      }
      if !isWritten { result.append(HeaderField("Cache-Control", value)) }
      isWritten = true
    }
    if !isWritten { result.append(HeaderField("Cache-Control", value)) }
    return result
  }

  private static func isGovernedBy(_ field: HeaderField) -> Bool {
    field.isNamed("cache-control") || field.isNamed("expires") || field.isNamed("pragma")
  }
}
