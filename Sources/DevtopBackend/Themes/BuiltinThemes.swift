/// The themes of the folder `themes`, compiled in.
enum BuiltinThemes {
  /// The default first.
  static let all: [(name: String, text: [UInt8])] = [
    ("terminal", PackageResources.terminal_theme),
    ("nord", PackageResources.nord_theme),
    ("dracula", PackageResources.dracula_theme),
    ("gruvbox-dark", PackageResources.gruvbox_dark_theme),
    ("gruvbox-light", PackageResources.gruvbox_light_theme),
    ("solarized-dark", PackageResources.solarized_dark_theme),
    ("solarized-light", PackageResources.solarized_light_theme),
    ("catppuccin-mocha", PackageResources.catppuccin_mocha_theme),
    ("catppuccin-latte", PackageResources.catppuccin_latte_theme),
    ("tokyo-night", PackageResources.tokyo_night_theme),
    ("high-contrast-dark", PackageResources.high_contrast_dark_theme),
    ("high-contrast-light", PackageResources.high_contrast_light_theme),
    ("colorblind-safe", PackageResources.colorblind_safe_theme),
    ("mono", PackageResources.mono_theme),
  ]

  static func text(of name: String) -> [UInt8]? { all.first { $0.name == name }?.text }
}
