import DevtopCore

/// What is told to open pages, and what they tell about waiting.
extension ProxiedService {
  func tellBrowsers(_ news: BrowserNews) { browsers.tell(news) }
}
