import DevtopCore
import Glibc
import Testing

/// `devtop check` and `devtop init`, which look and leave.
@Suite(.serialized) struct CommandTests {
  private func withProject(_ files: [String: String], _ body: (Project) async throws -> Void) async throws {
    let project = try Project(files)
    do {
      try await body(project)
    } catch {
      project.remove()
      throw error
    }
    project.remove()
  }

  // MARK: check

  @Test func `check prints what is in effect and where each value came from`() async throws {
    let files = [
      "devtop.toml": """
      log_memory = "32M"
      [service.api]
      build = "go build -o tmp/api ."
      run = ["./tmp/api", "--verbose"]
      env = { GIN_MODE = "debug" }
      stop = { grace = "1500ms" }

      """
    ]
    try await withProject(files) { project in
      let check = try await runDevtop(project, "check")
      #expect(check.status == 0 && check.errors == "", "\(check)")
      for (setting, origin) in [
        (#"log_memory = "32M""#, "devtop.toml:1"), (#"build = "go build -o tmp/api .""#, "devtop.toml:3"),
        (#"run = ["./tmp/api", "--verbose"]"#, "devtop.toml:4"), (#"GIN_MODE = "debug""#, "devtop.toml:5"),
        (#"grace = "1500ms""#, "devtop.toml:6"), (#"restart = "on-failure""#, "default"),
      ] {
        let line = check.output.split(separator: "\n").first { $0.contains(setting) }
        #expect(line?.hasSuffix("# \(origin)") == true, "\(setting): \(check.output)")
      }
    }
  }

  @Test func `check names an air file's lines, also those without a meaning`() async throws {
    try await withProject([".air.toml": GinTests.airFiles[2].text]) { project in
      let check = try await runDevtop(project, "check")
      #expect(check.status == 0, "\(check)")
      let lines = check.output.split(separator: "\n")
      #expect(lines.contains { $0.contains("go build -o ./tmp/main.exe .") && $0.hasSuffix("# .air.toml:5") })
      #expect(lines.contains { $0.hasPrefix(#"delay = "1s""#) && $0.hasSuffix("# .air.toml:6") })
      #expect(lines.contains { $0.contains(".air.toml:8:3: meta.send_error_to_tty") })
      #expect(lines.contains { $0.hasPrefix("build = ") && !$0.hasSuffix("# default") })
    }
  }

  @Test func `check names every error with its place and the nearest name, and ends with 2`() async throws {
    let files = [
      "devtop.toml": """
      [service.api]
      run = "x"
      raedy = "started"
        restart = "allways"
      [servce.web]
      run = "y"

      """
    ]
    try await withProject(files) { project in
      for arguments in [["check"], ["--json"], ["--plain"]] {
        let run = try await runDevtop(project, arguments)
        #expect(run.status == 2 && run.output == "", "\(run)")
        let lines = run.errors.split(separator: "\n")
        for (place, wrong, near) in [
          ("devtop.toml:3:1", "raedy", "ready"), ("devtop.toml:4:13", "allways", "always"),
          ("devtop.toml:5:2", "servce", "service"),
        ] {
          #expect(
            lines.contains {
              $0.contains(place) && $0.contains("\"\(wrong)\"") && $0.contains("\"\(near)\"")
            },
            "\(place): \(run.errors)")
        }
        #expect(lines.count == 3)
      }
    }
  }

  @Test func `a configuration that breaks off is named at the place where it does`() async throws {
    try await withProject(["devtop.toml": "[service.api]\nrun = \"x\n"]) { project in
      let check = try await runDevtop(project, "check")
      #expect(check.status == 2 && check.errors.contains("devtop.toml:2:"), "\(check)")
    }
  }

  @Test func `a file that is named and missing, and a flag that does not exist, are usage errors`()
    async throws
  {
    try await withProject(["main.go": "package main\n"]) { project in
      let missing = try await runDevtop(project, "check", "--config", "other.toml")
      #expect(missing.status == 2 && missing.errors.contains("other.toml"), "\(missing)")
      let unknown = try await runDevtop(project, "--no-such-flag")
      #expect(unknown.status == 2 && unknown.errors.contains("--no-such-flag"), "\(unknown)")
    }
  }

  // MARK: init

  @Test func `init writes down what was detected, and that means what was detected`() async throws {
    let files = ["package.json": #"{"name": "shop", "scripts": {"dev": "node server.js"}}"#, "server.js": ""]
    try await withProject(files) { project in
      let detected = try await runDevtop(project, "check")
      let made = try await runDevtop(project, "init")
      #expect(made.status == 0 && made.errors == "", "\(made)")
      let text = try #require(project.text("devtop.toml"))
      #expect(text.contains("\n# ") && text.contains("[service."))
      let check = try await runDevtop(project, "check")
      #expect(check.status == 0 && check.errors == "", "\(check)")
      #expect(check.output.contains("devtop.toml:"))
      #expect(values(check.output) == values(detected.output))
    }
  }

  @Test func `init writes down an air configuration, and that means the same`() async throws {
    for (air, _) in GinTests.airFiles {
      try await withProject([".air.toml": air]) { project in
        let before = try await runDevtop(project, "check")
        let made = try await runDevtop(project, "init")
        #expect(made.status == 0, "\(made)")
        let check = try await runDevtop(project, "check")
        #expect(check.status == 0 && check.errors == "", "\(check)")
        #expect(values(check.output) == values(before.output))
        #expect(project.text(".air.toml") == air)
      }
    }
  }

  /// The settings that `check` prints, without where they came from and without what is said about them.
  private func values(_ output: String) -> [String] {
    output.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
      let end = line.firstRange(of: " # ")?.lowerBound ?? line.endIndex
      return String(line[..<end].reversed().drop { $0 == " " }.reversed())
    }
  }

  @Test func `init overwrites nothing`() async throws {
    try await withProject(["main.go": "package main\n", "devtop.toml": "# mine\n"]) { project in
      let refused = try await runDevtop(project, "init")
      #expect(refused.status == 2 && refused.output == "", "\(refused)")
      #expect(refused.errors.contains("devtop.toml exists already"))
      #expect(project.text("devtop.toml") == "# mine\n")
    }
  }

  @Test func `init says what to do where there is nothing to begin with`() async throws {
    try await withProject([:]) { project in
      let refused = try await runDevtop(project, "init")
      #expect(refused.status == 2 && refused.errors.contains("devtop -- "), "\(refused)")
      #expect(project.text("devtop.toml") == nil)
    }
  }
}
