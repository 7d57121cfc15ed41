import DevtopCore

/// The styles of a theme, packed and laid over its background and text.
struct StyleSheet: Sendable {
  private let styles: [PackedStyle]
  /// Text without a role of its own.
  let base: PackedStyle

  init(_ theme: Theme) {
    let background = PackedStyle(theme[.background])
    let base = background.overlaid(with: PackedStyle(theme[.text]))
    self.base = base
    styles = Theme.Token.allCases.map { base.overlaid(with: PackedStyle(theme[$0])) }
    overlays = Theme.Token.allCases.map { PackedStyle(theme[$0]) }
  }

  /// The styles as the theme has them, to be laid over cells that are drawn already.
  private let overlays: [PackedStyle]

  subscript(token: Theme.Token) -> PackedStyle { styles[Int(token.rawValue)] }

  func overlay(_ token: Theme.Token) -> PackedStyle { overlays[Int(token.rawValue)] }

  /// A program's own colours on the theme's background.
  func styled(_ style: TextStyle) -> PackedStyle { base.overlaid(with: PackedStyle(style)) }
}
