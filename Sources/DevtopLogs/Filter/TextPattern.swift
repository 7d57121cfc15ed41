import CPCRE2
import Glibc

/// A compiled piece of text or regular expression (PCRE2, with its JIT).
final class TextPattern: Equatable, @unchecked Sendable {
  // Sendable: compiled patterns are not changed after `init` and may be shared between threads (pcre2api(3),
  // "Multithreading"); each thread brings its own match data.
  let source: String
  let isLiteral: Bool
  let isCaseless: Bool
  /// What does the same sooner, where the pattern is a piece of text for which that exists.
  let word: ScanWord?
  /// What every match in ASCII text has, where that is worth looking for first.
  let sequence: ClassSequence?
  /// For a single line; also the one that decides when the two differ.
  let line: Code
  /// For many lines at once; nil where a match could depend on what lies outside of its line.
  let lines: Code?
  /// The same for text that has more than ASCII, where that makes a difference.
  let unicodeLine: Code
  let unicodeLines: Code?

  typealias Code = OpaquePointer

  struct SyntaxError: Error {
    var message: String
    /// In bytes of the pattern.
    var offset: Int
    /// Two groups have the same name.
    var isRepeatedName: Bool
  }

  /// A piece of text, as it is.
  ///
  /// - Throws: `SyntaxError` when PCRE2 cannot take it (it is too long, or memory is out).
  init(literal: String, isCaseless: Bool) throws(SyntaxError) {
    source = literal
    isLiteral = true
    self.isCaseless = isCaseless
    word = ScanWord(literal, isCaseless: isCaseless)
    sequence = nil
    let isUnicode = isCaseless && !literal.utf8.allSatisfy { $0 < 0x80 }
    var options = UInt32(PCRE2_LITERAL)
    if isCaseless { options |= UInt32(PCRE2_CASELESS) }
    if isUnicode { options |= UInt32(PCRE2_UTF) | UInt32(PCRE2_MATCH_INVALID_UTF) }
    line = try Self.compile(literal, options)
    lines = line
    unicodeLine = line
    unicodeLines = line
  }

  /// A regular expression.
  ///
  /// - Throws: `SyntaxError` with PCRE2's words and the place.
  init(regex: String, isCaseless: Bool) throws(SyntaxError) {
    source = regex
    isLiteral = false
    self.isCaseless = isCaseless
    word = nil
    sequence = ClassSequence(regex: regex, isCaseless: isCaseless)
    // \C could split a character (pcre2pattern(3)).
    var options = UInt32(PCRE2_NEVER_BACKSLASH_C)
    if isCaseless { options |= UInt32(PCRE2_CASELESS) }
    // An empty last line begins a line too.
    let multiline = UInt32(PCRE2_MULTILINE) | UInt32(PCRE2_ALT_CIRCUMFLEX)
    let spanning = RegexRewriter.withoutLineFeeds(regex)
    (line, unicodeLine) = try Self.compileLine(regex, options)
    unicodeLines = spanning.flatMap { try? Self.compile($0, options | Self.unicode | multiline) }
    lines =
      line == unicodeLine
      ? unicodeLines : spanning.flatMap { try? Self.compile($0, options | multiline) }
  }

  private static let unicode = UInt32(PCRE2_UTF) | UInt32(PCRE2_UCP) | UInt32(PCRE2_MATCH_INVALID_UTF)

  /// An expression for single lines, without Unicode where that makes no difference for ASCII, and with it.
  private static func compileLine(
    _ regex: String, _ options: UInt32
  ) throws(SyntaxError) -> (ascii: Code, unicode: Code) {
    let unicodeLine = try compile(regex, options | unicode)
    guard RegexRewriter.isSameForASCII(regex), let line = try? compile(regex, options) else {
      return (unicodeLine, unicodeLine)
    }
    return (line, unicodeLine)
  }

  /// A regular expression with groups, for single lines alone.
  ///
  /// - Throws: `SyntaxError` with PCRE2's words and the place.
  init(lineRegex: String) throws(SyntaxError) {
    source = lineRegex
    isLiteral = false
    isCaseless = false
    word = nil
    sequence = nil
    lines = nil
    unicodeLines = nil
    (line, unicodeLine) = try Self.compileLine(lineRegex, UInt32(PCRE2_NEVER_BACKSLASH_C))
  }

  deinit {
    for code in Set([line, lines, unicodeLine, unicodeLines].compactMap { $0 }) { pcre2_code_free_8(code) }
  }

  static func == (left: TextPattern, right: TextPattern) -> Bool {
    left.source == right.source && left.isLiteral == right.isLiteral && left.isCaseless == right.isCaseless
  }

  private static func compile(_ pattern: String, _ options: UInt32) throws(SyntaxError) -> Code {
    var number: Int32 = 0
    var offset = 0
    let context = pcre2_compile_context_create_8(nil)
    defer { pcre2_compile_context_free_8(context) }
    pcre2_set_newline_8(context, UInt32(PCRE2_NEWLINE_ANYCRLF))
    let bytes = Array(pattern.utf8)
    guard let code = pcre2_compile_8(bytes, bytes.count, options, &number, &offset, context) else {
      var buffer = [UInt8](repeating: 0, count: 256)
      let count = pcre2_get_error_message_8(number, &buffer, buffer.count)
      let message = String(decoding: buffer.prefix(Int(max(0, count))), as: UTF8.self)
      throw SyntaxError(
        message: message, offset: offset,
        isRepeatedName: number == PCRE2_ERROR_DUPLICATE_SUBPATTERN_NAME)
    }
    // Where the system forbids it, PCRE2 interprets.
    pcre2_jit_compile_8(code, UInt32(PCRE2_JIT_COMPLETE))
    return code
  }
}
