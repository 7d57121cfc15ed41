import DevtopCore

/// What DECSC keeps (VT510, "Save Cursor").
struct SavedCursor: Equatable, Sendable {
  var row = 0
  var column = 0
  var isWrapPending = false
  var origin = false
  var style = TextStyle.plain
  var charsets = CharacterSets()
}
