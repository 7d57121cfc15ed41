package import DevtopCore

/// Messages of an event stream (HTML Standard §9.2.5), with JSON as data and the page's version as id.
package enum EventStreamText {
  /// A comment, to be sent now and then so that a browser that went away is noticed.
  package static let heartbeat = Array(":\n\n".utf8)

  /// The first message of a stream: what pages of the service should be, and what is wrong.
  package static func hello(version: PageVersion, problem: BrowserProblem?) -> [UInt8] {
    let data = BrowserJSON.object([
      "version": BrowserJSON.string(version.description),
      "problem": problem.map { ShownProblem($0).json } ?? "null",
    ])
    return Array("retry: 500\n".utf8) + message("hello", version, data)
  }

  /// One piece of news; the version is what pages are when they have done what they are told.
  package static func message(_ news: BrowserNews, version: PageVersion) -> [UInt8] {
    let own = BrowserJSON.string(version.description)
    switch news {
    case .reload: return message("reload", version, BrowserJSON.object(["version": own]))
    case .styles(let paths):
      return message("styles", version, BrowserJSON.object(["version": own, "paths": list(paths)]))
    case .images(let paths):
      return message("images", version, BrowserJSON.object(["version": own, "paths": list(paths)]))
    case .problem(let problem): return message("problem", version, ShownProblem(problem).json)
    case .mended: return message("mended", version, "{}")
    }
  }

  private static func list(_ paths: [String]) -> String {
    BrowserJSON.array(paths.map { BrowserJSON.string($0) })
  }

  private static func message(_ event: String, _ version: PageVersion, _ data: String) -> [UInt8] {
    Array("event: \(event)\nid: \(version)\ndata: \(data)\n\n".utf8)
  }
}
