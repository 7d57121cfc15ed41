package import DevtopCore

/// A page in place of the one that no process can answer.
///
/// It comes with a policy of its own: one style sheet, one script, which loads the page again when that is worth it. All
/// text in it is escaped.
package enum ProblemPage {
  /// The fields of the page that are its own; to be sent with `Retry-After`.
  package static func policy(nonce: String) -> String {
    "default-src 'none'; script-src 'self'; style-src 'nonce-\(nonce)'; connect-src 'self'; base-uri 'none'; form-action 'none'"
  }

  /// The document, in UTF-8.
  ///
  /// - Parameters:
  ///   - problem: Nil where nothing is known to be wrong but that nobody answers.
  ///   - title: Of a page without a problem, such as `api does not answer`.
  ///   - service: Its name.
  ///   - version: Of pages now; nil: the page has no script.
  ///   - asksAgain: Whether it loads itself again every two seconds where no script knows when that is worth it.
  ///   - nonce: Of base64 characters, another one for each page.
  /// - Returns: The whole document.
  package static func document(
    problem: BrowserProblem?, title: String, service: String, version: PageVersion?, asksAgain: Bool,
    nonce: String
  ) -> [UInt8] {
    let shown = ShownProblem(problem ?? BrowserProblem(title: title))
    var html = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    html += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    let refresh = asksAgain ? "<meta http-equiv=\"refresh\" content=\"2\">" : ""
    if let version {
      html += "<script src=\"\(OwnPaths.script)\" data-version=\"\(version)\""
      html += " data-problem=\"\(problem == nil ? "" : shown.id)\"></script>\n"
      html += problem == nil ? "\(refresh)\n" : "<noscript>\(refresh)</noscript>\n"
    } else {
      html += "\(refresh)\n"
    }
    html += "<title>\(escaped(shown.title)) · \(escaped(service))</title>\n"
    html += "<style nonce=\"\(escaped(nonce))\">\n\(ProblemStyle.css)\n</style>\n</head>\n<body>\n"
    html += "<main class=\"sheet\">\n<header><h1>\(escaped(shown.title))</h1>"
    html += "<span class=\"service\">\(escaped(service))</span></header>\n"
    for diagnostic in shown.diagnostics { html += section(diagnostic) }
    if !shown.output.isEmpty { html += "<pre class=\"output\">\(lines(shown.output, marks: false))</pre>\n" }
    if let remark = shown.remark { html += "<p class=\"remark\">\(escaped(remark))</p>\n" }
    let remark =
      asksAgain || version != nil
      ? "This page loads again by itself when there is something to show."
      : "Load this page again to try once more."
    html += "<footer>devtop · \(remark)</footer>\n"
    return Array((html + "</main>\n</body>\n</html>\n").utf8)
  }

  private static func section(_ diagnostic: Diagnostic) -> String {
    let severity = diagnostic.severity.rawValue
    let tool = diagnostic.tool.map { " · \(escaped($0))" } ?? ""
    var html = "<section class=\"\(severity)\"><p class=\"place\"><b>\(severity)</b> "
    html += "\(escaped(diagnostic.location))\(tool)</p>"
    html += "<p class=\"message\">\(escaped(diagnostic.message))</p>"
    if !diagnostic.detail.isEmpty { html += "<pre>\(lines(diagnostic.detail, marks: true))</pre>" }
    return html + "</section>\n"
  }

  private static func lines(_ texts: [String], marks: Bool) -> String {
    texts.map { text in
      let mark = marks && ProblemStyle.isMark(text) ? " class=\"mark\"" : ""
      return "<span\(mark)>\(escaped(text))</span>"
    }.joined()
  }

  /// Text for content and for quoted attributes; control characters, which HTML does not allow, become U+FFFD.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\t", "\n": result.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value): result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
