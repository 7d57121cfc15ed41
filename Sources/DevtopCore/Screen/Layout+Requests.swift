extension Layout {
  /// Where the two halves of Requests are, below its title and above its details; nil where one is not shown.
  package struct RequestHalves: Equatable, Sendable {
    package var latest: Frame?
    package var routes: Frame?
    /// Below the routes: how the answers were in the last seconds.
    package var graphs: Frame?

    fileprivate init(latest: Frame? = nil, routes: Frame? = nil) {
      self.latest = latest
      guard let routes else { return }
      self.routes = routes
      let rows = Layout.requestGraphRows + 1
      guard routes.rows >= rows + 6, routes.columns >= 50 else { return }
      self.routes?.rows -= rows
      graphs = Frame(
        column: routes.column, row: routes.row + routes.rows - rows + 1, columns: routes.columns,
        rows: rows - 1)
    }
  }

  /// Two curves, the runs below them, and four bars.
  package static let requestGraphRows = 7

  /// Routes that are visible at once.
  package var routeRows: Int { max(0, (requestHalves.routes?.rows ?? 0) - 1) }

  /// Side by side where there is room; else the one that the keys are for.
  package var requestHalves: RequestHalves {
    guard let frame = panes[.requests], frame.rows > 1 else { return RequestHalves() }
    let rows = frame.rows - 1 - detailRows(of: .requests)
    var left = Frame(column: frame.column, row: frame.row + 1, columns: frame.columns, rows: rows)
    guard hasRoomForHalves else {
      return requestsHalf == .latest ? RequestHalves(latest: left) : RequestHalves(routes: left)
    }
    let columns = max(58, min(88, frame.columns * 44 / 100))
    let right = Frame(
      column: frame.column + frame.columns - columns, row: left.row, columns: columns, rows: rows)
    left.columns -= columns + 1
    return RequestHalves(latest: left, routes: right)
  }

  var hasRoomForHalves: Bool { panes[.requests].map { $0.columns >= 100 && $0.rows >= 5 } ?? false }
}
