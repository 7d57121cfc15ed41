import DevtopCore
import Glibc
import Testing

/// Log formats of a project: `devtop check --format`, and in force.
@Suite(.serialized) struct FormatTests {
  private static let configuration = """
    [service.api]
    run = '''
    cat lines.log
    exec sleep 1000
    '''
    watch = ["run.txt"]
    ready = "started"
    [format.shop]
    pattern = '^(?<time>\\S+) (?<level>\\w) \\[(?<thread>[^\\]]+)\\] (?<message>.*)$'
    levels = { E = "error", I = "info" }

    """

  private static let lines = """
    15:04 E [main] it broke
    a banner
    15:05 I [worker] \u{1B}[32mfine\u{1B}[0m

    """

  private func project() throws -> Project {
    try Project(["devtop.toml": Self.configuration, "lines.log": Self.lines, "run.txt": ""])
  }

  // MARK: check

  @Test func `check says how many lines a format matches, their fields, and the others`() async throws {
    let project = try project()
    defer { project.remove() }
    let check = try await runDevtop(project, "check", "--format", "shop", "lines.log")
    #expect(check.status == 0 && check.errors == "", "\(check)")
    #expect(
      check.output == """
        shop matches 2 of 3 lines

        line 1, level error: 15:04 E [main] it broke
          time    = 15:04
          level   = E
          thread  = main
          message = it broke

        line 3, level info: 15:05 I [worker] fine
          time    = 15:05
          level   = I
          thread  = worker
          message = fine

        1 line not matched:
        line 2: a banner

        """)
  }

  @Test func `check reads standard input, and lines without an end`() async throws {
    let project = try Project()
    defer { project.remove() }
    let program = try #require(Tool.built("devtop"))
    let command = "printf '15:04\\nERROR:app:bad' | \"$0\" check --format python -"
    let check = try await runProgram(["/bin/sh", "-c", command, program], in: project)
    #expect(check.status == 0 && check.errors == "", "\(check)")
    #expect(check.output.hasPrefix("python matches 1 of 2 lines\n\nline 2, level error: ERROR:app:bad\n"))
  }

  @Test func `check of what is not there, or matches nothing, says so in its status`() async throws {
    let project = try project()
    defer { project.remove() }
    for (name, file, status, word) in [
      ("shpo", "lines.log", 2, "did you mean \"shop\"?"), ("shop", "none.log", 2, "none.log cannot be read"),
      ("python", "lines.log", 1, "no line of lines.log matches python"),
    ] as [(String, String, Int32, String)] {
      let check = try await runDevtop(project, "check", "--format", name, file)
      #expect(check.status == status && check.errors.contains(word), "\(check)")
    }
    let halves = [["check", "--format", "shop"], ["check", "lines.log"]]
    for arguments in halves {
      let check = try await runDevtop(project, arguments)
      #expect(check.status == 2 && check.errors.contains("--format NAME FILE"), "\(check)")
    }
    try project.write("devtop.toml", Self.configuration + "patern = 1\n")
    let broken = try await runDevtop(project, "check", "--format", "shop", "lines.log")
    #expect(broken.status == 2 && broken.errors.contains("devtop.toml:11:1"), "\(broken)")
  }

  // MARK: In force

  @Test func `a format gives its level to lines, and a changed one to those of the next run`() async throws {
    let project = try project()
    try await withDevtop(project) { devtop in
      func level(_ text: String, after start: Int) async throws -> String? {
        try await devtop.event("log", after: start) { $0.string("text")?.contains(text) == true }.string(
          "level")
      }
      #expect(try await level("it broke", after: 0) == "error")
      #expect(try await level("a banner", after: 0) == nil)
      let edited = devtop.count
      try project.write(
        "devtop.toml", Self.configuration.replacing("E = \"error\"", with: "E = \"fatal\""))
      try await devtop.event("note", after: edited) {
        $0.string("message")?.contains("from the next run") == true
      }
      #expect(!devtop.lines(after: edited, "service.state").contains { $0.state == "starting" })
      try project.write("run.txt", "again")
      #expect(try await level("it broke", after: edited) == "fatal")
      try await devtop.quit()
    }
  }

  @Test(.enabled(if: Tool.areThere("tmux", "bash")))
  func `the dashboard filters by a field, and Enter lists all of a line`() async throws {
    try await withTerminal(project(), columns: 100, rows: 30) { terminal in
      try await terminal.shows("a banner")
      try terminal.press("3", "f")
      try await terminal.shows("filter›")
      try terminal.type("stream:tty .thread:wor*")
      try await terminal.shows("only the worker's line") { lines in
        lines.contains { $0.contains("[worker] fine") } && !lines.contains { $0.contains("it broke") }
      }
      try terminal.press("Enter")
      try await terminal.shows("the prompt is gone") { !$0.contains { $0.contains("filter›") } }
      try terminal.press("k", "Enter")
      try await terminal.shows("thread = worker")
      try terminal.press("Escape")
      try await terminal.shows("the line's fields are gone") {
        !$0.contains { $0.contains("thread = worker") }
      }
      try await terminal.quitDevtop()
    }
  }
}
