import DevtopCore
import Testing

@testable import DevtopBackend

/// The parser against what the tools that are installed print today.
@Suite struct RealToolTests {
  private func found(
    _ files: [String: String], _ command: String, compiler: Compiler, source: DiagnosticParser.Source = .build
  ) throws -> [String] {
    let project = try Project(files)
    var parser = DiagnosticParser(directory: project.path, source: source, compiler: compiler)
    let output = try Tool.output(of: command, in: project.path)
    let diagnostics = parser.feed(output) + parser.finish()
    return diagnostics.map { "\($0.severity.rawValue) \($0.location)" + ($0.tool.map { " \($0)" } ?? "") }
  }

  private static let go = "export GO111MODULE=off GOFLAGS= GOTOOLCHAIN=local; "

  @Test(.enabled(if: Tool.isThere("go"), "go is not installed"))
  func `go build, vet, test and a panic`() throws {
    let broken = "package main\n\nfunc main() {\n\tvar x int = \"s\"\n\tundefined()\n}\n"
    #expect(
      try found(["main.go": broken], Self.go + "go build -o /dev/null .", compiler: .go)
        == ["error main.go:4:14", "error main.go:5:2"])
    let vetted = "package main\n\nimport \"fmt\"\n\nfunc main() {\n\tfmt.Printf(\"%d\\n\", \"x\")\n}\n"
    #expect(
      try found(["main.go": vetted], Self.go + "go vet .", compiler: .go).first?.hasPrefix("error main.go:6:")
        ?? false)
    let tested = "package main\n\nimport \"testing\"\n\nfunc TestX(t *testing.T) {\n\tt.Error(\"no\")\n}\n"
    #expect(
      try found(
        ["main.go": "package main\n\nfunc main() {}\n", "x_test.go": tested], Self.go + "go test .",
        compiler: .go)
        == ["error x_test.go:6 test"])
    let panicking =
      "package main\n\nfunc f(a []int) int { return a[5] }\n\nfunc main() {\n\tprintln(f(nil))\n}\n"
    #expect(
      try found(["main.go": panicking], Self.go + "go run main.go", compiler: .go, source: .output)
        == ["error main.go:3 panic"])
  }

  @Test(.enabled(if: Tool.isThere("gcc"), "gcc is not installed"))
  func `gcc and its linker`() throws {
    let text = "int missing(void);\nint main(void) {\n  int unused;\n  return missing();\n}\n"
    #expect(
      try found(["a.c": text], "gcc -g -Wall a.c -o a.out", compiler: .c)
        == ["warning a.c:3:7", "error a.c:4 linker"])
    #expect(
      try found(["a.c": "int main(void) { return nothing; }\n"], "gcc a.c -o a.out", compiler: .c)
        == ["error a.c:1:25"])
  }

  @Test func `swiftc`() throws {
    #expect(
      try found(
        ["main.swift": "let x: Int = \"s\"\nfunc f() { let y = 1 }\n"], "swiftc -typecheck main.swift",
        compiler: .swift
      )
      .sorted() == ["error main.swift:1:14", "warning main.swift:2:16"])
  }

  @Test(.enabled(if: Tool.isThere("python3"), "python3 is not installed"))
  func `a Python traceback`() throws {
    #expect(
      try found(
        ["app.py": "import json\ndef f():\n    json.loads('{')\nf()\n"], "python3 app.py", compiler: .c,
        source: .output)
        == ["error app.py:3 python"])
  }

  @Test(.enabled(if: Tool.isThere("node"), "node is not installed"))
  func `an uncaught exception of Node`() throws {
    #expect(
      try found(
        ["server.js": "function go() { null.x }\ngo()\n"], "node server.js", compiler: .c, source: .output)
        == ["error server.js:1:22 node"])
  }
}
