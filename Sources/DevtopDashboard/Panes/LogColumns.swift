import DevtopCore

/// Where the parts of a log row begin.
struct LogColumns {
  let time: Int
  let name: Int
  let level: Int
  let text: Int
  /// The column after the last.
  let end: Int

  init(state: AppState, frame: Layout.Frame) {
    time = frame.column + 1
    // On a narrow screen the text needs the room more.
    let isNarrow = frame.columns < 60
    switch state.screen.logs.timestamps {
    case .time: name = isNarrow ? time : time + 9
    case .milliseconds: name = isNarrow ? time : time + 13
    case .off: name = time
    }
    // devtop's own rows are among them.
    let longest = state.services.map { DisplayWidth.columns(of: $0.id.name) }.max() ?? 0
    level = name + max(DisplayWidth.columns(of: "devtop"), min(longest, isNarrow ? 6 : 12)) + 1
    text = level + 2
    end = frame.column + frame.columns
  }
}
