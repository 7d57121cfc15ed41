package import DevtopCore

/// A filter expression, read and compiled.
///
/// Terms side by side are AND, `|` is OR, `!` or a leading `-` is NOT, `( )` groups; a bare word or a `"phrase"` is
/// looked for in the line's text (case matters only if it has a capital), `/regex/i` is a regular expression (PCRE2);
/// `svc:a,b`, `level:warn`, `level:>=warn`, `level:info..error`, `run:18`, `run:last`, `stream:err`,
/// `src:build|run|watch`, `req:9f3a`, `t:-5m`, `t:14:02..14:05` (times of the clock that it is read with). What is none of that is text (`/api/orders`, `localhost:8080`). Two filters are equal when their texts are.
package struct LogFilter: Equatable, Sendable, CustomStringConvertible {
  /// As it was typed.
  package let text: String
  let root: FilterNode
  /// Lines that are shown around each match (`near:3`).
  let context: Int

  init(text: String, root: FilterNode, context: Int = 0) {
    self.text = text
    self.root = root
    self.context = context
  }

  /// Reads a filter; the empty text matches every line.
  ///
  /// - Throws: `FilterError` with the column and the way out.
  package static func parse(_ text: String, clock: FilterClock = FilterClock()) throws(FilterError)
    -> LogFilter
  {
    var parser = FilterParser(text, clock: clock)
    let root = try parser.parse()
    return LogFilter(text: text, root: root, context: parser.context)
  }

  /// Lines of this level or a graver one.
  package static func level(atLeast level: LogLevel) -> LogFilter {
    LogFilter(text: "level:>=\(level.name)", root: .level(.atLeast(level)))
  }

  package var description: String { text }

  package static func == (left: LogFilter, right: LogFilter) -> Bool { left.text == right.text }

  /// The places in a row's shown text (`StyledText.plain`) that positive words and expressions match, in order and
  /// without overlaps, as ranges of UTF-8 offsets; for highlighting.
  package func highlights(in plain: String) -> [Range<Int>] {
    PatternHighlighter.ranges(of: root, in: plain)
  }
}
