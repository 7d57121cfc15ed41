/// A name for a dark and a light theme, of which the terminal's background decides.
enum ThemeFamily {
  private static let members: [String: (dark: String, light: String)] = [
    "gruvbox": ("gruvbox-dark", "gruvbox-light"), "solarized": ("solarized-dark", "solarized-light"),
    "catppuccin": ("catppuccin-mocha", "catppuccin-latte"),
    "high-contrast": ("high-contrast-dark", "high-contrast-light"),
  ]

  static func isFamily(_ name: String) -> Bool { members[name] != nil }

  /// The theme that a name stands for; a background that is not known is taken to be dark.
  static func member(of name: String, isDark: () -> Bool?) -> String {
    guard let family = members[name] else { return name }
    return isDark() ?? true ? family.dark : family.light
  }
}
