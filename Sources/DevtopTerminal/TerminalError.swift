/// Why there can be no dashboard; the caller goes on in plain mode.
package enum TerminalError: Error, Equatable, Sendable {
  /// Standard input or output is a file or a pipe.
  case notATerminal
  /// `TERM` is not set.
  case noType
  /// terminfo does not know this type.
  case unknownType(String)
  /// The terminal of this type cannot place its cursor (`dumb`).
  case unsuitedType(String)
  /// The terminal's settings cannot be read or changed; the C library's `errno`.
  case settings(Int32)

  /// The cause and the way out, in a sentence or two.
  package var sentence: String {
    switch self {
    case .notATerminal: "Standard input and output are not both a terminal, so there is no dashboard."
    case .noType:
      "TERM is not set, so there is no dashboard. Set it, for example: TERM=xterm-256color devtop."
    case .unknownType(let type):
      "terminfo does not know the terminal \(type), so there is no dashboard. Install ncurses-term, or try: TERM=xterm-256color devtop."
    case .unsuitedType(let type):
      "A terminal of type \(type) cannot place its cursor, so there is no dashboard. Try: TERM=xterm-256color devtop."
    case .settings(let code):
      "The terminal's settings cannot be changed (error \(code)), so there is no dashboard."
    }
  }
}
