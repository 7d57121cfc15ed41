/// Keys, what they do and where: the one table that handles keys and prints help, bottom line and palette.
package struct KeyTable: Equatable, Sendable {
  /// A line of the table.
  package struct Binding: Equatable, Sendable {
    package var keys: [Key]
    package var action: Action
    /// A word or two for the bottom line; nil: not shown there.
    package var hint: String?
    /// The panes whose bottom line shows it; empty: all in which the key means this.
    package var hintPanes: Set<Pane>
    /// What it does, for help and palette.
    package var help: String
    /// Where the key means this; empty: in every pane.
    package var panes: Set<Pane>

    package init(
      _ keys: [Key], _ action: Action, hint: String? = nil, hintIn hintPanes: Set<Pane> = [], _ help: String,
      in panes: Set<Pane> = []
    ) {
      self.keys = keys
      self.action = action
      self.hint = hint
      self.hintPanes = hintPanes
      self.help = help
      self.panes = panes
    }
  }

  /// A heading of the help and its bindings.
  package struct Section: Equatable, Sendable {
    package var title: String
    package var bindings: [Binding]
  }

  package private(set) var sections: [Section]
  private var actions: [Key: [Binding]] = [:]

  /// The default table with the keys of the configuration in place of its own.
  package init(overrides: [KeyBinding] = []) {
    sections = Self.defaults
    let rebound = Dictionary(grouping: overrides, by: \.action)
    let taken = Set(overrides.map(\.key))
    for section in sections.indices {
      for index in sections[section].bindings.indices {
        let action = sections[section].bindings[index].action
        if let keys = rebound[action] {
          sections[section].bindings[index].keys = keys.map(\.key)
        } else {
          sections[section].bindings[index].keys.removeAll { taken.contains($0) }
        }
      }
    }
    for binding in bindings {
      for key in binding.keys { actions[key, default: []].append(binding) }
    }
  }

  package var bindings: [Binding] { sections.flatMap(\.bindings) }

  /// What a key means in a pane; a binding of that pane alone wins.
  package func action(for key: Key, in pane: Pane) -> Action? {
    let candidates = actions[key] ?? []
    let own = candidates.first { $0.panes.contains(pane) }
    return (own ?? candidates.first { $0.panes.isEmpty })?.action
  }

  /// The bindings that the bottom line shows while a pane has the focus.
  package func hints(for pane: Pane) -> [Binding] {
    bindings.filter { binding in
      binding.hint != nil && !binding.keys.isEmpty
        && [binding.panes, binding.hintPanes].allSatisfy { $0.isEmpty || $0.contains(pane) }
    }
  }

  /// The first key of an action, as the screen names it; nil where it has none.
  package func keyName(for action: Action) -> String? {
    bindings.first { $0.action == action && !$0.keys.isEmpty }?.keys.first?.name
  }
}

extension KeyTable {
  private static func key(_ character: Character) -> Key { .character(character) }

  private static let defaults: [Section] = [
    Section(
      title: "Services",
      bindings: [
        Binding([key("b")], .rebuild, hint: "build", "build again: the service in focus, or all"),
        Binding([key("B")], .cleanRebuild, "clean build: the service in focus, or all"),
        Binding([key("r")], .restart, hint: "restart", "restart without building"),
        Binding([key("R")], .hardRestart, "kill at once and restart"),
        Binding([key("s")], .start, hint: "start", hintIn: [.services], "start"),
        Binding(
          [key("x")], .stop, hint: "stop", hintIn: [.services],
          "stop (asks for several); offers to end a port's holder"),
        Binding([key("X")], .kill, "SIGKILL (asks)"),
        Binding([key("i")], .type, "type into the service's terminal; ^] leaves"),
        Binding([key("p")], .pause, hint: "pause", hintIn: [.files], "pause or resume watching"),
        Binding([key("t")], .buildPending, "build what changed while watching was paused"),
        Binding([key("[")], .previousService, "previous service"),
        Binding([key("]")], .nextService, "next service"),
        Binding([key("0")], .allServices, "all services"),
      ]),
    Section(
      title: "Logs",
      bindings: [
        Binding(
          [key("f")], .filter, hint: "filter", hintIn: [.logs, .requests],
          "filter: words, svc:api, level:>=warn, /regex/, !not"),
        Binding([key("+")], .filterIn, "filter in a value of the row", in: [.logs, .requests]),
        Binding([key("-")], .filterOut, "filter out a value of the row", in: [.logs, .requests]),
        Binding([.control("f")], .toggleFilters, "all filters on or off"),
        Binding([key("/")], .search, "search"),
        Binding([key("n")], .nextMatch, "next match"),
        Binding([key("N")], .previousMatch, "previous match"),
        Binding([key("F")], .follow, hint: "follow", hintIn: [.logs], "follow new lines"),
        Binding([key("C")], .context, "lines around what a filter finds: 0, 3, 10"),
        Binding([.control("w")], .wrap, "wrap long lines"),
        Binding([key("J")], .pretty, "JSON lines as message and fields"),
        Binding([key("T")], .timestamps, "timestamps: seconds, milliseconds, off"),
        Binding([.control("k")], .clear, "clear the view; nothing is deleted"),
        Binding([key("u")], .undoClear, "undo clear"),
        Binding([key("S")], .export, "write the lines that are shown to a file: .log, .ansi, .jsonl"),
        Binding([key("m")], .mark, "mark the line, or take its mark away", in: [.logs]),
        Binding([key("'")], .nextMark, "next mark", in: [.logs]),
        Binding([key("\"")], .previousMark, "previous mark", in: [.logs]),
        Binding([key("v")], .select, "select lines: move, then copy them; Esc leaves", in: [.logs]),
      ]),
    Section(
      title: "Errors",
      bindings: [
        Binding(
          [key("e")], .nextError, hint: "error", "next error or warning"),
        Binding([key("E")], .previousError, "previous error or warning"),
        Binding(
          [.enter], .open, hint: "details", hintIn: [.files, .requests, .services],
          "open: the file at its line, a line's full text, a row's details"),
        Binding(
          [key("o")], .edit, hint: "edit", hintIn: [.files, .build, .logs],
          "open the file at its line in $VISUAL or $EDITOR"),
        Binding([key("O")], .rawOutput, hint: "raw", "raw output of the build", in: [.build]),
        Binding([key("d")], .dismiss, hint: "dismiss", "dismiss a diagnostic", in: [.build]),
        Binding(
          [key("y")], .copy, "copy the selected line or lines", in: [.files, .build, .logs, .services]),
      ]),
    Section(
      title: "Requests",
      bindings: [
        Binding(
          [key("y")], .copyCurl, hint: "curl", "copy the request as curl, secrets masked", in: [.requests]),
        Binding([key("Y")], .copyCurlWithSecrets, "copy as curl with secrets (asks)", in: [.requests]),
        Binding([key("a")], .replay, hint: "replay", "send the request again", in: [.requests]),
        Binding(
          [key("K")], .requestLogs, hint: "logs", "the request's log lines: by its id, else by time",
          in: [.requests]),
        Binding(
          [key("D")], .compareAnswers, "difference to the answers of the route before it", in: [.requests]),
        Binding([key("<")], .previousColumn, "sort routes by the column before", in: [.requests]),
        Binding([key(">")], .nextColumn, hint: "sort", "sort routes by the next column", in: [.requests]),
        Binding([], .toggleFault, "make the trouble that `fault` describes, or end it"),
      ]),
    Section(
      title: "Moving",
      bindings: [
        Binding([.up, key("k")], .up, "up"),
        Binding([.down, key("j")], .down, "down"),
        Binding(
          [.left, key("h")], .left, "the beginning of long lines (in Logs); the latest requests (in Requests)"
        ),
        Binding([.right, key("l")], .right, "the rest of long lines (in Logs); the routes (in Requests)"),
        Binding([.control("u")], .halfPageUp, "half a page up"),
        Binding([.control("d")], .halfPageDown, "half a page down"),
        Binding([.pageUp, .control("b")], .pageUp, "page up"),
        Binding([.pageDown, key(" ")], .pageDown, "page down"),
        Binding([key("g"), .home], .top, "to the first row"),
        Binding([key("G"), .end], .bottom, "to the last row; follows the log again"),
        Binding([.tab], .nextPane, "next pane"),
        Binding([.backTab], .previousPane, "previous pane"),
        Binding([key("1")], .focusFiles, "Files"),
        Binding([key("2")], .focusBuild, "Build"),
        Binding([key("3")], .focusLogs, "Logs"),
        Binding([key("4")], .focusRequests, "Requests"),
        Binding([key("5")], .focusServices, "Services"),
      ]),
    Section(
      title: "Screen",
      bindings: [
        Binding([key("z")], .zoom, hint: "zoom", "zoom the pane"),
        Binding([.control("t")], .theme, "next theme"),
        Binding([.control("l")], .redraw, "redraw"),
        Binding([key(":")], .palette, "command palette: every action by name"),
        Binding([key("?"), .function(1)], .help, hint: "help", "help"),
        Binding([.escape], .back, "back; never quits"),
        Binding([.control("z")], .suspend, "suspend devtop; services go on"),
        Binding([key("q")], .quit, hint: "quit", "quit (asks while a service runs)"),
        Binding([key("Q")], .quitNow, "quit at once"),
        Binding([.control("c")], .interrupt, "stop everything and leave; a second time kills"),
      ]),
  ]
}
