import DevtopCore
import Glibc
import Testing

@testable import DevtopBackend

@Suite struct ThemeTests {
  private func catalog(_ files: [String: String] = [:]) throws -> (ThemeCatalog, Project) {
    let project = try Project(files)
    return (ThemeCatalog(directory: project.path, environment: ["XDG_CONFIG_HOME": project.path]), project)
  }

  @Test(arguments: ThemeCatalog.builtinNames)
  func `a shipped theme sets every token`(name: String) throws {
    let theme = try catalog().0.theme(named: name)
    #expect(!theme.name.isEmpty)
    // Tokens that a file forgot would look as in an empty theme; those that matter differ from it.
    if name != "mono" {
      for token in [
        Theme.Token.buildError, .buildOK, .logError, .serviceFailed, .http5xx, .selection, .match,
      ] {
        #expect(theme[token] != .plain, "\(token.name)")
      }
    }
    let text = try #require(BuiltinThemes.text(of: name)).split(separator: UInt8(ascii: "\n"))
      .map { String(decoding: $0, as: UTF8.self) }
    for token in Theme.Token.allCases {
      #expect(text.contains { $0.hasPrefix("\"\(token.name)\" = ") }, "\(token.name)")
    }
  }

  @Test func `there are at least twelve, and the default uses the terminal's own colours only`() throws {
    #expect(ThemeCatalog.builtinNames.count >= 12)
    #expect(ThemeCatalog.builtinNames.first == "terminal")
    let theme = try catalog().0.theme(named: "terminal")
    for token in Theme.Token.allCases {
      for color in [theme[token].foreground, theme[token].background] {
        switch color {
        case .default, .ansi: break
        case .palette, .rgb: Issue.record("\(token.name) is \(color)")
        }
      }
    }
  }

  @Test(arguments: ThemeCatalog.builtinNames.filter { $0 != "terminal" && $0 != "mono" })
  func `text keeps a contrast of 4.5 to 1`(name: String) throws {
    let theme = try catalog().0.theme(named: name)
    let lines: [Theme.Token] = [
      .border, .borderFocus, .scrollbar, .background, .graphStart, .graphMid, .graphEnd,
    ]
    for token in Theme.Token.allCases where !lines.contains(token) {
      let style = theme[token]
      let background = style.background == .default ? theme[.background].background : style.background
      let ratio = try contrast(style.foreground, background)
      #expect(ratio >= 4.5, "\(token.name): \(ratio)")
    }
    for token in [Theme.Token.graphStart, .graphMid, .graphEnd, .borderFocus] {
      // WCAG 2.1, 1.4.11: graphics need 3 to 1.
      #expect(try contrast(theme[token].foreground, theme[.background].background) >= 3, "\(token.name)")
    }
    #expect(theme.isDark == (try luminance(theme[.background].background) < 0.5))
  }

  @Test func `themes of many colours fall back to the terminal's in 16`() throws {
    let nord = try catalog().0.theme(named: "nord")
    let terminal = try catalog().0.theme(named: "terminal")
    #expect(nord[.logError] != terminal[.logError])
    #expect(nord.reducedTo16Colors[.logError] == terminal[.logError])
  }

  @Test func `values are read in all their forms`() throws {
    let (catalog, project) = try catalog([
      "x.theme": """
      name = "X"
      variant = "light"
      [palette]
      frost = "#88C0D0"
      [style]
      "border.focus" = "$frost bold"
      text = "12 on 200"
      log.error = "bright-red on default underline reverse italic dim strikethrough"
      match = "bold"
      [style16]
      "border.focus" = "cyan"
      """
    ])
    let theme = try withExtendedLifetime(project) { try catalog.theme(named: "x.theme") }
    #expect(!theme.isDark)
    #expect(
      theme[.borderFocus]
        == TextStyle(foreground: .rgb(red: 0x88, green: 0xC0, blue: 0xD0), attributes: .bold))
    #expect(theme[.text] == TextStyle(foreground: .ansi(12), background: .palette(200)))
    #expect(
      theme[.logError]
        == TextStyle(foreground: .ansi(9), attributes: [.underline, .reverse, .italic, .dim, .strikethrough]))
    #expect(theme[.match] == TextStyle(attributes: .bold))
    #expect(theme.reducedTo16Colors[.borderFocus] == TextStyle(foreground: .ansi(6)))
  }

  @Test(arguments: [
    (
      "name = \"X\"\n[style]\n\"bordr\" = \"red\"",
      "x.theme:3:1: style: there is no token \"bordr\"; did you mean \"border\"?"
    ),
    (
      "name = \"X\"\n[style]\n\"text\" = \"rde\"",
      "x.theme:3:10: style.text: \"rde\" is no colour and no attribute; did you mean \"red\"?"
    ),
    (
      "name = \"X\"\n[style]\n\"text\" = \"#12345\"",
      "x.theme:3:10: style.text: #12345 is no colour; write six hexadecimal digits: #rrggbb"
    ),
    (
      "name = \"X\"\n[style]\n\"text\" = \"256\"",
      "x.theme:3:10: style.text: 256 is no colour; numbers go from 0 to 255"
    ),
    (
      "name = \"X\"\n[palette]\nfrost = \"1\"\n[style]\n\"text\" = \"$frots\"",
      "x.theme:5:10: style.text: [palette] has no \"frots\"; did you mean \"frost\"?"
    ),
    (
      "name = \"X\"\n[style]\n\"text\" = \"red on\"",
      "x.theme:3:10: style.text: a colour is missing after `on`"
    ),
    (
      "name = \"X\"\n[style]\n\"text\" = \"red blue\"",
      "x.theme:3:10: style.text: a second colour blue; a background is written `on blue`"
    ),
    (
      "name = \"X\"\n[style]\n\"text\" = \"\"",
      "x.theme:3:10: style.text: the style is empty; write \"default\""
    ),
    (
      "name = \"X\"\n[style]\n\"text\" = 5",
      "x.theme:3:10: style.text: expected a style such as \"red bold\", found the integer 5"
    ),
    (
      "name = \"X\"\nvariant = \"drak\"",
      "x.theme:2:11: variant: \"drak\" is not a value of it; did you mean \"dark\"?"
    ),
    (
      "name = \"X\"\ninherits = \"nrod\"",
      "x.theme:2:12: inherits: there is no theme \"nrod\"; did you mean \"nord\"?"
    ),
    ("variant = \"dark\"", "x.theme:1:1: a theme needs a name: write name = \"…\""),
    ("name = \"X\"\nstile = 1", "x.theme:2:1: unknown key \"stile\"; did you mean \"style\"?"),
  ])
  func `an error has a place and the nearest name`(text: String, message: String) throws {
    let (catalog, project) = try catalog(["x.theme": text])
    do {
      _ = try withExtendedLifetime(project) { try catalog.theme(named: "x.theme") }
      Issue.record("no error")
    } catch let error as ConfigurationError {
      #expect(error.description == message)
    }
  }

  @Test func `the user's themes are found by name, may build on the shipped ones, and have a file`() throws {
    let (catalog, project) = try catalog([
      "devtop/themes/nord.theme": "name = \"My Nord\"\ninherits = \"nord\"\n[style]\ntext = \"#ffffff\"\n",
      "devtop/themes/own.theme": "name = \"Own\"\ninherits = \"own\"\n",
    ])
    #expect(catalog.names.last == "own")
    #expect(catalog.file(of: "nord") == project.path + "/devtop/themes/nord.theme")
    #expect(catalog.file(of: "dracula") == nil)
    let theme = try catalog.theme(named: "nord")
    #expect(theme.name == "My Nord")
    #expect(theme[.text].foreground == .rgb(red: 255, green: 255, blue: 255))
    #expect(throws: ConfigurationError.self) { try catalog.theme(named: "own") }
    #expect(throws: ConfigurationError.self) { try catalog.theme(named: "none-of-this-name") }
  }

  /// WCAG 2.1, relative luminance and contrast ratio.
  private func contrast(_ one: Color, _ other: Color) throws -> Double {
    let (left, right) = (try luminance(one), try luminance(other))
    return (max(left, right) + 0.05) / (min(left, right) + 0.05)
  }

  private func luminance(_ color: Color) throws -> Double {
    guard case .rgb(let red, let green, let blue) = color else {
      Issue.record("\(color) has no fixed colour")
      return 0
    }
    let parts = [red, green, blue].map { value in
      let part = Double(value) / 255
      return part <= 0.03928 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
  }

  @Test func `a family's name means its dark or light member`() {
    let catalog = ThemeCatalog(directory: "/nowhere", environment: [:])
    #expect(catalog.resolved("gruvbox") { false } == "gruvbox-light")
    #expect(catalog.resolved("catppuccin") { true } == "catppuccin-mocha")
    #expect(catalog.resolved("solarized") { nil } == "solarized-dark")
    #expect(catalog.resolved("nord") { false } == "nord")
    for family in ["gruvbox", "solarized", "catppuccin", "high-contrast"] {
      for isDark in [true, false] {
        #expect(ThemeCatalog.builtinNames.contains(catalog.resolved(family) { isDark }))
      }
    }
  }
}
