import CProcess
import DevtopBackend
import DevtopCore
import DevtopDashboard
import DevtopLogs
import DevtopSupervisor
import Glibc

/// The main loop: sleeps in `poll` until something happens, lets `update` decide, does what it asks for.
///
/// A key is painted at once; everything else waits for the next frame.
final class SessionLoop {
  private var state: AppState
  private let queue: EventQueue
  private let backend: Backend
  private let logs: LogStore
  private let launcher: Launcher
  private let frontEnd: any FrontEnd
  private let environment: [String: String]
  private var timers = Timers()
  private var exitStatus: Int32?
  private var isDirty = true
  private var isUrgent = true
  /// An editor that has the terminal.
  private var external: ExternalProgram?
  /// The launcher is stopped and the shell has the terminal.
  private var isSuspended = false
  private var launcherIsLost = false
  /// What was asked for while another program had the terminal.
  private var waitingForTerminal: [FrontEndRequest] = []
  /// `session.ended`, which is told when nothing else can come.
  private var lastReport: Report?

  init(
    configuration: Configuration, queue: EventQueue, backend: Backend, logs: LogStore, launcher: Launcher,
    frontEnd: any FrontEnd, environment: [String: String]
  ) {
    state = AppState(configuration: configuration, now: SystemClock.now)
    state.reportsRequests = frontEnd.readsReports
    self.queue = queue
    self.backend = backend
    self.logs = logs
    self.launcher = launcher
    self.frontEnd = frontEnd
    self.environment = environment
  }

  /// Runs the session; answers devtop's exit status.
  func run() -> Int32 {
    // Keys are to be answered while a build uses all cores.
    devtop_prefer_latency()
    terminalResized()
    backend.watchTheme(file: frontEnd.themeFile)
    handle(.began)
    while exitStatus == nil {
      sleep()
      takeEvents()
      for timer in timers.takeDue(at: SystemClock.instant) { handle(.timer(timer)) }
      paint()
      if ownsTerminal { frontEnd.flush() }
    }
    let problems = backend.shutdown(state.configuration)
    for problem in problems { frontEnd.tell(.warning(ConfigurationNotice(problem)), at: SystemClock.wall) }
    frontEnd.finish(lastReport, at: SystemClock.wall)
    return exitStatus ?? 1
  }

  private var ownsTerminal: Bool { external == nil && !isSuspended }

  private func sleep() {
    var descriptors = [
      pollfd(fd: queue.descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: launcherIsLost ? -1 : launcher.descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: ownsTerminal ? frontEnd.inputDescriptor : -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: external?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: frontEnd.outputDescriptor, events: Int16(POLLOUT), revents: 0),
    ]
    var due = timers.next
    if isDirty, ownsTerminal {
      due = min(due ?? frontEnd.nextFrame, isUrgent ? SystemClock.instant : frontEnd.nextFrame)
    }
    var timeout: Int32 = -1
    if let due {
      let wait = (due - SystemClock.instant).inNanoseconds
      // Rounded up, so that a timer is due when the sleep ends.
      timeout = wait <= 0 ? 0 : Int32(clamping: (wait + 999_999) / 1_000_000)
    }
    poll(&descriptors, nfds_t(descriptors.count), timeout)
    if descriptors[1].revents != 0 { readLauncher() }
    if descriptors[2].revents != 0 { readInput() }
    if descriptors[3].revents != 0 { externalEnded() }
    if descriptors[4].revents != 0 { frontEnd.flush() }
  }

  private func readInput() {
    for event in frontEnd.readInput() {
      isUrgent = true
      handle(event)
    }
  }

  private func terminalResized() {
    for event in frontEnd.perform(.terminalResized, state) {
      handle(event)
      if case .resized = event { backend.resizeTerminals(Dashboard.terminalSize(state)) }
    }
  }

  private func takeEvents() {
    let batch = queue.take()
    if batch.logGrew || batch.viewChanged { isDirty = true }
    if batch.terminalResized, ownsTerminal { terminalResized() }
    if batch.themeChanged { askForTheme(.rereadTheme) }
    for event in batch.events {
      // A program that has the terminal gets its keys, and ^C in it is not meant for devtop.
      if case .signalled(SIGINT) = event, external != nil { continue }
      handle(event)
    }
  }

  private func handle(_ event: Event) {
    state.now = SystemClock.now
    isDirty = true
    for effect in update(&state, event) { perform(effect) }
  }

  private func paint() {
    guard isDirty, ownsTerminal, exitStatus == nil else { return }
    guard isUrgent || SystemClock.instant >= frontEnd.nextFrame else { return }
    for event in frontEnd.prepare(state) { handle(event) }
    isUrgent = false
    isDirty = !frontEnd.show(state)
  }

  private func perform(_ effect: Effect) {
    switch effect {
    case .setTimer(let timer, let delay): timers.set(timer, at: SystemClock.instant + delay)
    case .cancelTimer(let timer): timers.cancel(timer)
    case .report(.sessionEnded(let status)): lastReport = .sessionEnded(status: status)
    case .report(let report): frontEnd.tell(report, at: state.now.wall)
    case .mark(let service, let run, let text, let level):
      logs.mark(text, level: level, service: service, run: run)
    case .logs(let command): ask(.logs(command))
    case .copy(let text): ask(.copy(text))
    case .nextTheme: askForTheme(.nextTheme)
    case .redraw: ask(.redraw)
    case .open(let path, let line, let column): open(path, line, column)
    case .suspend: suspend()
    case .holdTerminal(let service, let run, let isHeld):
      backend.resizeTerminals(Dashboard.terminalSize(state))
      logs.holdTerminal(of: service, run: run, isHeld) { [backend] in
        backend.write($0, toTerminalOf: service, run: run)
      }
      isUrgent = true
    case .type(let service, let run, let input):
      let modes = logs.terminalScreen(of: service, run: run)?.modes ?? TerminalModes()
      let bytes =
        switch input {
        case .key(let key): modes.bytes(for: key)
        case .pasted(let text): modes.bytes(forPasted: text)
        }
      backend.write(bytes, toTerminalOf: service, run: run)
    case .exit(let status): exitStatus = status
    case .applyConfiguration(let new):
      backend.perform(effect, state.configuration)
      askForTheme(.configuredTheme(new.theme))
    case .build, .cancelBuild, .runRule, .start, .stop, .cleanUp, .endHolder, .sample, .route, .hold, .refuse,
      .drain, .releasePorts, .tellBrowsers, .signal, .replay, .setFault, .keepFilters:
      backend.perform(effect, state.configuration)
    }
  }

  private func ask(_ request: FrontEndRequest) {
    for event in frontEnd.perform(request, state) { handle(event) }
  }

  /// Changes the theme, once the terminal is devtop's: a theme may have to ask it for its colours.
  private func askForTheme(_ request: FrontEndRequest) {
    guard ownsTerminal else {
      waitingForTerminal.append(request)
      return
    }
    ask(request)
    isUrgent = true
    isDirty = true
    backend.watchTheme(file: frontEnd.themeFile)
  }

  // MARK: Giving the terminal away

  private func open(_ path: String, _ line: Int?, _ column: Int?) {
    guard frontEnd.inputDescriptor >= 0, external == nil else { return }
    let editor = EditorCommand(environment: environment, path: path, line: line, column: column)
    ask(.releaseTerminal)
    do throws(ExternalProgramError) {
      external = try ExternalProgram(editor.words, environment: environment)
    } catch {
      takeTerminal()
      handle(.warned(ConfigurationNotice("\(error)")))
    }
  }

  private func externalEnded() {
    guard let external else { return }
    let complaint = external.reap()
    self.external = nil
    backend.reapStrays()
    takeTerminal()
    if let complaint { handle(.said(complaint)) }
  }

  private func takeTerminal() {
    ask(.takeTerminal)
    let waiting = waitingForTerminal
    waitingForTerminal = []
    for request in waiting { askForTheme(request) }
    terminalResized()
    isUrgent = true
  }

  private func suspend() {
    guard frontEnd.inputDescriptor >= 0 else { return }
    if external == nil { ask(.releaseTerminal) }
    isSuspended = true
    launcher.suspend()
  }

  private func readLauncher() {
    while let notice = launcher.nextNotice() {
      switch notice {
      case .suspendAsked: if !isSuspended { suspend() }
      case .resumed, .suspendRefused:
        // Continued in the background (bg, kill %1), the terminal is the shell's still: fg will tell again.
        guard isSuspended, tcgetpgrp(STDIN_FILENO) == getpgrp() else { continue }
        isSuspended = false
        if external == nil { takeTerminal() }
      case .lost:
        launcherIsLost = true
        handle(.signalled(SIGHUP))
        return
      }
    }
  }
}
