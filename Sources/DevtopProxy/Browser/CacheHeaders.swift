package import DevtopCore

/// Lets browsers ask again for everything they keep, so that no copy hides a change.
package enum CacheHeaders {
  /// What changes in the head of an answer to GET or HEAD: `Cache-Control: no-cache` in place of what allowed more.
  ///
  /// ETag and Last-Modified stay, so that a 304 still saves the body; `no-store` stays the stricter one it is, and
  /// `private` and `no-transform` stay too. Where the answer says nothing, the field is added only if a browser
  /// would keep the answer by its own judgement: by Last-Modified (RFC 9111 §4.2.2), or for ever by its status.
  package static func edit(_ fields: [HeaderField], method: String, status: Int) -> HeadEdit {
    var edit = HeadEdit()
    guard method == "GET" || method == "HEAD", status >= 200 else { return edit }
    let governing = fields.indices.filter { index in
      names.contains { fields[index].isNamed($0) }
    }
    guard !governing.isEmpty || isKeptByStatus(status) || fields.hasField(named: "last-modified") else {
      return edit
    }
    let directives = fields.listMembers(named: "cache-control")
    var value = directives.contains("no-store") ? "no-store" : "no-cache"
    for name in ["private", "no-transform"]
    where directives.contains(where: { $0 == name || $0.hasPrefix(name + "=") }) {
      value += ", " + name
    }
    let place = governing.first { fields[$0].isNamed("cache-control") }
    for index in governing where index != place { edit.remove(index) }
    if let place {
      if fields[place].value != value { edit.set(value, at: place) }
    } else {
      edit.add(HeaderField("Cache-Control", value))
    }
    return edit
  }

  /// Whether browsers keep such answers for ever unless they are told otherwise (RFC 9110 §15.1).
  static func isKeptByStatus(_ status: Int) -> Bool {
    status == 300 || status == 301 || status == 308 || status == 410
  }

  private static let names: [StaticString] = ["cache-control", "expires", "pragma"]
}
