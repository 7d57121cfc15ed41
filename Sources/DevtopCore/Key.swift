/// A key as the terminal reports it.
package enum Key: Hashable, Sendable {
  /// A printable character, as typed (`R` is Shift-r).
  case character(Character)
  /// Control and a lower-case letter or one of `\ ] ^ _`.
  case control(Character)
  /// Alt and a character.
  case alt(Character)
  case enter, tab, backTab, escape, backspace, delete
  case up, down, left, right, home, end, pageUp, pageDown
  /// F1 to F12.
  case function(Int)

  /// As help prints it and as `[keys]` accepts it: `b`, `^D`, `F1`, `Space`, `PgUp`.
  package var name: String {
    switch self {
    case .character(" "): "Space"
    case .character(let character): String(character)
    case .control(let character): "^" + String(character).uppercased()
    case .alt(let character): "Alt-" + String(character)
    case .enter: "Enter"
    case .tab: "Tab"
    case .backTab: "Shift-Tab"
    case .escape: "Esc"
    case .backspace: "Backspace"
    case .delete: "Del"
    case .up: "Up"
    case .down: "Down"
    case .left: "Left"
    case .right: "Right"
    case .home: "Home"
    case .end: "End"
    case .pageUp: "PgUp"
    case .pageDown: "PgDn"
    case .function(let number): "F\(number)"
    }
  }

  private static let named: [String: Key] = [
    "space": .character(" "), "enter": .enter, "return": .enter, "tab": .tab, "shift-tab": .backTab,
    "esc": .escape, "escape": .escape, "backspace": .backspace, "del": .delete, "delete": .delete, "up": .up,
    "down": .down, "left": .left, "right": .right, "home": .home, "end": .end, "pgup": .pageUp,
    "pageup": .pageUp, "pgdn": .pageDown, "pagedown": .pageDown,
  ]

  /// Reads what `name` prints; also `ctrl-d`, `C-d`, and the named keys in any case.
  package init?(name: String) {
    if name.count == 1, let character = name.first {
      self = .character(character)
      return
    }
    let lower = name.lowercased()
    if let key = Self.named[lower] {
      self = key
      return
    }
    for prefix in ["^", "ctrl-", "ctrl+", "c-"] where lower.hasPrefix(prefix) {
      let rest = lower.dropFirst(prefix.count)
      guard rest.count == 1, let character = rest.first, character.isASCII else { return nil }
      self = .control(character)
      return
    }
    for prefix in ["alt-", "alt+", "m-"] where lower.hasPrefix(prefix) {
      let rest = name.dropFirst(prefix.count)
      guard rest.count == 1, let character = rest.first else { return nil }
      self = .alt(character)
      return
    }
    guard lower.hasPrefix("f"), let number = Int(lower.dropFirst()), (1...12).contains(number) else {
      return nil
    }
    self = .function(number)
  }
}
