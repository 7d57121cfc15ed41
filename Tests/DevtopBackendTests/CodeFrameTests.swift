import DevtopCore
import Glibc
import Testing

@testable import DevtopBackend

/// The lines around a place, where the compiler shows none.
final class CodeFrameTests {
  private let directory: String

  init() throws {
    var template = Array("/tmp/devtop-frame.XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    unlink(directory + "/main.go")
    rmdir(directory)
  }

  private func write(_ text: String) {
    guard let file = fopen(directory + "/main.go", "w") else { return }
    let bytes = Array(text.utf8)
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }

  private func frame(_ line: Int, _ column: Int? = nil, file: String = "main.go") -> [String]? {
    CodeFrame(
      Diagnostic(severity: .error, file: file, line: line, column: column, message: "undefined: undefd"),
      in: directory)?.lines
  }

  @Test func `the place is marked, with a caret below the column`() {
    write((1...10).map { "\tline \($0)\r\n" }.joined())
    #expect(
      frame(4, 7) == [
        "  2 | \tline 2", "  3 | \tline 3", "> 4 | \tline 4", "    | \t     ^", "  5 | \tline 5",
        "  6 | \tline 6",
      ])
    #expect(frame(9) == ["   7 | \tline 7", "   8 | \tline 8", ">  9 | \tline 9", "  10 | \tline 10"])
    #expect(frame(1)?.first == "> 1 | \tline 1")
    #expect(frame(1, file: directory + "/main.go")?.count == 3)
  }

  @Test func `what is not there has none`() {
    write("one\n")
    #expect(
      frame(9) == nil && frame(0) == nil && frame(1, file: "other.go") == nil && frame(1, file: ".") == nil)
    write("a\u{0}b")
    #expect(frame(1) == nil)
  }

  @Test func `only diagnostics without further lines get one`() {
    write("one\n")
    var own = Diagnostic(severity: .error, file: "main.go", line: 1, column: nil, message: "a")
    own.detail = ["its own"]
    let bare = Diagnostic(severity: .error, file: "main.go", line: 1, column: nil, message: "b")
    let news = BrowserNews.problem(BrowserProblem(title: "t", diagnostics: [own, bare])).framed(in: directory)
    guard case .problem(let problem) = news else { return }
    #expect(problem.diagnostics.map(\.detail) == [["its own"], ["> 1 | one"]])
    #expect(BrowserNews.mended.framed(in: directory) == .mended)
  }
}
