/// What a matcher found in a stretch of lines.
struct LineAnswer {
  /// The lines that this decides: the stretch, and what records reach beyond it.
  var decided: LineSet
  /// Lines of programs that match.
  var lines: LineSet
  /// Lifecycle rows that are shown between them; they count as no match.
  var markers: LineSet
  /// Lines that are shown because they are near a match, also outside of what is decided.
  var context: LineSet
  /// Of the records among them, what is folded.
  var folds: Folds

  /// What matches and the lifecycle rows, also where it is folded.
  var found: LineSet {
    var found = lines
    found.formUnion(markers)
    return found
  }

  /// What is found, with the lines around it.
  var shown: LineSet {
    var shown = found
    shown.formUnion(context)
    return shown
  }
}
