/// What a person looks at: focus, cursors, prompts.
package struct ScreenState: Equatable, Sendable {
  package var size = Size(columns: 80, rows: 24)
  package var focus: Pane = .logs
  package var isZoomed = false
  package var overlay: Overlay?
  /// Set while the keyboard is a service's.
  package var typing: Typing?
  package var prompt: Prompt?
  package var files = ListCursor()
  package var build = BuildPane()
  package var logs = LogPane()
  package var requests = RequestPane()
  package var services = ListCursor()
  /// The service that keys act on; nil: all, and the logs of all are shown.
  package var service: ServiceID?
  /// A short answer on the bottom line, taken off by a timer.
  package var message: Message?
  package var filterHistory: [String] = []
  package var requestFilterHistory: [String] = []
  package var searchHistory: [String] = []
  package var exportHistory: [String] = []

  package init() {}

  /// The expression of the filter of Requests while that has the focus, else of Logs; empty: none.
  package var focusedFilter: String { focus == .requests ? requests.filter?.text ?? "" : logs.filter }

  package struct Message: Equatable, Sendable {
    package var text: String
    package var isError: Bool

    package init(_ text: String, isError: Bool = false) {
      self.text = text
      self.isError = isError
    }
  }
}

/// A part of the screen; the raw value is its number key.
package enum Pane: Int, Hashable, CaseIterable, Sendable {
  case files = 1
  case build
  case logs
  case requests
  case services

  package var title: String {
    switch self {
    case .files: "Files"
    case .build: "Build"
    case .logs: "Logs"
    case .requests: "Requests"
    case .services: "Services"
    }
  }
}

/// Something drawn over the panes that takes the keys until it is closed.
package enum Overlay: Equatable, Sendable {
  case help(scroll: Int)
  case palette(LineEditor, selected: Int)
  case confirm(Confirmation)
  /// The full text of a row: a log line, a change, a notice.
  case detail(title: String, lines: [String], scroll: Int)
  /// What of a row to filter by; it has the rows below the panes.
  case terms(TermChoice)
}

/// A question that `y` or Enter answers with yes, everything else with no.
package enum Confirmation: Equatable, Sendable {
  case quit
  case stop([ServiceID])
  case kill([ServiceID])
  case endHolder(PortHolder, service: ServiceID)
  /// A command for curl with what is secret in it.
  case copySecrets(String)
}

/// A line being typed at the bottom.
package struct Prompt: Equatable, Sendable {
  package enum Purpose: Equatable, Sendable {
    case filter
    case requestFilter
    case search
    /// The name of a file.
    case export
  }

  package var purpose: Purpose
  package var editor: LineEditor
  /// What Esc goes back to.
  package var original: String
  /// What is wrong with the expression, and the column (from 1).
  package var error: (message: String, column: Int)? {
    get { errorMessage.map { ($0, errorColumn) } }
    set {
      errorMessage = newValue?.message
      errorColumn = newValue?.column ?? 0
    }
  }
  private var errorMessage: String?
  private var errorColumn = 0
  /// Where the log was when a search began: the selected and the lowest visible line.
  package var origin: (cursor: Int?, bottom: Int?) {
    get { (originCursor, originBottom) }
    set { (originCursor, originBottom) = newValue }
  }
  private var originCursor: Int?
  private var originBottom: Int?
  /// What Tab has found, until something else is typed.
  package var completion: FilterCompletion?

  /// What the error asks for comes next: it points behind the last character, and the cursor is there.
  package var isUnfinished: Bool {
    let text = editor.characters
    return errorMessage != nil && errorColumn > text.count && editor.textBeforeCursor.count == text.count
  }

  package init(_ purpose: Purpose, text: String, history: [String]) {
    self.purpose = purpose
    editor = LineEditor(text: text, history: history)
    original = text
  }
}

/// The selected row of a list and the first visible one.
package struct ListCursor: Equatable, Sendable {
  package var selected = 0
  package var top = 0

  package init() {}

  /// The row that is selected in a list of `count` rows, which may have become shorter; nil where it is empty.
  package func index(in count: Int) -> Int? { count > 0 ? max(0, min(count - 1, selected)) : nil }

  /// Moves by rows in a list of `count` rows of which `height` are visible, and keeps the selection visible.
  package mutating func move(by rows: Int, count: Int, height: Int) {
    selected = max(0, min(count - 1, selected + rows))
    let height = max(1, height)
    if selected < top { top = selected }
    if selected >= top + height { top = selected - height + 1 }
    top = max(0, min(top, max(0, count - height)))
  }
}

/// The Build pane.
package struct BuildPane: Equatable, Sendable {
  package var cursor = ListCursor()
  package var showsRawOutput = false
  /// Diagnostics that were dismissed, until the next build.
  package var dismissed: Set<Diagnostic> = []

  package init() {}
}

/// The Logs pane; the lines themselves are in the log store.
package struct LogPane: Equatable, Sendable {
  /// The filter in force.
  package var filter = ""
  package var filtersEnabled = true
  package var follows = true
  /// Sequence number of the selected line; nil: none.
  package var cursor: Int?
  /// Sequence number of the line at which a selection began that goes to `cursor`; nil: none.
  package var anchor: Int?
  package var drag = Drag.none
  /// Sequence numbers of the lines that a person has marked.
  package var marks: Set<Int> = []
  /// Sequence number of the lowest visible line; nil while following.
  package var bottom: Int?
  package var counts = LogCounts()
  /// Lines that came below `bottom`.
  package var newLines = 0
  package var search = ""
  package var wraps = false
  /// Lines that are shown around what the filter finds.
  package var context = 0
  /// JSON lines are shown as their message and fields.
  package var isPretty = false
  /// Columns of the lines that are left of the pane.
  package var column = 0
  /// Lines up to now were taken out of view.
  package var isCleared = false
  package var timestamps: Timestamps = .time

  package init() {}

  /// What the mouse's button, while it is held, does in the pane.
  package enum Drag: Equatable, Sendable {
    case none
    /// It went down in this row of the screen.
    case pressed(row: Int)
    /// It selects, and copies when it is let go.
    case selecting
  }

  package enum Timestamps: Equatable, Sendable, CaseIterable {
    case time
    case milliseconds
    case off
  }
}
