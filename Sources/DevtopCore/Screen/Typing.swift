/// A service whose terminal has the keyboard.
package struct Typing: Equatable, Sendable {
  package var service: ServiceID
  package var run: RunNumber
  /// What was in front before.
  var focus: Pane
  var wasZoomed: Bool
}

/// What a person types into a service's terminal.
package enum TerminalInput: Equatable, Sendable {
  case key(Key)
  case pasted(String)
}
