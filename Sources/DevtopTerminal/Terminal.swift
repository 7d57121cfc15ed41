import CNcurses
package import DevtopCore
package import DevtopDashboard
import Glibc

/// The terminal, which shows grids and reads keys.
///
/// The only code that knows ncurses; one thread owns it.
///
/// Nothing here blocks for longer than the 25 ms in which an ESC may turn out to begin a sequence; only
/// `backgroundIsDark` and `close` wait, for as long as they say.
package final class Terminal {
  /// Whether the locale is UTF-8; where it is not, draw with `DrawOptions.usesASCII`.
  package let isUTF8: Bool
  /// How many colours are shown; for `isReduced` draw with `Theme.reducedTo16Colors`.
  package let depth: ColorDepth
  package private(set) var size: Size

  private let screen: OpaquePointer
  private let device: TerminalDevice
  private var parser: InputParser
  private var pairs: PairTable
  private var forms: SafeForm
  private var shown: Grid?
  private var waitingEvents: [Event] = []
  private var background: RGB?
  private var hasAttributes = false
  private var flow = FlowControl(probed: SystemClock.instant)
  private var isActive = false
  private let hasMouse: Bool
  /// Whether the mouse is reported to devtop; F2 gives it back to the terminal and takes it again.
  package private(set) var capturesMouse: Bool

  /// Takes the terminal: raw keys, alternate screen, mouse and pastes reported.
  ///
  /// - Throws: `TerminalError` where there can be no dashboard; the terminal is as before then.
  package init(
    input: Int32 = STDIN_FILENO, output: Int32 = STDOUT_FILENO, color: ColorDepth? = nil,
    environment: TerminalEnvironment = .current
  ) throws(TerminalError) {
    guard let type = environment.type, !type.isEmpty else { throw .noType }
    device = try TerminalDevice(input: input, output: output)
    isUTF8 = cncurses_set_locale()
    let window = device.windowSize ?? (rows: 24, columns: 80)
    size = Self.clamped(window)
    var isKnown = false
    guard let screen = cncurses_open(type, Int32(size.rows), Int32(size.columns), &isKnown) else {
      throw isKnown ? .unsuitedType(type) : .unknownType(type)
    }
    self.screen = screen
    depth = ColorDepth.chosen(
      color, environment, terminfoColors: Int(cncurses_colors(screen)), isDirect: cncurses_is_direct(screen))
    pairs = PairTable(depth: depth, limit: Int(cncurses_pairs(screen)))
    forms = SafeForm(isUTF8: isUTF8)
    parser = InputParser(keys: TerminfoKeys.sequences(of: screen))
    hasMouse = cncurses_string(screen, "kmous") != nil
    capturesMouse = hasMouse
    try device.setRaw()
    isActive = true
    emit()
    start()
  }

  deinit {
    close()
    cncurses_close(screen)
  }

  // MARK: Showing

  /// Whether a frame may be shown now: the last one has been taken by the terminal.
  ///
  /// While it is false frames are dropped: draw anew once it is true, after `flush` or `readEvents`. A terminal
  /// may stop answering, so look again every 100 ms while there is something to paint.
  package var canPaint: Bool { isActive && !device.hasQueue && flow.isOpen(at: SystemClock.instant) }

  /// Whether bytes wait for the terminal: poll `outputDescriptor` for POLLOUT, then call `flush`.
  package var wantsToWrite: Bool { device.hasQueue }
  package var outputDescriptor: Int32 { device.output }
  /// To be polled for POLLIN.
  package var inputDescriptor: Int32 { device.input }
  /// The terminal has gone away, as at the end of a connection: treat it as SIGHUP.
  package var isGone: Bool { device.isGone }

  /// Shows a grid: writes what differs from what is shown, nothing where nothing does.
  ///
  /// - Returns: the number of bytes; 0 also where the frame had to be dropped because `canPaint` is false.
  @discardableResult
  package func show(_ grid: Grid) -> Int {
    guard canPaint else { return 0 }
    let changes = grid.changes(since: shown)
    guard !changes.isEmpty || grid.cursor != shown?.cursor else { return 0 }
    for position in changes { put(grid, position) }
    cncurses_cursor(screen, Int32(grid.cursor?.row ?? -1), Int32(grid.cursor?.column ?? 0))
    cncurses_update(screen)
    shown = grid
    // In one piece with the question behind it: terminals draw what they read at once.
    let bytes = take()
    let asks = flow.wrote(bytes.count, at: SystemClock.instant)
    device.write(asks ? bytes + FlowControl.query : bytes)
    return bytes.count
  }

  private func put(_ grid: Grid, _ position: Grid.Position) {
    guard let cell = grid[position.column, position.row], !cell.isRightHalf else { return }
    let rendition = pairs.rendition(of: cell.style) { cncurses_set_pair(screen, $0, $1, $2) }
    let (row, column) = (Int32(position.row), Int32(position.column))
    if let scalar = grid.singleScalar(of: cell), scalar < 0x7F {
      var scalar = scalar
      cncurses_put(screen, row, column, &scalar, 1, rendition.attributes, rendition.pair)
      return
    }
    let isWide = grid[position.column + 1, position.row]?.isRightHalf == true
    let form = forms.form(of: grid.scalars(of: cell), columns: isWide ? 2 : 1)
    cncurses_put(
      screen, row, column, form.scalars, Int32(form.scalars.count), rendition.attributes, rendition.pair)
    if var second = form.second {
      cncurses_put(screen, row, column + 1, &second, 1, rendition.attributes, rendition.pair)
    }
  }

  /// Sends what ncurses wrote.
  private func emit() { device.write(take()) }

  /// What ncurses wrote.
  private func take() -> [UInt8] {
    var bytes: [UInt8] = []
    let capacity = 65_536
    while true {
      let piece = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
        count = cncurses_take(screen, buffer.baseAddress, capacity)
      }
      if piece.isEmpty { break }
      bytes += piece
    }
    return bytes
  }

  /// Writes what waits, as far as the terminal takes it.
  package func flush() { device.flush() }

  /// The next frame writes every cell anew.
  package func redraw() {
    shown = nil
    cncurses_forget(screen)
  }

  /// Fits the screen to the terminal's size, which a SIGWINCH announced; the next frame is whole.
  @discardableResult
  package func resize() -> Size {
    if let window = device.windowSize { size = Self.clamped(window) }
    cncurses_resize(screen, Int32(size.rows), Int32(size.columns))
    shown = nil
    return size
  }

  private static func clamped(_ window: (rows: Int, columns: Int)) -> Size {
    Size(columns: min(window.columns, Grid.limit.columns), rows: min(window.rows, Grid.limit.rows))
  }

  // MARK: Reading

  /// What was typed, pasted and clicked since the last call.
  package func readEvents() -> [Event] {
    var events = waitingEvents
    waitingEvents = []
    // Bounded: a paste without end does not keep the screen from being drawn.
    for _ in 0..<64 {
      let bytes = device.read()
      if bytes.isEmpty { break }
      events += take(parser.feed(bytes))
    }
    if parser.isWaiting {
      if device.hasInput(timeout: Self.escapeDelay) {
        events += take(parser.feed(device.read()))
      } else {
        events += take(parser.flush())
      }
    }
    return events
  }

  /// How long the rest of a sequence may take, in milliseconds.
  private static let escapeDelay: Int32 = 25

  private func take(_ items: [InputParser.Item]) -> [Event] {
    var events: [Event] = []
    for item in items {
      switch item {
      case .event(.key(.function(2))) where hasMouse:
        toggleMouse()
        events.append(
          .said(
            capturesMouse
              ? "devtop has the mouse; F2 gives it to the terminal"
              : "the terminal has the mouse, to select text; F2 takes it back"))
      case .event(let event): events.append(event)
      case .background(let color): background = color
      case .attributes: hasAttributes = true
      case .status: flow.answered()
      }
    }
    return events
  }

  private func toggleMouse() {
    capturesMouse.toggle()
    device.write(capturesMouse ? Self.mouseOn : Self.mouseOff)
  }

  // MARK: Colours and copying

  /// Whether the terminal's background is dark: its answer to OSC 11, else `COLORFGBG`, else nil.
  ///
  /// Waits for at most `timeout`; keys typed meanwhile come from the next `readEvents`.
  package func backgroundIsDark(
    timeout: Duration = .milliseconds(100), environment: TerminalEnvironment = .current
  ) -> Bool? {
    // Every terminal answers the query of its attributes: one that knows no OSC 11 is not waited for.
    device.write(Array("\u{1B}]11;?\u{07}\u{1B}[c".utf8))
    hasAttributes = false
    let deadline = SystemClock.instant + timeout
    while background == nil, !hasAttributes, !device.isGone {
      let left = Int32((deadline - SystemClock.instant).inMilliseconds.rounded(.up))
      guard left > 0, device.hasInput(timeout: left) else { break }
      waitingEvents += take(parser.feed(device.read()))
    }
    return background?.isDark ?? environment.isDark
  }

  /// Puts text on the person's clipboard by OSC 52.
  ///
  /// - Returns: false where it is too long for terminals to take.
  package func copy(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count <= Self.copyLimit else { return false }
    device.write(Array("\u{1B}]52;c;".utf8) + Base64.encoded(bytes) + [0x07])
    return true
  }

  /// xterm takes 74,994 bytes of Base64.
  private static let copyLimit = 56_000

  // MARK: Giving back

  /// Gives the terminal to another program, an editor or the shell; `resume` takes it again.
  package func suspend() {
    guard isActive else { return }
    leave()
    device.restore(droppingInput: false)
  }

  /// Takes the terminal again, at the size that it has now; the next frame is whole.
  package func resume() {
    guard !isActive else { return }
    // It worked before; where it does not now, keys come by line until it does.
    try? device.setRaw()
    isActive = true
    resize()
    start()
  }

  /// Restores the terminal; waits for at most a second for it to take the last bytes.
  package func close() {
    guard isActive else { return }
    leave()
    device.restore(droppingInput: true)
  }

  private func leave() {
    device.write(Self.mouseOff + Self.pasteOff)
    cncurses_leave(screen)
    emit()
    device.drain(milliseconds: 1_000)
    // An answer that is under way would be typed into the next program.
    while flow.awaitsAnswer(at: SystemClock.instant), device.hasInput(timeout: Self.answerDelay) {
      let bytes = device.read()
      if bytes.isEmpty { break }
      waitingEvents += take(parser.feed(bytes))
    }
    isActive = false
  }

  /// How long an answer may take on a usual connection, in milliseconds.
  private static let answerDelay: Int32 = 100

  /// Switches on what terminfo does not know, and asks whether the terminal answers.
  private func start() {
    flow.resumed(at: SystemClock.instant)
    device.write(Self.pasteOn + (capturesMouse ? Self.mouseOn : []) + FlowControl.query)
  }

  /// Presses, and movement with a button held where the terminal knows it.
  private static let mouseOn = Array("\u{1B}[?1000h\u{1B}[?1002h\u{1B}[?1006h".utf8)
  private static let mouseOff = Array("\u{1B}[?1006l\u{1B}[?1002l\u{1B}[?1000l".utf8)
  private static let pasteOn = Array("\u{1B}[?2004h".utf8)
  private static let pasteOff = Array("\u{1B}[?2004l".utf8)
}
