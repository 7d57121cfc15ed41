import DevtopCore

/// What open pages of the service hear.
extension ProxiedService {
  func tellBrowsers(_ news: BrowserNews) {
    browsers.tell(news)
    if isHopeless { releaseAll() }
  }

  /// Something is wrong, and there was never a run: what waits would wait for somebody to mend it.
  var isHopeless: Bool { !wasRouted && browsers.board.problem != nil }

  /// Nobody listens for the service any more: what waits gets the answer that there is no run.
  func lostListeners() {
    for exchange in exchangesThatWait { exchange.fail(.noRun(id)) }
  }

  /// Told once: the same policy comes with every page.
  func warnOfPolicy(_ sentence: String) {
    guard !hasWarnedOfPolicy else { return }
    hasWarnedOfPolicy = true
    core.meter.tell(.warning("\(id): \(sentence)"))
  }
}
