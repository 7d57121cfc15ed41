package import DevtopCore

/// What the open pages of one service know, and what is to be sent to them.
///
/// The data path keeps the streams: it sends `hello` first on each, and what `tell` returns on all of them.
package struct BrowserBoard: Sendable {
  /// Of pages that are answered now.
  package private(set) var version: PageVersion
  package private(set) var problem: BrowserProblem?
  /// Whether the run changed since pages were told of a change.
  private var hasNewRun = true

  package init(session: String, run: RunNumber) { version = PageVersion(session: session, run: run) }

  /// Requests are answered by this run from now on; pages are told with the next `tell`.
  package mutating func route(to run: RunNumber) {
    guard run != version.run else { return }
    version.run = run
    version.edition = 0
    hasNewRun = true
  }

  /// The message for all streams; nil where they know it already.
  package mutating func tell(_ news: BrowserNews) -> [UInt8]? {
    switch news {
    case .reload, .styles, .images:
      // Pages that were loaded from the new run before they are told of it are up to date.
      if !hasNewRun { version.edition += 1 }
      hasNewRun = false
    case .problem(let new):
      problem = new
    case .mended:
      guard problem != nil else { return nil }
      problem = nil
    }
    return EventStreamText.message(news, version: version)
  }

  /// The first message of a new stream.
  package var hello: [UInt8] { EventStreamText.hello(version: version, problem: problem) }
}
