import Testing

@testable import devtop

/// How editors are told a place.
@Suite struct EditorCommandTests {
  @Test(arguments: [
    ("vim", ["vim", "+call cursor(3,7)", "a b.go"]),
    ("/usr/bin/nvim -p", ["/usr/bin/nvim", "-p", "+call cursor(3,7)", "a b.go"]),
    ("code --wait", ["code", "--wait", "--goto", "a b.go:3:7"]), ("hx", ["hx", "a b.go:3:7"]),
    ("emacsclient -t", ["emacsclient", "-t", "+3:7", "a b.go"]), ("nano", ["nano", "+3", "a b.go"]),
    ("idea", ["idea", "--line", "3", "--column", "7", "a b.go"]),
  ])
  func `a place is named in the editor's own way`(editor: String, words: [String]) {
    let command = EditorCommand(environment: ["EDITOR": editor], path: "a b.go", line: 3, column: 7)
    #expect(command.words == words)
  }

  @Test func `VISUAL wins over EDITOR, empty ones do not count, vi is the last`() {
    func words(_ environment: [String: String]) -> [String] {
      EditorCommand(environment: environment, path: "x", line: nil, column: nil).words
    }
    #expect(words(["VISUAL": "hx", "EDITOR": "nano"]) == ["hx", "x"])
    #expect(words(["VISUAL": " ", "EDITOR": "nano"]) == ["nano", "x"])
    #expect(words([:]) == ["vi", "x"])
    #expect(
      EditorCommand(environment: [:], path: "x", line: 2, column: nil).words == [
        "vi", "+call cursor(2,1)", "x",
      ])
  }
}
