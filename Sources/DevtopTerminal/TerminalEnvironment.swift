import Glibc

/// What the environment says of the terminal.
package struct TerminalEnvironment: Equatable, Sendable {
  /// `TERM`.
  package var type: String?
  /// `COLORTERM`.
  package var colorTerm: String?
  /// `NO_COLOR` is set and not empty (no-color.org).
  package var refusesColor: Bool
  /// `COLORFGBG`, such as `15;0`.
  package var foregroundAndBackground: String?

  package init(
    type: String? = nil, colorTerm: String? = nil, refusesColor: Bool = false,
    foregroundAndBackground: String? = nil
  ) {
    self.type = type
    self.colorTerm = colorTerm
    self.refusesColor = refusesColor
    self.foregroundAndBackground = foregroundAndBackground
  }

  /// The environment of this process.
  package static var current: TerminalEnvironment {
    func value(_ name: String) -> String? {
      guard let text = getenv(name), text.pointee != 0 else { return nil }
      return String(cString: text)
    }
    return TerminalEnvironment(
      type: value("TERM"), colorTerm: value("COLORTERM"), refusesColor: value("NO_COLOR") != nil,
      foregroundAndBackground: value("COLORFGBG"))
  }

  /// Whether `COLORFGBG` names a dark background; nil where it says nothing.
  package var isDark: Bool? {
    guard let last = foregroundAndBackground?.split(separator: ";").last, let index = Int(last) else {
      return nil
    }
    // rxvt's convention: 0–6 and 8 are dark.
    return (0...6).contains(index) || index == 8
  }
}
