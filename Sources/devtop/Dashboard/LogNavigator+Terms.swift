import DevtopCore
import DevtopLogs

/// What filters can be made of: the fields and values of the newest lines, and of one row.
extension LogNavigator {
  private static let lineLimit = 2_000
  private static let sizeLimit = 1 << 20

  /// What may follow in a filter, of log lines or of requests.
  func completion(of text: String, isOfRequests: Bool, _ state: AppState) -> FilterCompletion {
    let services = state.services.map(\.id)
    let completer: FilterCompleter =
      isOfRequests
      ? .requests(state.requests.recent, services: services)
      : .logs(newestLines(of: state.screen.service), services: services)
    return completer.completion(of: text)
  }

  /// As many of the newest lines as a key can wait for, of one service or of all.
  private func newestLines(of service: ServiceID?) -> [LogRow] {
    var lines: [LogRow] = []
    var size = 0
    var end = store.statistics.totalLines
    let first = max(0, end - Self.lineLimit)
    while end > first, size < Self.sizeLimit {
      let start = max(first, end - 100)
      for line in store.lines(after: start - 1, limit: end - start)
      where service == nil || line.service == service {
        lines.append(line)
        size += line.bytes.count
      }
      end = start
    }
    return lines
  }
}
