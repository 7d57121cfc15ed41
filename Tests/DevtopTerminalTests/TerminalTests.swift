import DevtopCore
@testable import DevtopDashboard
@testable import DevtopTerminal
import Glibc
import Testing

/// On a real pseudo-terminal; serialized because ncurses is one a process.
@Suite(.serialized) struct TerminalTests {
  private let environment = TerminalEnvironment(type: "xterm-256color")

  private func terminal(_ pty: PseudoTerminal, type: String = "xterm-256color") throws -> Terminal {
    try Terminal(input: pty.slave, output: pty.slave, environment: TerminalEnvironment(type: type))
  }

  private func grid(_ text: String, _ size: Size, _ style: TextStyle = .plain) -> Grid {
    var canvas = Canvas(size: size, theme: Theme(name: "plain", isDark: true), symbols: .wide)
    for (row, line) in text.split(separator: "\n").enumerated() {
      var styled = Line()
      styled.add(String(line), style: .own(style))
      canvas.draw(styled, column: 0, row: row)
    }
    return canvas.grid
  }

  @Test func `an unchanged screen writes nothing`() throws {
    let pty = try PseudoTerminal()
    let terminal = try terminal(pty)
    #expect(terminal.show(grid("hello", terminal.size)) > 0)
    let first = pty.output()
    #expect(first.contains("hello"))
    #expect(first.contains("\u{1B}[?1049h"))
    #expect(terminal.show(grid("hello", terminal.size)) == 0)
    #expect(pty.output().isEmpty)
    let changed = terminal.show(grid("hallo", terminal.size))
    #expect((1..<20).contains(changed))
    #expect(!terminal.wantsToWrite)
  }

  @Test func `closing restores the terminal`() throws {
    let pty = try PseudoTerminal()
    let before = pty.settings
    let terminal = try terminal(pty)
    #expect(pty.settings.c_lflag & tcflag_t(ICANON | ECHO | ISIG) == 0)
    terminal.show(grid("hello", terminal.size))
    _ = pty.output()
    terminal.close()
    let end = pty.output()
    for sequence in ["\u{1B}[?1049l", "\u{1B}[?25h", "\u{1B}[?1000l", "\u{1B}[?1006l", "\u{1B}[?2004l"] {
      #expect(end.contains(sequence))
    }
    #expect(pty.settings.c_lflag == before.c_lflag)
    #expect(pty.settings.c_iflag == before.c_iflag)
    #expect(pty.settings.c_oflag == before.c_oflag)
  }

  @Test func `another program may have the terminal meanwhile`() throws {
    let pty = try PseudoTerminal()
    let before = pty.settings
    let terminal = try terminal(pty)
    terminal.show(grid("hello", terminal.size))
    terminal.suspend()
    #expect(pty.settings.c_lflag == before.c_lflag)
    #expect(!terminal.canPaint)
    _ = pty.output()
    try pty.resize(columns: 100, rows: 30)
    terminal.resume()
    #expect(terminal.size == Size(columns: 100, rows: 30))
    #expect(terminal.show(grid("hello", terminal.size)) > 0)
    let again = pty.output()
    #expect(again.contains("\u{1B}[?1049h"))
    #expect(again.contains("hello"))
    #expect(again.contains("\u{1B}[?2004h"))
  }

  @Test func `a resized screen is written whole`() throws {
    let pty = try PseudoTerminal()
    let terminal = try terminal(pty)
    terminal.show(grid("hello", terminal.size))
    for (columns, rows) in [(1, 1), (500, 200), (3, 2), (40, 10)] as [(UInt16, UInt16)] {
      try pty.resize(columns: columns, rows: rows)
      _ = pty.output()
      #expect(terminal.resize() == Size(columns: Int(columns), rows: Int(rows)))
      #expect(terminal.show(grid("hello", terminal.size)) > 0)
      #expect(pty.output().contains("h"))
    }
  }

  @Test func `keys, pastes and the mouse are events`() throws {
    let pty = try PseudoTerminal()
    let terminal = try terminal(pty)
    pty.type("j\u{1B}[A\u{1B}OB\r\u{1B}[200~a\nb\u{1B}[201~\u{1B}[<0;5;3M\u{1B}[<65;5;3M\u{03}\u{1B}")
    #expect(
      terminal.readEvents() == [
        .key(.character("j")), .key(.up), .key(.down), .key(.enter), .pasted("a\nb"),
        .clicked(column: 4, row: 2), .scrolled(column: 4, row: 2, by: 3), .key(.control("c")), .key(.escape),
      ])
    #expect(terminal.readEvents().isEmpty)
  }

  @Test func `F2 gives the mouse to the terminal`() throws {
    let pty = try PseudoTerminal()
    let terminal = try terminal(pty)
    _ = pty.output()
    pty.type("\u{1B}OQ")
    #expect(
      terminal.readEvents() == [.said("the terminal has the mouse, to select text; F2 takes it back")])
    #expect(!terminal.capturesMouse)
    #expect(pty.output().contains("\u{1B}[?1000l"))
    pty.type("\u{1B}OQ")
    #expect(terminal.readEvents() == [.said("devtop has the mouse; F2 gives it to the terminal")])
    #expect(terminal.capturesMouse)
  }

  @Test func `the background is asked without losing a key`() throws {
    let pty = try PseudoTerminal()
    let terminal = try terminal(pty)
    pty.type("x\u{1B}]11;rgb:ffff/ffff/eeee\u{1B}\\y\u{1B}[?62c")
    #expect(terminal.backgroundIsDark(environment: environment) == false)
    #expect(terminal.readEvents() == [.key(.character("x")), .key(.character("y"))])
    pty.type("\u{1B}[?62c")
    #expect(pty.output().contains("\u{1B}]11;?"))
  }

  @Test func `a terminal that knows no OSC 11 leaves it to COLORFGBG`() throws {
    let pty = try PseudoTerminal()
    let terminal = try terminal(pty)
    pty.type("\u{1B}[?1;2c")
    #expect(
      terminal.backgroundIsDark(
        timeout: .seconds(30), environment: TerminalEnvironment(foregroundAndBackground: "15;0")) == true)
    #expect(terminal.backgroundIsDark(timeout: .zero, environment: environment) == nil)
  }

  @Test func `copying writes OSC 52`() throws {
    let pty = try PseudoTerminal()
    let terminal = try terminal(pty)
    _ = pty.output()
    #expect(terminal.copy("hello"))
    #expect(pty.output() == "\u{1B}]52;c;aGVsbG8=\u{07}")
    #expect(!terminal.copy(String(repeating: "x", count: 100_000)))
  }

  @Test func `frames for a slow terminal are dropped`() throws {
    let pty = try PseudoTerminal(columns: 200, rows: 60)
    let terminal = try terminal(pty)
    var painted = 0
    pty.type("\u{1B}[0n")
    #expect(terminal.readEvents().isEmpty)
    // Nobody reads: what the kernel takes is all that may be under way.
    for index in 0..<200 where terminal.canPaint {
      let line = String(repeating: String(index % 10), count: 200)
      terminal.show(grid(Array(repeating: line, count: 60).joined(separator: "\n"), terminal.size))
      painted += 1
    }
    #expect(painted < 10)
    #expect(!terminal.canPaint)
    #expect(terminal.show(grid("dropped", terminal.size)) == 0)
    pty.type("k")
    #expect(terminal.readEvents() == [.key(.character("k"))])
    // The terminal catches up, and says so.
    var seen = ""
    while terminal.wantsToWrite || seen.isEmpty {
      seen += pty.output()
      terminal.flush()
    }
    seen += pty.output()
    #expect(seen.hasSuffix("\u{1B}[5n"))
    #expect(!terminal.canPaint)
    pty.type("\u{1B}[0n")
    #expect(terminal.readEvents().isEmpty)
    #expect(terminal.canPaint)
    terminal.show(grid("caught up", terminal.size))
    #expect(pty.output().contains("caught up"))
  }

  @Test func `wide and joined characters take the columns that the grid gave them`() throws {
    let pty = try PseudoTerminal()
    let terminal = try terminal(pty)
    try #require(terminal.isUTF8)
    // A family joined by ZWJ, a heart with VS16, a flag, CJK, a combining mark.
    let text =
      "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}|\u{2764}\u{FE0F}|\u{1F1E9}\u{1F1EA}|\u{65E5}|e\u{301}|"
    let grid = grid(text, terminal.size)
    #expect((0..<14).filter { grid[$0, 0]?.isRightHalf == true } == [1, 4, 7, 10])
    terminal.show(grid)
    let output = pty.output()
    #expect(output.contains("\u{1F468}|\u{2764} |DE|\u{65E5}|e\u{301}|"))
  }

  @Test func `types without a dashboard are refused with a sentence`() throws {
    let pty = try PseudoTerminal()
    #expect(throws: TerminalError.unsuitedType("dumb")) { try terminal(pty, type: "dumb") }
    #expect(throws: TerminalError.unknownType("no-such-terminal")) {
      try terminal(pty, type: "no-such-terminal")
    }
    #expect(throws: TerminalError.noType) {
      try Terminal(input: pty.slave, output: pty.slave, environment: TerminalEnvironment())
    }
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    #expect(throws: TerminalError.notATerminal) {
      try Terminal(input: ends[0], output: ends[1], environment: environment)
    }
    #expect(pty.output().isEmpty)
    #expect(pty.settings.c_lflag & tcflag_t(ICANON) != 0)
  }

  @Test(arguments: ["vt100", "linux", "xterm", "screen-256color"])
  func `terminals of every depth are painted`(_ type: String) throws {
    let pty = try PseudoTerminal()
    let terminal = try terminal(pty, type: type)
    for index in 0..<255 {
      let color = Color.rgb(red: UInt8(index), green: UInt8(255 - index), blue: 90)
      let style = TextStyle(foreground: color, background: .palette(UInt8(max(16, index))), attributes: .bold)
      terminal.show(grid("n\(index)", terminal.size, style))
      // Answers each question of flow control.
      if pty.output().contains("\u{1B}[5n") { pty.type("\u{1B}[0n") }
      _ = terminal.readEvents()
    }
    #expect(terminal.canPaint)
  }

  @Test func `a terminal that goes away is noticed`() throws {
    let pty = try PseudoTerminal()
    let slave = dup(pty.slave)
    defer { close(slave) }
    let terminal = try Terminal(input: slave, output: slave, environment: environment)
    close(pty.master)
    _ = terminal.readEvents()
    #expect(terminal.isGone)
    #expect(terminal.show(grid("nobody sees this", terminal.size)) >= 0)
    #expect(!terminal.wantsToWrite)
  }
}
