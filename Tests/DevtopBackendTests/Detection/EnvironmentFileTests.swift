import Testing

@testable import DevtopBackend

@Suite struct EnvironmentFileTests {
  private func parse(_ text: String) throws -> [String] {
    try EnvironmentFile.parse(Array(text.utf8), file: ".env", environment: ["HOME": "/h", "EMPTY": ""])
      .map { "\($0.name)=\($0.value)" }
  }

  @Test(arguments: [
    ("A=1", ["A=1"]), ("A=1\nB=2\n", ["A=1", "B=2"]), ("\u{feff}A=1\r\nB=2\r\n", ["A=1", "B=2"]),
    ("# x\n\n  A = 1  \n", ["A=1"]),
    ("export A=1", ["A=1"]), ("A: 1", ["A=1"]), ("A=", ["A="]), ("A=a b", ["A=a b"]), ("A=a # b", ["A=a"]),
    ("A=a#b", ["A=a#b"]),
    ("A=#fff", ["A=#fff"]), ("A= # nothing", ["A="]), ("A='a # $B \\n'", ["A=a # $B \\n"]),
    ("A=\"a # b\"", ["A=a # b"]),
    ("A=\"a\\nb\\t\\\"\\\\\\$\"", ["A=a\nb\t\"\\$"]), ("A=\"one\ntwo\"\nB=3", ["A=one\ntwo", "B=3"]),
    ("A='x' # y", ["A=x"]),
    ("A=1\nB=$A-${A}", ["A=1", "B=1-1"]), ("A=$HOME", ["A=/h"]), ("A=\"$HOME/x\"", ["A=/h/x"]),
    ("A=$NONE", ["A="]),
    ("A=${NONE:-d}", ["A=d"]), ("A=${EMPTY:-d}", ["A=d"]), ("A=${EMPTY-d}", ["A="]), ("A=${NONE-d}", ["A=d"]),
    ("A=5$", ["A=5$"]), ("A=$5", ["A="]), ("A=${x", ["A=${x"]), ("A=\"\\q\"", ["A=\\q"]),
    ("a.b-c=1", ["a.b-c=1"]), ("A==", ["A=="]),
    ("A=1\nA=2", ["A=1", "A=2"]), ("", []),
  ])
  func `lines are read as dotenv reads them`(text: String, entries: [String]) throws {
    #expect(try parse(text) == entries)
  }

  @Test(arguments: [
    ("A", ".env:1:2: expected NAME=VALUE"), ("=1", ".env:1:1: expected NAME=VALUE"),
    ("1A=1", ".env:1:1: expected NAME=VALUE"),
    ("X=1\nA='x", ".env:2:3: A: the quote is not closed"),
    ("A=\"x\\", ".env:1:3: A: the quote is not closed"),
    ("A='x' y", ".env:1:7: A: text behind the closing quote"),
    ("A=x\0y", ".env:1:6: A: a NUL byte cannot be part of a variable"),
    ("A=\"x\nB=1\nC", ".env:1:3: A: the quote is not closed\n.env:3:2: expected NAME=VALUE"),
  ])
  func `what is wrong has a place`(text: String, message: String) throws {
    do {
      _ = try parse(text)
      Issue.record("no error")
    } catch let error as ConfigurationError {
      #expect(error.description == message)
    }
  }

  @Test func `a file that is missing is named`() {
    #expect(throws: ConfigurationError.missing(file: ".env")) {
      _ = try EnvironmentFile.read("/nowhere/.env", named: ".env")
    }
  }

  @Test func `noise never crashes it`() {
    var random = SeededRandom(seed: 3)
    let pieces = Array("A=\"'$${}:-\\#\n\r\0 é1_".utf8)
    for _ in 0..<5000 {
      let bytes = (0..<30).map { _ in pieces.randomElement(using: &random) ?? 0 }
      _ = try? EnvironmentFile.parse(bytes, file: ".env")
    }
  }
}
