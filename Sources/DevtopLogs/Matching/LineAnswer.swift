/// What a matcher found in a stretch of lines.
struct LineAnswer {
  /// Lines of programs that match.
  var lines: LineSet
  /// Lifecycle rows that are shown between them; they count as no match.
  var markers: LineSet

  var shown: LineSet {
    var shown = lines
    shown.formUnion(markers)
    return shown
  }
}
