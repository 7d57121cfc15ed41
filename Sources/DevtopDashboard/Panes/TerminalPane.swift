import DevtopCore
import DevtopLogs

/// The screen of a service's terminal, while the keyboard is its.
struct TerminalPane {
  let scene: Scene
  let frame: Layout.Frame
  let typing: Typing

  func draw(on canvas: inout Canvas) {
    var title = Line("[\(typing.service.name) #\(typing.run)]", .text)
    title.add(" terminal", .prompt)
    let right = Line("\(AppState.leavingKey.name) leaves", .prompt)
    scene.drawTitle(of: .logs, in: frame, title, right: right, on: &canvas)
    guard let screen = scene.logs.terminal else { return }
    let rows = min(screen.rows, frame.rows - 1)
    guard rows > 0 else { return }
    // Where the pane is smaller than the screen, what is around the cursor is seen.
    let first = max(0, min(screen.cursor.row - rows + 1, screen.rows - rows))
    for index in 0..<rows {
      var line = Line()
      line.add(screen.row(first + index).styledText, .text)
      canvas.draw(line, column: frame.column, row: frame.row + 1 + index, limit: frame.column + frame.columns)
    }
    guard screen.cursor.isVisible, screen.cursor.row >= first, screen.cursor.column < frame.columns else {
      return
    }
    canvas.showCursor(
      column: frame.column + screen.cursor.column, row: frame.row + 1 + screen.cursor.row - first)
  }
}
