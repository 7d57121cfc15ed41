import DevtopBackend
import DevtopCore
import DevtopDashboard
import DevtopLogs
import DevtopTerminal
import Glibc

/// The dashboard on a terminal.
final class DashboardFrontEnd: FrontEnd {
  struct Options {
    /// The one of the command line, which wins over the configuration's.
    var theme: String?
    /// Nil: the terminal's own colours.
    var configuredTheme: String?
    var depth: ColorDepth?
    var usesASCII: Bool
    /// The project's root, which themes and log lines name files relative to.
    var root: String
    var environment: [String: String]
  }

  /// 60 pictures a second at most.
  private static let frame: Duration = .nanoseconds(16_666_667)
  /// How soon a terminal that takes nothing is tried again.
  private static let blockedFrame: Duration = .milliseconds(50)

  private let terminal: Terminal
  private let options: Options
  private let logs: LogStore
  private let navigator: LogNavigator
  private let catalog: ThemeCatalog
  private let queue: EventQueue
  /// The output of the build in raw form, once somebody has asked for it.
  private var buildView: (expression: String, view: LogView)?
  private var theme: Theme
  private var configuredTheme: String?
  private var saidHangup = false
  private(set) var nextFrame: Instant = .zero
  /// The last picture was not taken.
  private var isBlocked = false

  /// Takes the terminal.
  ///
  /// - Throws: `TerminalError` where there can be no dashboard.
  init(
    _ options: Options, logs: LogStore, queue: EventQueue, input: Int32 = STDIN_FILENO,
    output: Int32 = STDOUT_FILENO, terminal environment: TerminalEnvironment = .current
  ) throws(TerminalError) {
    self.options = options
    self.logs = logs
    self.queue = queue
    terminal = try Terminal(input: input, output: output, color: options.depth, environment: environment)
    catalog = ThemeCatalog(directory: options.root, environment: options.environment)
    theme = Theme(name: "mono", isDark: true)
    navigator = LogNavigator(
      store: logs, view: LogView(store: logs, root: options.root) { queue.viewChanged() },
      onChange: { queue.viewChanged() })
    logs.onGrowth { queue.logGrew() }
    configuredTheme = options.configuredTheme
    if let problem = useConfiguredTheme() {
      _ = use("terminal")
      queue.send(.warned(ConfigurationNotice(problem)))
    }
  }

  /// None when the terminal is gone: it would be readable for ever.
  var inputDescriptor: Int32 { saidHangup ? -1 : terminal.inputDescriptor }
  var outputDescriptor: Int32 { terminal.wantsToWrite && !terminal.isGone ? terminal.outputDescriptor : -1 }

  func readInput() -> [Event] {
    let events = terminal.readEvents()
    endBlock()
    guard terminal.isGone, !saidHangup else { return events }
    // The connection is gone; the shell's SIGHUP may never come.
    saidHangup = true
    return events + [.signalled(1)]
  }

  func flush() {
    terminal.flush()
    endBlock()
  }

  /// A picture that waited for the terminal need not wait longer.
  private func endBlock() {
    guard isBlocked, terminal.canPaint else { return }
    isBlocked = false
    nextFrame = .zero
  }

  /// The last line that there was when the log was paused.
  private var pausedAt = -1
  let readsReports = false

  /// The dashboard shows the state; reports are for those who read lines.
  func tell(_ report: Report, at time: WallTime) {}

  func prepare(_ state: AppState) -> [Event] {
    logs.acknowledgeGrowth()
    let pane = state.screen.logs
    let counts = navigator.counts(searching: pane.search, cursor: pane.cursor, anchor: pane.anchor)
    if pane.bottom == nil { pausedAt = logs.statistics.totalLines - 1 }
    let newLines = pane.bottom.map { navigator.countAfter(max($0, pausedAt)) } ?? 0
    guard counts != state.screen.logs.counts || newLines != state.screen.logs.newLines else { return [] }
    return [.logCounts(counts, newLines: newLines)]
  }

  func show(_ state: AppState) -> Bool {
    isBlocked = !terminal.canPaint
    guard !isBlocked else {
      nextFrame = SystemClock.instant + Self.blockedFrame
      return false
    }
    nextFrame = SystemClock.instant + Self.frame
    var window = LogWindow(
      rows: navigator.rows(endingAt: state.screen.logs.bottom, count: Dashboard.logRowsNeeded(state)))
    window.buildOutput = buildOutput(state)
    window.terminal = state.screen.typing.flatMap { logs.terminalScreen(of: $0.service, run: $0.run) }
    let drawOptions = DrawOptions(
      utcOffsetInSeconds: LocalTime.utcOffsetInSeconds(at: state.now.wall),
      usesASCII: options.usesASCII || !terminal.isUTF8)
    let colors = terminal.depth.isReduced ? theme.reducedTo16Colors : theme
    terminal.show(draw(state, window, colors, options: drawOptions))
    return true
  }

  private func buildOutput(_ state: AppState) -> [LogRow] {
    let count = Dashboard.buildOutputRowsNeeded(state)
    guard count > 0, let service = state.buildService else { return [] }
    let run = service.build.run ?? service.lastBuild?.run ?? 0
    let expression = "src:build svc:\(service.id) run:\(run)"
    if buildView?.expression != expression {
      do throws(FilterError) {
        let filter = try LogFilter.parse(expression)
        let queue = queue
        let view = buildView?.view ?? LogView(store: logs) { queue.viewChanged() }
        view.setFilter(filter)
        buildView = (expression, view)
      } catch {
        // A service's name that the filter's grammar does not take; its raw output is in the log pane.
        return []
      }
    }
    // Markers pass every filter; here they are taken out again.
    let rows = buildView?.view.rows(endingAt: nil, count: count + 16) ?? []
    return Array(rows.filter { $0.stream == .build }.suffix(count))
  }

  func perform(_ request: FrontEndRequest, _ state: AppState) -> [Event] {
    switch request {
    case .logs(.moveSideways(let column, let step)):
      return [.logs(.movedSideways(max(0, min(column + step, hiddenColumns(state)))))]
    case .logs(.export(let name)):
      let exporter = navigator.exporter(to: name.hasPrefix("/") ? name : "\(options.root)/\(name)")
      return exporter.start { [queue] in queue.send(.said($0)) }.map { [.logs(.notFound($0))] } ?? []
    case .logs(.complete(let text, let isOfRequests)):
      let found = navigator.completion(of: text, isOfRequests: isOfRequests, state)
      return [.logs(.completed(text, found))]
    case .logs(let command):
      return navigator.answer(command, root: options.root) { service in state[service]?.spec.directory }
    case .copy(let text):
      guard !terminal.copy(text) else { return [] }
      return [.logs(.notFound("the text is too long for the terminal's clipboard"))]
    case .nextTheme:
      let names = catalog.names
      let next = (names.firstIndex(of: theme.name) ?? -1) + 1
      return redrawn(use(names[next % names.count]))
    case .configuredTheme(let name):
      guard name != configuredTheme else { return [] }
      configuredTheme = name
      return options.theme == nil ? redrawn(useConfiguredTheme()) : []
    case .rereadTheme: return redrawn(use(theme.name))
    case .redraw:
      terminal.redraw()
      return []
    case .terminalResized: return [.resized(terminal.resize())]
    case .releaseTerminal:
      terminal.suspend()
      return []
    case .takeTerminal:
      terminal.resume()
      return []
    }
  }

  func finish(_ last: Report?, at time: WallTime) { terminal.close() }

  var themeFile: String? { catalog.file(of: theme.name) }

  private func redrawn(_ problem: String?) -> [Event] {
    if let problem { return [.warned(ConfigurationNotice(problem))] }
    terminal.redraw()
    // Some themes differ little, and without colours not at all.
    return [
      .said("theme \(theme.name)" + (terminal.depth == .none ? "; this terminal shows no colours" : ""))
    ]
  }

  /// How much of the longest visible line does not fit the pane.
  private func hiddenColumns(_ state: AppState) -> Int {
    let rows = navigator.rows(endingAt: state.screen.logs.bottom, count: Dashboard.logRowsNeeded(state))
    let longest = rows.map { DisplayWidth.columns(of: $0.plainText) }.max() ?? 0
    return longest - Dashboard.logTextColumns(state)
  }

  private func useConfiguredTheme() -> String? {
    let wanted = options.theme ?? configuredTheme ?? "terminal"
    return use(catalog.resolved(wanted) { [terminal] in terminal.backgroundIsDark() })
  }

  /// Takes a theme by name; answers what is wrong with it.
  private func use(_ name: String) -> String? {
    do throws(ConfigurationError) {
      theme = try catalog.theme(named: name)
      // The name it was asked by, so that the next one can be found.
      theme.name = name
      return nil
    } catch {
      return "\(error)"
    }
  }
}
