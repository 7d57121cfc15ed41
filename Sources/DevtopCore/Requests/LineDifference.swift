/// The difference of two texts, line by line, as `diff -u` shows it.
enum LineDifference {
  /// Beyond it the work would grow with the square of the difference.
  static let limit = 400
  private static let context = 3

  /// Lines with `-` are only in `old`, with `+` only in `new`; nil where both are the same.
  static func lines(_ old: [String], _ new: [String]) -> [String]? {
    guard old != new else { return nil }
    let start = zip(old, new).prefix { $0 == $1 }.count
    let end = zip(old.dropFirst(start).reversed(), new.dropFirst(start).reversed()).prefix { $0 == $1 }.count
    let left = Array(old[start..<old.count - end])
    let right = Array(new[start..<new.count - end])
    var middle: [String]
    if left.count > limit || right.count > limit {
      middle = left.map { "- \($0)" } + right.map { "+ \($0)" }
    } else {
      middle = merged(left, right)
    }
    let before = old[..<start].suffix(context).map { "  \($0)" }
    let after = old[(old.count - end)...].prefix(context).map { "  \($0)" }
    middle = withoutLongSameParts(before + middle + after)
    if start > context { middle.insert("  …", at: 0) }
    if end > context { middle.append("  …") }
    return middle
  }

  private static func merged(_ old: [String], _ new: [String]) -> [String] {
    let difference = new.difference(from: old)
    let removed = Set(
      difference.removals.map { if case .remove(let offset, _, _) = $0 { offset } else { -1 } })
    let added = Set(
      difference.insertions.map { if case .insert(let offset, _, _) = $0 { offset } else { -1 } })
    var lines: [String] = []
    var left = 0
    var right = 0
    while left < old.count || right < new.count {
      if removed.contains(left) {
        lines.append("- \(old[left])")
        left += 1
      } else if added.contains(right) {
        lines.append("+ \(new[right])")
        right += 1
      } else {
        lines.append("  \(new[right])")
        left += 1
        right += 1
      }
    }
    return lines
  }

  private static func withoutLongSameParts(_ lines: [String]) -> [String] {
    var result: [String] = []
    var index = 0
    while index < lines.count {
      let same = lines[index...].prefix { $0.hasPrefix("  ") }
      guard same.count > 2 * context + 1, index > 0, index + same.count < lines.count else {
        result += same
        index += same.count
        if index < lines.count {
          result.append(lines[index])
          index += 1
        }
        continue
      }
      result += same.prefix(context) + ["  …"] + same.suffix(context)
      index += same.count
    }
    return result
  }
}
