/// The entity tags of pages with a script: `"abc"` becomes `W/"abc--devtop-5f3a.7.0s"`.
///
/// So the browser's copy of a page is revived by a 304 only while it has the version that the script in it
/// tells, and copies without the script, or with it for what wants none, are not revived at all.
package enum MarkedEntityTag {
  private static let mark = "--devtop-"

  /// The tag of the page with its script: weak, so that no range of it is asked for (RFC 9110 §13.1.5).
  package static func marked(_ tag: String, version: PageVersion) -> String? {
    let isWeak = tag.hasPrefix("W/")
    let opaque = isWeak ? tag.dropFirst(2) : tag[...]
    guard opaque.utf8.count >= 2, opaque.hasPrefix("\""), opaque.hasSuffix("\"") else { return nil }
    return "W/\(opaque.dropLast())\(mark)\(version)\(isWeak ? "w" : "s")\""
  }

  /// The service's own tags among those of an If-None-Match field, as far as they are meant for what is asked for.
  ///
  /// - Parameters:
  ///   - field: The field's value.
  ///   - version: Of the page that is asked for; nil: anything else than a page with a script.
  /// - Returns: The field's new value; nil: no tag is left.
  package static func unmarked(_ field: String, version: PageVersion?) -> String? {
    guard field.trimmed != "*" else { return version == nil ? field : nil }
    let kept = tags(of: field).compactMap { tag -> String? in
      guard let place = range(of: mark, in: tag) else { return version == nil ? String(tag) : nil }
      guard let version else { return nil }
      let end = tag[place.upperBound...]
      let opaque = tag[..<place.lowerBound]
      if end == "\(version)s\"" {
        return String(opaque.hasPrefix("W/") ? opaque.dropFirst(2) : opaque) + "\""
      }
      return end == "\(version)w\"" ? String(opaque) + "\"" : nil
    }
    return kept.isEmpty ? nil : kept.joined(separator: ", ")
  }

  /// RFC 9110 §8.8.3: what is between quotes may contain commas.
  private static func tags(of field: String) -> [Substring] {
    var result: [Substring] = []
    var start = field.startIndex
    var isQuoted = false
    for index in field.indices {
      if field[index] == "\"" { isQuoted.toggle() }
      guard field[index] == ",", !isQuoted else { continue }
      result.append(field[start..<index].trimmed)
      start = field.index(after: index)
    }
    result.append(field[start...].trimmed)
    return result.filter { !$0.isEmpty }
  }

  /// The last place of `text`.
  private static func range(of text: String, in tag: Substring) -> Range<Substring.Index>? {
    var start = tag.endIndex
    while true {
      if tag[start...].hasPrefix(text) { return start..<tag.index(start, offsetBy: text.count) }
      guard start > tag.startIndex else { return nil }
      start = tag.index(before: start)
    }
  }
}
