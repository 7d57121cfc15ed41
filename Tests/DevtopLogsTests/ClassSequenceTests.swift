import DevtopCore
import Testing

@testable import DevtopLogs

/// What is looked for before a regular expression is run.
struct ClassSequenceTests {
  /// A sequence as text: a character for each place, `#` for digits, `w` for `\w`, `-` for `\s`, `A` and `a` for the
  /// letters of one case, `*` for all others.
  private func described(_ regex: String, isCaseless: Bool = false) -> String? {
    guard let sequence = ClassSequence(regex: regex, isCaseless: isCaseless) else { return nil }
    let names: [(ByteClass, Character)] = [
      (.digits, "#"), (.words, "w"), (.spaces, "-"), (ByteClass(0x41...0x5A), "A"),
      (ByteClass(0x61...0x7A), "a"),
    ]
    let places = sequence.classes.map { part -> Character in
      if let name = names.first(where: { $0.0 == part }) { return name.1 }
      let members = (0..<UInt8(0x80)).filter(part.contains)
      return members.count == 1 ? Character(UnicodeScalar(members[0])) : "*"
    }
    return (sequence.startsMatch ? "" : "…") + String(places) + (sequence.isWhole ? "" : "…")
  }

  @Test(arguments: [
    ("[A-Z]{5}", "AAAAA"), ("\\b[A-Z]{5}\\b", "AAAAA…"), ("[0-9]{3}ms", "###ms"), ("\\d+ms", "…#ms…"),
    (" [45]\\d\\d ", " *## "), ("user=(\\d+)", "user…"), ("a(b|c)user=7", "…user…"),
    ("^GET /x", "GET…"),
    ("x?took", "…took…"), ("tooks?", "took…"), ("took{2}", "tookk"), ("took{2,}!", "took…"),
    ("\"a\":{\"b\"", "\"a\":{\"b\""),
    ("no\\.go\\[", "no.go["), ("[]x]99[^]x]", "*99…"), ("[\\w-]zq", "*zq"), ("\\sqz\\s", "-qz-"),
    ("zq.+jx", "zq…"),
    ("né7q", "…7q…"), ("(?=b)qqq", "…qqq…"), ("(?<!b)qqq", "…qqq…"), ("qq\\bqq", "qqqq…"), ("xq{0}qz", "xqz"),
    ("id=[\\t-~]{4}", "id=…"), ("[^\\t-~]zq", "*zq"),
    ("[0-9]{20}", "##########…"), ("zqx(((a)b[)]\\)))c", "zqx…"), ("qx+?zz", "…xzz…"),
    ("qx++zz", "…xzz…"),
  ])
  func `is what each match has and few lines have`(_ regex: String, _ sequence: String) {
    #expect(described(regex) == sequence)
  }

  @Test(arguments: [
    "a", "\\w+", ".*", "[a-z ]{3}", "timeout|retry", "(?i)timeout", "(?x) time out", "(?#a)timeout",
    "(*UTF)timeout",
    "\\Qtime.out\\E", "[[:alpha:]]zq", "(timeout", "timeout)", "[timeout", "timeout\\", "zq{,3}", "\\x41zq",
    "zq\\Kx",
    "[a-\\d]zq", "(\\Q)\\E)zq", "((?i)a)zq", "*zq", "q{2}{2}z", "q{1,+3}bcd", "q{2}{2}",
  ])
  func `is nothing where little can be told`(_ regex: String) {
    #expect(described(regex) == nil)
  }

  @Test func `has both cases where case does not matter`() throws {
    let sequence = try #require(ClassSequence(regex: "to[^a]k", isCaseless: true))
    #expect(sequence.classes.map { $0.contains(UInt8(ascii: "T")) } == [true, false, true, false])
    #expect(sequence.classes.map { $0.contains(UInt8(ascii: "A")) } == [false, false, false, false])
    #expect(sequence.classes.map { $0.contains(UInt8(ascii: "k")) } == [false, false, true, true])
  }

  /// Expressions and lines out of few letters, so that much matches and much nearly does.
  @Test(arguments: 1...4) func `finds the lines that the expression finds one by one`(seed: UInt64) throws {
    var random = SeededGenerator(state: seed)
    let atoms = [
      "a", "B", "7", " ", "\\d", "\\w", "\\s", "\\D", "\\W", "[ab]", "[^ab]", "[A-C]", ".", "(a|7)", "(?:b7)",
      "\\b", "^", "$",
      "é", "(?<=a)", "(?!7)", "[\\t-8]", "[^\\t-A]",
    ]
    let marks = ["", "", "", "", "?", "*", "+", "{2}", "{2,}", "{1,3}", "{3}", "+?", "{2}{2}", "{1"]
    let characters = ["a", "b", "A", "B", "C", "7", "8", " ", "\t", "-"]
    var withSequence = 0
    for round in 0..<150 {
      let regex = (0..<Int.random(in: 1...7, using: &random)).map { _ in
        (atoms.randomElement(using: &random) ?? "a") + (marks.randomElement(using: &random) ?? "")
      }.joined()
      let isCaseless = round.isMultiple(of: 3)
      guard let pattern = try? TextPattern(regex: regex, isCaseless: isCaseless) else { continue }
      if pattern.sequence != nil { withSequence += 1 }
      let lines = (0..<300).map { number -> String in
        let line = (0..<Int.random(in: 0...90, using: &random)).map { _ in
          characters.randomElement(using: &random) ?? "a"
        }.joined()
        return number.isMultiple(of: 97) && round.isMultiple(of: 2) ? line + "é" : line
      }
      let runner = RegexRunner()
      let expected = lines.indices.filter { index in
        Array(lines[index].utf8).withUnsafeBufferPointer { runner.matches(pattern, line: $0) }
      }
      let store = LogStore()
      store.append(lines.joined(separator: "\n") + "\n", from: store.source("api", run: 1, .output))
      let chunk = try #require(store.read { $0.chunks.first })
      let matcher = LineMatcher(store.templates)
      matcher.lines = 0..<lines.count
      let found = matcher.linesWithText(pattern, among: LineSet(0..<lines.count), chunk)
      #expect(lines.indices.filter { found.contains($0) } == expected, "/\(regex)/ caseless: \(isCaseless)")
    }
    #expect(withSequence > 5)
  }
}
