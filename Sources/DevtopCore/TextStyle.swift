/// A colour as a theme or a program names it; the terminal maps it to what it can show.
package enum Color: Hashable, Sendable {
  case `default`
  /// 0–15: the terminal's own ANSI colours.
  case ansi(UInt8)
  /// 16–255 of the 256-colour palette.
  case palette(UInt8)
  case rgb(red: UInt8, green: UInt8, blue: UInt8)
}

/// Bold, dim, italic, underline, reverse, strikethrough.
package struct TextAttributes: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let bold = TextAttributes(rawValue: 1)
  package static let dim = TextAttributes(rawValue: 2)
  package static let italic = TextAttributes(rawValue: 4)
  package static let underline = TextAttributes(rawValue: 8)
  package static let reverse = TextAttributes(rawValue: 16)
  package static let strikethrough = TextAttributes(rawValue: 32)
}

/// How a piece of text looks.
package struct TextStyle: Hashable, Sendable {
  package var foreground: Color
  package var background: Color
  package var attributes: TextAttributes

  package init(
    foreground: Color = .default, background: Color = .default, attributes: TextAttributes = []
  ) {
    self.foreground = foreground
    self.background = background
    self.attributes = attributes
  }

  package static let plain = TextStyle()
}

/// Text with its styles: no control characters, no escapes, ready to be laid out.
package struct StyledText: Hashable, Sendable {
  package struct Span: Hashable, Sendable {
    package var text: String
    package var style: TextStyle

    package init(text: String, style: TextStyle = .plain) {
      self.text = text
      self.style = style
    }
  }

  package var spans: [Span]

  package init(spans: [Span] = []) { self.spans = spans }
  package init(_ text: String, style: TextStyle = .plain) {
    spans = text.isEmpty ? [] : [Span(text: text, style: style)]
  }

  /// The text alone.
  package var plain: String { spans.map(\.text).joined() }
}
