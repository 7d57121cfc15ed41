import CPCRE2

/// Finds what a filter's words and expressions matched in a shown line.
enum PatternHighlighter {
  private static let maximumMatches = 256
  private static let matchLimit: UInt32 = 1000

  static func ranges(of node: FilterNode, in text: String) -> [Range<Int>] {
    var patterns: [TextPattern] = []
    collect(node, into: &patterns)
    guard !patterns.isEmpty, let data = pcre2_match_data_create_8(1, nil) else { return [] }
    defer { pcre2_match_data_free_8(data) }
    let context = pcre2_match_context_create_8(nil)
    defer { pcre2_match_context_free_8(context) }
    pcre2_set_match_limit_8(context, matchLimit)
    var ranges: [Range<Int>] = []
    let bytes = Array(text.utf8)
    for pattern in patterns {
      var start = 0
      while start <= bytes.count, ranges.count < maximumMatches,
        pcre2_match_8(pattern.unicodeLine, bytes, bytes.count, start, 0, data, context) >= 0,
        let places = pcre2_get_ovector_pointer_8(data)
      {
        if places[1] > places[0] { ranges.append(Int(places[0])..<Int(places[1])) }
        start = max(Int(places[1]), start + 1)
      }
    }
    ranges.sort { $0.lowerBound < $1.lowerBound }
    var merged: [Range<Int>] = []
    for range in ranges {
      if let last = merged.last, range.lowerBound < last.upperBound {
        merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    return merged
  }

  private static func collect(_ node: FilterNode, into patterns: inout [TextPattern]) {
    switch node {
    case .and(let children), .or(let children): for child in children { collect(child, into: &patterns) }
    case .text(let pattern): patterns.append(pattern)
    case .not, .service, .level, .run, .stream, .time, .field, .isNew, .request: break
    }
  }
}
