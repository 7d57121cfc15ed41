internal import DevtopCore

/// Reads `NAME.theme`: TOML with `name`, `variant`, `inherits`, `[palette]`, `[style]` and `[style16]`.
struct ThemeReader {
  private static let ansiNames = [
    "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white", "bright-black", "bright-red",
    "bright-green", "bright-yellow", "bright-blue", "bright-magenta", "bright-cyan", "bright-white",
  ]
  private static let attributes: [(name: String, attribute: TextAttributes)] = [
    ("bold", .bold), ("dim", .dim), ("italic", .italic), ("underline", .underline), ("reverse", .reverse),
    ("strikethrough", .strikethrough),
  ]

  private let findings: ConfigurationFindings
  private var palette: [String: Color] = [:]

  private init(findings: ConfigurationFindings) { self.findings = findings }

  /// The theme of the text of a file.
  ///
  /// `file` is the name that the user knows; `inherited` finds the theme that another builds on, nil where there
  /// is none of that name.
  ///
  /// - Throws: `ConfigurationError.invalid` with the place of everything that is wrong.
  static func read(
    _ bytes: [UInt8], file: String, inherited: (String) throws(ConfigurationError) -> Theme?
  ) throws(ConfigurationError) -> Theme {
    let table = try ConfigurationFile.parseTable(bytes, named: file)
    let findings = ConfigurationFindings(file: file)
    var reader = ThemeReader(findings: findings)
    let theme = try reader.theme(table, inherited: inherited)
    try findings.throwProblems()
    return theme
  }

  private mutating func theme(
    _ table: TomlTable, inherited: (String) throws(ConfigurationError) -> Theme?
  ) throws(ConfigurationError) -> Theme {
    var top = TableReader(table, path: "", findings: findings)
    let name = top.string("name")
    let variant = top.choice("variant", among: ["dark", "light"])
    let parent = top.string("inherits")
    let colors = top.subtable("palette")
    let styles = top.subtable("style")
    let reduced = top.subtable("style16")
    top.finish()
    if table["name"] == nil {
      findings.problem("a theme needs a name: write name = \"…\"", at: TomlPlace(line: 1, column: 1))
    }
    var theme = Theme(name: name?.text ?? "", isDark: variant != "light")
    if let parent {
      if let base = try inherited(parent.text) {
        theme = base
        theme.name = name?.text ?? ""
        if let variant { theme.isDark = variant == "dark" }
      } else {
        findings.problem(
          "inherits: there is no theme \(ConfigurationText.quoted(parent.text))"
            + NearestName.hint(parent.text, among: ThemeCatalog.builtinNames), at: parent.place)
      }
    }
    readPalette(colors)
    let reduced16 = theme.reducedTo16Colors
    apply(styles, path: "style") { token, style in
      theme.set(token, style)
      // What a terminal of 16 colours cannot show is better taken from the theme below than approximated.
      if parent != nil, !Self.isShownWith16Colors(style) { theme.set16(token, reduced16[token]) }
    }
    apply(reduced, path: "style16") { theme.set16($0, $1) }
    return theme
  }

  private static func isShownWith16Colors(_ style: TextStyle) -> Bool {
    [style.foreground, style.background].allSatisfy { color in
      switch color {
      case .default, .ansi: true
      case .palette, .rgb: false
      }
    }
  }

  private mutating func readPalette(_ table: TomlTable?) {
    guard let table else { return }
    var reader = TableReader(table, path: "palette", findings: findings)
    for entry in table.entries {
      guard let text = reader.string(entry.key, expected: "a colour such as \"#88c0d0\"") else { continue }
      guard let color = color(Substring(text.text), key: "palette.\(entry.key)", at: text.place) else {
        continue
      }
      palette[entry.key] = color
    }
  }

  private func apply(_ table: TomlTable?, path: String, _ set: (Theme.Token, TextStyle) -> Void) {
    guard let table else { return }
    let tokens = Dictionary(
      Theme.Token.allCases.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    for (name, keyPlace, value) in flattened(table, prefix: "") {
      guard let token = tokens[name] else {
        let written = ConfigurationText.quoted(ConfigurationText.shortened(name))
        let hint = NearestName.of(name, among: Theme.Token.allCases.map(\.name))
        findings.problem(
          "\(path): there is no token \(written)" + (hint.map { "; did you mean \"\($0)\"?" } ?? ""),
          at: keyPlace)
        continue
      }
      guard case .string(let text) = value.content else {
        findings.problem(
          "\(path).\(name): expected a style such as \"red bold\", found \(value.found)", at: value.place)
        continue
      }
      if let style = style(text, key: "\(path).\(name)", at: value.place) { set(token, style) }
    }
  }

  /// `border.focus = …` without quotes is a nested table in TOML; it means the same token.
  private func flattened(
    _ table: TomlTable, prefix: String
  ) -> [(name: String, keyPlace: TomlPlace, value: TomlValue)] {
    table.entries.flatMap { entry in
      let name = prefix + entry.key
      if case .table(let inner) = entry.value.content { return flattened(inner, prefix: name + ".") }
      return [(name, entry.keyPlace, entry.value)]
    }
  }

  /// `fg [on bg] [bold dim italic underline reverse]`; attributes alone keep the terminal's colours.
  private func style(_ text: String, key: String, at place: TomlPlace) -> TextStyle? {
    var style = TextStyle.plain
    var hasForeground = false
    var words = text.split(whereSeparator: \.isWhitespace)[...]
    guard !words.isEmpty else {
      findings.problem("\(key): the style is empty; write \"default\"", at: place)
      return nil
    }
    while let word = words.popFirst() {
      if let attribute = Self.attributes.first(where: { $0.name == word }) {
        style.attributes.insert(attribute.attribute)
      } else if word == "on" {
        guard let next = words.popFirst() else {
          findings.problem("\(key): a colour is missing after `on`", at: place)
          return nil
        }
        guard let color = color(next, key: key, at: place) else { return nil }
        style.background = color
      } else {
        guard let color = color(word, key: key, at: place) else { return nil }
        guard !hasForeground else {
          findings.problem("\(key): a second colour \(word); a background is written `on \(word)`", at: place)
          return nil
        }
        hasForeground = true
        style.foreground = color
      }
    }
    return style
  }

  private func color(_ word: Substring, key: String, at place: TomlPlace) -> Color? {
    if word == "default" { return .default }
    if word.hasPrefix("$") {
      let name = String(word.dropFirst())
      if let color = palette[name] { return color }
      findings.problem(
        "\(key): [palette] has no \(ConfigurationText.quoted(name))"
          + NearestName.hint(name, among: palette.keys.sorted()), at: place)
      return nil
    }
    if word.hasPrefix("#") {
      let digits = word.dropFirst()
      if digits.utf8.count == 6, digits.allSatisfy(\.isHexDigit), let number = UInt32(digits, radix: 16) {
        return .rgb(
          red: UInt8(number >> 16 & 0xff), green: UInt8(number >> 8 & 0xff), blue: UInt8(number & 0xff))
      }
      findings.problem("\(key): \(word) is no colour; write six hexadecimal digits: #rrggbb", at: place)
      return nil
    }
    if let index = Self.ansiNames.firstIndex(of: String(word)) { return .ansi(UInt8(index)) }
    if word.allSatisfy(\.isASCII), word.allSatisfy(\.isNumber) {
      if let number = UInt8(word) { return number < 16 ? .ansi(number) : .palette(number) }
      findings.problem("\(key): \(word) is no colour; numbers go from 0 to 255", at: place)
      return nil
    }
    let names = Self.ansiNames + Self.attributes.map(\.name) + ["default", "on"]
    let near = NearestName.of(String(word), among: names).map { "; did you mean \"\($0)\"?" }
    findings.problem(
      "\(key): \(ConfigurationText.quoted(ConfigurationText.shortened(String(word)))) is no colour and no attribute"
        + (near ?? "; write #rrggbb, 0 to 255, an ANSI name, default or $NAME of [palette]"), at: place)
    return nil
  }
}
