/// How the rows of the Build pane are written: their columns fit each other.
package struct BuildRowFormat {
  /// What differs between terminals and persons; each sign takes as many columns as the default.
  package struct Signs {
    package var failed = "✗"
    package var dot = "·"
    package var ellipsis = "…"
    /// `14:02`.
    package var minute: (WallTime) -> String = { _ in "00:00" }

    package init() {}
  }

  private let signs: Signs
  private let root: String
  private let stopKey: String?
  /// The name of each service with what follows it; empty where there is one service only.
  private let nameColumns: Int
  private let locationColumns: Int
  private let columns: Int

  /// The format of these rows in a pane whose text has `columns` columns.
  package init(_ state: AppState, _ rows: [BuildRow], columns: Int, signs: Signs = Signs()) {
    self.signs = signs
    self.columns = columns
    root = state.configuration.root
    stopKey = state.keys.keyName(for: .stop)
    let isNamed = state.services.count > 1 && state.screen.service == nil
    let diagnosed = rows.filter { $0.diagnostic != nil }
    let names = diagnosed.compactMap(\.service).map { DisplayWidth.columns(of: $0.name) + 2 }
    nameColumns = isNamed ? names.max() ?? 0 : 0
    var locations = 0
    var messages = 0
    for diagnostic in diagnosed.compactMap(\.diagnostic) {
      locations = max(locations, DisplayWidth.columns(of: Self.location(of: diagnostic, in: root)))
      messages = max(messages, DisplayWidth.columns(of: diagnostic.message))
    }
    // Where all messages are short, places have the rest.
    locationColumns = min(locations, max(12, (columns + 1) / 3, columns - 5 - nameColumns - messages))
  }

  /// The row and what goes on below it while it is selected.
  package func lines(of row: BuildRow, atMost most: Int) -> [[BuildRowText.Piece]] {
    text(of: row).lines(columns: columns, atMost: most)
  }

  /// The row alone.
  package func line(of row: BuildRow) -> [BuildRowText.Piece] {
    text(of: row).line(columns: columns, ellipsis: signs.ellipsis)
  }

  private func text(of row: BuildRow) -> BuildRowText {
    switch row {
    case .portHeld(let id, let holder): text(about: holder, of: id)
    case .crash(let id, let diagnostic): text(about: diagnostic, .init("crash ", .buildError), of: id)
    case .diagnostic(let id, let diagnostic):
      switch diagnostic.severity {
      case .error: text(about: diagnostic, .init("E ", .buildError), of: id)
      case .warning: text(about: diagnostic, .init("W ", .buildWarning), of: id)
      case .note: text(about: diagnostic, .init("N ", .dim), of: id)
      }
    case .notice(let notice): text(about: notice)
    }
  }

  private func text(about diagnostic: Diagnostic, _ sign: BuildRowText.Piece, of id: ServiceID)
    -> BuildRowText
  {
    var head = [sign]
    if nameColumns > 0 { head.append(.init(Self.padded(id.name + ": ", to: nameColumns))) }
    let location = Self.tail(
      of: Self.location(of: diagnostic, in: root), columns: locationColumns, ellipsis: signs.ellipsis)
    head.append(.init(location, .location))
    head.append(.init(Self.padded("", to: locationColumns - DisplayWidth.columns(of: location) + 2)))
    var body = [BuildRowText.Piece(diagnostic.message)]
    if let tool = diagnostic.tool { body.append(.init("  (\(tool))", .dim)) }
    return BuildRowText(head: head, body: body)
  }

  private func text(about holder: PortHolder, of id: ServiceID) -> BuildRowText {
    let head = [BuildRowText.Piece("\(signs.failed) \(id.name): ", .buildError)]
    let (before, command, after) = holder.parts(minute: signs.minute)
    var body = [BuildRowText.Piece(before), .init(command), .init(after)]
    if holder.pid != nil, holder.otherUser == nil, let stopKey {
      body.append(.init(" \(signs.dot) \(stopKey) ends it", .key))
    }
    return BuildRowText(head: head, body: body, shortens: command.isEmpty ? nil : 1)
  }

  private func text(about notice: Notice) -> BuildRowText {
    var head = [
      BuildRowText.Piece(
        notice.isError ? "error   " : "warning ", notice.isError ? .buildError : .buildWarning)
    ]
    if var position = notice.text.position {
      position.file = Self.relative(position.file, to: root)
      head.append(.init("\(position)  ", .location))
    }
    return BuildRowText(head: head, body: [.init(notice.text.message)])
  }

  // MARK: Paths

  private static func location(of diagnostic: Diagnostic, in root: String) -> String {
    var diagnostic = diagnostic
    diagnostic.file = relative(diagnostic.file, to: root)
    return diagnostic.location
  }

  /// A path inside of the project is told from its root.
  private static func relative(_ path: String, to root: String) -> String {
    let prefix = root.hasSuffix("/") ? root : root + "/"
    return path.hasPrefix(prefix) && path.utf8.count > prefix.utf8.count
      ? String(path.dropFirst(prefix.count)) : path
  }

  /// The end of a place that is too long.
  private static func tail(of text: String, columns: Int, ellipsis: String) -> String {
    guard DisplayWidth.columns(of: text) > columns else { return text }
    var room = columns - 1
    let kept = text.reversed().prefix {
      room -= Glyph($0).columns
      return room >= 0
    }
    return ellipsis + String(kept.reversed())
  }

  private static func padded(_ text: String, to columns: Int) -> String {
    text + String(repeating: " ", count: max(0, columns - DisplayWidth.columns(of: text)))
  }
}

extension PortHolder {
  /// `port 8080 is held by pid 812 (`, `node server.js` and `) since 14:02`.
  package func parts(minute: (WallTime) -> String) -> (before: String, command: String, after: String) {
    if let otherUser {
      return ("port \(port) is held by a process of user \(otherUser) (see: sudo ss -ltnp)", "", "")
    }
    guard let pid else {
      return ("port \(port) is held by a process that cannot be named (see: sudo ss -ltnp)", "", "")
    }
    let since = since.map { " since \(minute($0))" } ?? ""
    guard let command = shortCommand else { return ("port \(port) is held by pid \(pid)", "", since) }
    return ("port \(port) is held by pid \(pid) (", command, ")" + since)
  }
}
