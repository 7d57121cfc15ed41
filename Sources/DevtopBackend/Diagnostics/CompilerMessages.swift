internal import DevtopCore

/// What compilers and linkers print: a line with a place, and lines that belong to it.
struct CompilerMessages: Sendable {
  /// A code frame is a few lines; more is not shown anyway.
  private static let detailLimit = 40

  private let compiler: Compiler?
  private var pending: Diagnostic?
  /// `error[E0308]: …` and `error: …`, whose place may be on the next line.
  private var heading: (severity: Diagnostic.Severity, message: String)?
  private var isVetting = false
  /// The first error without a place, for when no other is found.
  private var bare: Diagnostic?
  private var cycle: [String] = []

  init(compiler: Compiler?) { self.compiler = compiler }

  /// The diagnostics that a line completes.
  mutating func read(_ line: String, _ paths: inout ProjectPaths) -> [Diagnostic] {
    if continues(line, paths) { return [] }
    let done = flush()
    begin(line, &paths)
    return done
  }

  /// Gives out what waits for more lines.
  mutating func flush() -> [Diagnostic] {
    if let heading {
      if heading.severity == .error { remember(heading.message) }
      self.heading = nil
    }
    defer { pending = nil }
    return pending.map { [$0] } ?? []
  }

  /// What waits, or the error without a place where there is no other.
  mutating func finish(hasErrors: Bool) -> [Diagnostic] {
    let done = flush()
    guard done.isEmpty, !hasErrors, let bare else { return done }
    return [bare]
  }

  /// Whether a line belongs to what came before it.
  private mutating func continues(_ line: String, _ paths: ProjectPaths) -> Bool {
    let text = line.drop { $0 == " " }
    if let heading, text.hasPrefix("--> ") || text.hasPrefix("::: ") {
      if let location = SourceLocation(trailing: text.dropFirst(4)) {
        pending = diagnostic(heading.severity, location, heading.message, paths)
        self.heading = nil
        return true
      }
    }
    if heading != nil { return false }
    guard pending != nil else { return false }
    if line.hasPrefix("\t") {
      extend(line.dropFirst())
      return true
    }
    if Self.isFrame(line) {
      extend(line[...])
      return true
    }
    // lld: `>>> referenced by FILE:LINE`.
    if line.hasPrefix(">>> ") {
      if let by = line.range(of: "referenced by "),
        let location = SourceLocation(trailing: line[by.upperBound...].prefix { $0 != " " })
      {
        pending?.file = paths.relative(location.file)
        pending?.line = location.line
      }
      extend(line[...])
      return true
    }
    guard let (_, message) = SourceLocation.leading(line[...]) else { return false }
    if message.hasPrefix("note: ") || message.drop(while: { $0 == " " }).hasPrefix("required from") {
      extend(line[...])
      return true
    }
    return false
  }

  private mutating func extend(_ text: Substring) {
    guard let count = pending?.detail.count, count < Self.detailLimit else { return }
    pending?.detail.append(String(text))
  }

  /// `  5 | source`, `    |  ^~~`, `= note: …`, `...`: the frames of gcc, clang, swiftc and rustc; lines of carets.
  private static func isFrame(_ line: String) -> Bool {
    let text = line.drop { $0 == " " }
    guard let first = text.first else { return false }
    if text.count < line.count, first == "|" || first == "^" || first == "~" { return true }
    if text.hasPrefix("= ") || text == "..." { return true }
    let behind = text.drop { ("0"..."9").contains($0) }
    guard behind.count < text.count else { return text.count + 4 <= line.count }
    return behind.drop { $0 == " " }.hasPrefix("|")
  }

  private mutating func begin(_ line: String, _ paths: inout ProjectPaths) {
    if line.hasPrefix("# ") {
      // `# PACKAGE` comes before go's messages; vet's are in brackets since Go 1.20.
      isVetting = line.hasPrefix("# [")
      return
    }
    if enterDirectory(line, &paths) { return }
    var text = line[...]
    var isVet = isVetting
    if text.hasPrefix("vet: ") {
      isVet = true
      text = text.dropFirst(5)
    }
    if let message = LinkerMessage(text, manifest: manifest) {
      pending = diagnostic(.error, message.location, message.text, paths)
      pending?.tool = "linker"
      return
    }
    if let message = TypeScriptMessage(text) {
      pending = diagnostic(message.severity, message.location, message.text, paths)
      return
    }
    if let (location, message) = SourceLocation.leading(text) {
      message.isEmpty ? () : located(location, message, isVet: isVet, paths)
      return
    }
    if heading(text) { return }
    noPlace(line)
  }

  private mutating func located(
    _ location: SourceLocation, _ message: Substring, isVet: Bool, _ paths: ProjectPaths
  ) {
    guard message != "too many errors" else { return }
    if let (severity, rest) = Self.severity(message) {
      pending = diagnostic(severity, location, String(rest), paths)
    } else if Self.isPlainSource(location.file) {
      pending = diagnostic(.error, location, String(message), paths)
      if isVet { pending?.tool = "vet" }
    }
  }

  private func diagnostic(
    _ severity: Diagnostic.Severity, _ location: SourceLocation, _ message: String, _ paths: ProjectPaths
  ) -> Diagnostic {
    Diagnostic(
      severity: severity, file: paths.relative(location.file), line: location.line, column: location.column,
      message: message)
  }

  private static let severities: [(prefix: String, severity: Diagnostic.Severity)] = [
    ("error: ", .error), ("fatal error: ", .error), ("Error: ", .error), ("warning: ", .warning),
    ("Warning: ", .warning), ("note: ", .note), ("remark: ", .note), ("internal compiler error: ", .error),
  ]

  private static func severity(_ message: Substring) -> (Diagnostic.Severity, Substring)? {
    for (prefix, severity) in severities where message.hasPrefix(prefix) {
      return (severity, message.dropFirst(prefix.count))
    }
    return nil
  }

  /// Sources whose tools print no word for the severity.
  private static func isPlainSource(_ file: String) -> Bool {
    let name = Path.name(file)
    if ["Makefile", "makefile", "GNUmakefile"].contains(name) { return true }
    let endings: Set<String> = [
      "go", "mod", "work", "sum", "templ", "py", "rb", "php", "proto", "js", "mjs", "cjs", "jsx", "ts", "tsx",
      "vue", "svelte", "css", "scss", "sass", "less", "html", "tmpl", "sql", "graphql", "yaml", "yml", "json",
      "toml", "y", "l", "s", "sh", "kt", "java", "hs", "ml", "zig", "nim",
    ]
    return Path.fileExtension(name).map(endings.contains) ?? false
  }

  /// `error: …`, `error[E0308]: …`, `warning: …` at the start of a line.
  private mutating func heading(_ text: Substring) -> Bool {
    for (word, severity) in [("error", Diagnostic.Severity.error), ("warning", .warning)]
    where text.hasPrefix(word) {
      var rest = text.dropFirst(word.count)
      var code = ""
      if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
        code = " [" + rest[..<end].dropFirst() + "]"
        rest = rest[rest.index(after: end)...]
      }
      guard rest.hasPrefix(": ") else { continue }
      heading = (severity, String(rest.dropFirst(2)) + code)
      return true
    }
    return false
  }

  /// `make[1]: Entering directory 'PATH'`: what comes is relative to that.
  private func enterDirectory(_ line: String, _ paths: inout ProjectPaths) -> Bool {
    guard line.hasPrefix("make"), let colon = line.range(of: ": ") else { return false }
    let text = line[colon.upperBound...]
    if text.hasPrefix("Entering directory '") {
      paths.enter(String(text.dropFirst("Entering directory '".count).dropLast()))
      return true
    }
    if text.hasPrefix("Leaving directory '") {
      paths.leave()
      return true
    }
    return false
  }

  /// Messages that name no place of their own.
  private mutating func noPlace(_ line: String) {
    if line.hasPrefix("go: "), !line.hasPrefix("go: downloading "), !line.hasPrefix("go: finding "),
      !line.hasPrefix("go: added "), !line.hasPrefix("go: upgraded "), !line.hasPrefix("go: errors parsing")
    {
      remember(String(line.dropFirst(4)))
    } else if line.hasPrefix("package ") {
      cycle = [line]
    } else if !cycle.isEmpty, line.hasPrefix("\timports ") {
      importCycle(line)
    } else if line.hasPrefix("cannot find package ") || line.hasPrefix("no required module provides package ")
    {
      remember(line)
    } else if line.hasPrefix("make"), let mark = line.range(of: "*** [") {
      // `make: *** [Makefile:12: build] Error 1`
      let text = line[mark.upperBound...]
      guard let location = SourceLocation(trailing: text), bare == nil else { return }
      bare = Diagnostic(
        severity: .error, file: location.file, line: location.line, message: String(line[mark.lowerBound...]),
        tool: "make")
    }
  }

  private mutating func importCycle(_ line: String) {
    cycle.append(String(line.dropFirst()))
    guard line.hasSuffix("import cycle not allowed") else { return }
    // Since Go 1.24 each line says `from FILE`.
    let file = line.range(of: " from ").map { line[$0.upperBound...].prefix { $0 != ":" && $0 != " " } }
    pending = Diagnostic(
      severity: .error, file: file.map(String.init) ?? "go.mod", line: 1, message: "import cycle not allowed",
      detail: cycle)
    cycle = []
  }

  private var manifest: String? {
    switch compiler {
    case .go: "go.mod"
    case .swift: "Package.swift"
    case .rust: "Cargo.toml"
    case .c, nil: nil
    }
  }

  private mutating func remember(_ message: String) {
    guard bare == nil, let manifest else { return }
    bare = Diagnostic(severity: .error, file: manifest, line: 1, message: message)
  }
}
