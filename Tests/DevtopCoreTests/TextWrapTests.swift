import Testing

@testable import DevtopCore

/// Where text breaks, and what the rows of Build and of popups make of it.
@Suite struct TextWrapTests {
  private func rows(_ text: String, _ columns: Int, first: Int? = nil, atMost: Int = .max) -> [String] {
    TextWrap.rows(of: text, columns: columns, first: first, atMost: atMost).map(String.init)
  }

  @Test func `text breaks between words, and newlines begin rows`() {
    #expect(rows("nothing to run", 9) == ["nothing", "to run"])
    #expect(rows("at 127.0.0.1 now", 9) == ["at", "127.0.0.1", "now"])
    #expect(rows("one\ntwo\r\n\nthree\n", 20) == ["one", "two", "", "three"])
    #expect(rows("", 5) == [""])
    #expect(rows("abc   def", 3) == ["abc", "def"])
    #expect(rows("abc ", 3) == ["abc"])
  }

  @Test func `an indentation stays, and a word longer than a row is broken`() {
    #expect(rows("  at f()", 8) == ["  at f()"])
    #expect(rows("  at file", 8) == ["  at", "file"])
    #expect(rows("abcdefgh ij", 3) == ["abc", "def", "gh", "ij"])
    #expect(rows("日本語", 3) == ["日", "本", "語"])
    #expect(rows("日日", 1) == ["日", "日"])
  }

  @Test func `a narrow first row is left to the word that fits below it`() {
    #expect(rows("undefined: total", 10, first: 4) == ["", "undefined:", "total"])
    #expect(rows("a name", 10, first: 4) == ["a", "name"])
    #expect(rows("a b c d", 1, atMost: 2) == ["a", "b"])
    #expect(rows("abcdef", 4, first: 0) == ["", "abcd", "ef"])
  }

  @Test func `a request's duration is told at least as exactly as its row does`() {
    let texts: [(Int64, String)] = [
      (0, "0 ns"), (991, "991 ns"), (400_000, "400 µs"), (412_500, "412.5 µs"), (1_240_000, "1.24 ms"),
      (1_050_000, "1.05 ms"), (143_000_000, "143 ms"), (1_400_000_000, "1.4 s"),
      (132_000_000_000, "2 m 12 s"), (11_040_000_000_000, "3 h 4 m"),
    ]
    for (nanoseconds, text) in texts { #expect(Duration.nanoseconds(nanoseconds).precise == text) }
  }

  @Test func `the holder's program is named without its directory`() {
    func command(_ text: String) -> String? { PortHolder(port: 1, pid: 2, command: text).shortCommand }
    #expect(
      command("/root/.pyenv/versions/3.11.7/bin/python -m http.server") == "python -m http.server")
    #expect(command("/usr/sbin/nginx") == "nginx")
    #expect(command("node /srv/server.js") == "node /srv/server.js")
    #expect(command("/") == "/")
    #expect(command(String(repeating: "x", count: 500))?.count == 123)
  }
}
