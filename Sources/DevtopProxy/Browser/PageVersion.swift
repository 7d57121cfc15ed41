package import DevtopCore

/// What a page was loaded from: pages of another version than the service's are loaded again.
///
/// The session keeps pages of an earlier devtop apart, the edition those from before a change that needed no new
/// run (a template, a style sheet).
package struct PageVersion: Hashable, Sendable, CustomStringConvertible {
  /// Hexadecimal digits, others in each devtop.
  package let session: String
  package var run: RunNumber
  package var edition = 0

  package init(session: String, run: RunNumber, edition: Int = 0) {
    self.session = String(session.unicodeScalars.filter { $0.properties.isASCIIHexDigit })
    self.run = run
    self.edition = edition
  }

  /// `5f3a.7.0`: letters, digits and points.
  package var description: String { "\(session).\(run).\(edition)" }

  /// The tag that a page of this version gets, with the nonce of the page's policy, in base64.
  package func scriptTag(nonce: String?) -> String {
    let nonce = nonce.map { " nonce=\"\($0)\"" } ?? ""
    return "<script src=\"\(OwnPaths.script)\" data-version=\"\(self)\"\(nonce)></script>"
  }
}
