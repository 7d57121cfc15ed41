import DevtopCore

/// Pieces of text with roles, measured before they are put on the canvas.
struct Line {
  private(set) var segments: [Segment] = []

  struct Segment {
    var text: String
    var style: Style
  }

  /// A role of the theme, a program's own style, or both: the role first.
  enum Style: Hashable {
    case role(Theme.Token)
    case own(TextStyle)
    case both(Theme.Token, TextStyle)
  }

  init() {}

  init(_ text: String, _ role: Theme.Token = .text) { add(text, role) }

  init(_ pieces: [BuildRowText.Piece]) {
    for piece in pieces { add(piece.text, piece.role) }
  }

  mutating func add(_ text: String, _ role: Theme.Token = .text) { add(text, style: .role(role)) }

  mutating func add(_ text: String, style: Style) {
    if !text.isEmpty { segments.append(Segment(text: text, style: style)) }
  }

  mutating func add(_ line: Line) { segments += line.segments }

  /// Adds text in its own colours, over those of the role.
  mutating func add(_ text: StyledText, _ role: Theme.Token) {
    for span in text.spans { add(span.text, style: .both(role, span.style)) }
  }

  var isEmpty: Bool { segments.isEmpty }

  /// The columns that it takes as a whole.
  var columns: Int { segments.reduce(0) { $0 + DisplayWidth.columns(of: $1.text) } }
}
