package import DevtopCore

/// What the caller must know to fetch what a frame shows.
package enum Dashboard {
  /// How many rows of the filtered log the next frame shows, which end at `state.screen.logs.bottom`.
  package static func logRowsNeeded(_ state: AppState) -> Int { Layout(state).contentHeight(of: .logs) }

  /// How many columns the next frame has for the text of a log line; 0 where the log is not shown.
  package static func logTextColumns(_ state: AppState) -> Int {
    guard let frame = Layout(state).panes[.logs] else { return 0 }
    let columns = LogColumns(state: state, frame: frame)
    return max(0, columns.end - columns.text)
  }

  /// How large the terminals of the services are: as the screen, or as the pane in which one is typed into.
  package static func terminalSize(_ state: AppState) -> Size {
    guard state.screen.typing != nil, let frame = Layout(state).panes[.logs] else { return state.screen.size }
    return Size(columns: max(1, frame.columns), rows: max(1, frame.rows - 1))
  }

  /// How many of the last lines of `buildService`'s build output the next frame shows; 0 where they are not.
  package static func buildOutputRowsNeeded(_ state: AppState) -> Int {
    state.screen.build.showsRawOutput ? Layout(state).buildLines.count : 0
  }
}

/// The whole screen of a state: pure, so that a test needs no terminal.
///
/// Right at every size, down to nothing at all; what does not fit is left out, least important first.
package func draw(
  _ state: AppState, _ logs: LogWindow, _ theme: Theme, options: DrawOptions = DrawOptions()
) -> Grid {
  let symbols = options.usesASCII ? Symbols.ascii : .wide
  var canvas = Canvas(size: state.screen.size, theme: theme, symbols: symbols)
  let scene = Scene(
    state: state, layout: Layout(state), logs: logs, symbols: symbols,
    wording: Wording(utcOffsetInSeconds: options.utcOffsetInSeconds))
  scene.draw(on: &canvas)
  return canvas.grid
}
