import CPCRE2
import DevtopCore
import Glibc

/// Runs compiled patterns with limits, on one thread.
final class RegexRunner {
  enum Answer {
    case match(Range<Int>)
    case none
    /// The expression needed more steps or stack than it may take.
    case limit
  }

  /// Backtracking steps allowed for each place where a match could begin.
  private static let lineMatchLimit: UInt32 = 10_000
  private static let linesMatchLimit: UInt32 = 1_000
  /// After so many lines at the limit, or so much time in them, an expression is given up.
  private static let maximumLimitedLines = 64
  private static let maximumLimitedTime = Duration.seconds(1)

  private(set) var limitedLines = 0
  private var limitedTime = Duration.zero
  private let data: OpaquePointer?
  /// With room for the groups of a format; nil before one was asked for.
  private var groupData: OpaquePointer?
  private var groupCapacity = 0
  private let lineContext: OpaquePointer?
  private let linesContext: OpaquePointer?
  private let stack: OpaquePointer?

  init() {
    data = pcre2_match_data_create_8(1, nil)
    stack = pcre2_jit_stack_create_8(32 << 10, 1 << 20, nil)
    lineContext = pcre2_match_context_create_8(nil)
    linesContext = pcre2_match_context_create_8(nil)
    pcre2_set_match_limit_8(lineContext, Self.lineMatchLimit)
    pcre2_set_match_limit_8(linesContext, Self.linesMatchLimit)
    pcre2_jit_stack_assign_8(lineContext, nil, UnsafeMutableRawPointer(stack))
    pcre2_jit_stack_assign_8(linesContext, nil, UnsafeMutableRawPointer(stack))
  }

  deinit {
    pcre2_match_data_free_8(data)
    pcre2_match_data_free_8(groupData)
    pcre2_match_context_free_8(lineContext)
    pcre2_match_context_free_8(linesContext)
    pcre2_jit_stack_free_8(stack)
  }

  /// Whether an expression was too slow on too many lines and is not run any more.
  var hasGivenUp: Bool {
    limitedLines >= Self.maximumLimitedLines || limitedTime > Self.maximumLimitedTime
  }

  func reset() {
    limitedLines = 0
    limitedTime = .zero
  }

  /// Whether a single line has a match; false when the limit stops it, which is counted.
  func matches(_ pattern: TextPattern, line: UnsafeBufferPointer<UInt8>) -> Bool {
    if let word = pattern.word { return word.isIn(line) }
    let isASCII = pattern.line == pattern.unicodeLine || isASCII(line)
    return matches(isASCII ? pattern.line : pattern.unicodeLine, line: line, from: 0)
  }

  /// Whether a single line has a match at or after `start`.
  func matches(_ code: OpaquePointer, line: UnsafeBufferPointer<UInt8>, from start: Int) -> Bool {
    if hasGivenUp { return false }
    switch run(code, line, from: start, lineContext, data) {
    case .match: return true
    case .none: return false
    case .limit:
      limitedLines += 1
      // Once more, for the clock: the many lines that stay below the limit need none.
      let begin = SystemClock.monotonicNanoseconds
      _ = run(code, line, from: start, lineContext, data)
      limitedTime += .nanoseconds(2 * (SystemClock.monotonicNanoseconds - begin))
      return false
    }
  }

  /// The next match in text of many lines, with the code for that.
  func nextMatch(_ code: OpaquePointer, in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Answer {
    run(code, text, from: start, linesContext, data)
  }

  /// The match of a format in a single line; behind one, `group` tells where the groups are.
  ///
  /// What the limit stops does not count here.
  func matchGroups(
    of format: LineFormat, in line: UnsafeBufferPointer<UInt8>, isASCII: Bool
  ) -> Answer {
    if format.groupCount > groupCapacity {
      pcre2_match_data_free_8(groupData)
      groupCapacity = format.groupCount
      groupData = pcre2_match_data_create_8(UInt32(groupCapacity), nil)
    }
    let code = isASCII ? format.pattern.line : format.pattern.unicodeLine
    return run(code, line, from: 0, lineContext, groupData)
  }

  /// Where a group of the format that `matchGroups` has matched is; nil where it took no part or is empty.
  func group(_ number: Int) -> Range<Int>? {
    guard let places = pcre2_get_ovector_pointer_8(groupData) else { return nil }
    let (start, end) = (places[2 * number], places[2 * number + 1])
    // PCRE2_UNSET is the largest number, which is -1 here.
    return start >= 0 && end > start ? start..<end : nil
  }

  func isASCII(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var all: UInt8 = 0
    for byte in text { all |= byte }
    return all < 0x80
  }

  private func run(
    _ code: OpaquePointer, _ text: UnsafeBufferPointer<UInt8>, from start: Int, _ context: OpaquePointer?,
    _ data: OpaquePointer?
  ) -> Answer {
    var empty: UInt8 = 0
    let status = withUnsafePointer(to: &empty) { empty in
      pcre2_match_8(code, text.baseAddress ?? empty, text.count, start, 0, data, context)
    }
    if status == PCRE2_ERROR_NOMATCH { return .none }
    guard status >= 0, let places = pcre2_get_ovector_pointer_8(data) else { return .limit }
    return .match(Int(places[0])..<max(Int(places[0]), Int(places[1])))
  }
}
