import DevtopCore

/// What shows the session to the outside: the dashboard, or lines of plain text or JSON.
protocol FrontEnd: AnyObject {
  /// Readable when a person has typed something; -1 where nobody can.
  var inputDescriptor: Int32 { get }

  /// The earliest time of the next picture.
  var nextFrame: Instant { get }

  /// What was typed since the last call.
  func readInput() -> [Event]

  /// False where `tell` does nothing.
  var readsReports: Bool { get }

  /// Tells one event of the session.
  func tell(_ report: Report, at time: WallTime)

  /// To be polled for room where bytes wait to be written; -1 where none do.
  var outputDescriptor: Int32 { get }

  /// Writes what waits, as far as there is room; called at the end of each turn of the loop, and when there is room.
  func flush()

  /// What the state should know before the next picture: how much of the log there is.
  func prepare(_ state: AppState) -> [Event]

  /// Shows the state, and the lines of the log that are new.
  ///
  /// - Returns: false where the terminal takes nothing now; the picture is tried again at `nextFrame`.
  func show(_ state: AppState) -> Bool

  /// What only a person's terminal can do; answers what is to be said about it.
  func perform(_ request: FrontEndRequest, _ state: AppState) -> [Event]

  /// The file of the theme in use, where it is one: it is watched.
  var themeFile: String? { get }

  /// Leaves the terminal or the output as it should be, with `last` told behind everything else; nothing is shown
  /// afterwards.
  func finish(_ last: Report?, at time: WallTime)
}

/// What `update` asks of a front end.
enum FrontEndRequest {
  case logs(LogCommand)
  case copy(String)
  case nextTheme
  /// Takes the theme that the configuration names, where it names another than before.
  case configuredTheme(String?)
  /// Reads the theme in use again.
  case rereadTheme
  case redraw
  case terminalResized
  /// Gives the terminal to another program or to the shell, and takes it back.
  case releaseTerminal
  case takeTerminal
}
