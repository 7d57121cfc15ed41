import DevtopCore
import Glibc
import Testing

/// Files and directories that may not be read.
///
/// Root without its capabilities is refused like any other user (capabilities(7)); unlike one, it can run what is
/// built wherever that is.
@Suite(.serialized, .enabled(if: geteuid() != 0 || Tool.areThere("setpriv"))) struct PermissionTests {
  private static let unprivileged =
    geteuid() == 0 ? ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--"] : []

  private static let configuration =
    FaultTests.service("echo \"up $COLOR\"; exec sleep 1000")
    .replacing("\"source.txt\"", with: "\"**/*.txt\"") + "env_file = [\".env\"]\n"

  @Test func `a directory that cannot be read is said, the rest is watched, and it too once it can be`()
    async throws
  {
    let project = try Project([
      "devtop.toml": Self.configuration, "source.txt": "", "closed/deep/file.txt": "",
    ])
    chmod(project.path("closed"), 0)
    try await withDevtop(project, by: Self.unprivileged) { devtop in
      let warning = try await devtop.event("warning") { $0.string("message")?.contains("closed") == true }
      let message = warning.string("message") ?? ""
      #expect(message.contains("Permission denied") && message.contains("Make it readable"), "\(message)")
      let saved = devtop.count
      try project.write("source.txt", "new")
      try await devtop.state("ready", after: saved)

      // What it holds is news then.
      let opened = devtop.count
      chmod(project.path("closed"), 0o755)
      try await devtop.event("files.changed", after: opened) {
        $0.strings("paths") == ["closed/deep/file.txt"] && $0.string("result") == "restart"
      }
      let written = devtop.count
      try project.write("closed/deep/file.txt", "new")
      try await devtop.event("files.changed", after: written) {
        $0.strings("paths") == ["closed/deep/file.txt"] && $0.string("result") == "restart"
      }
      try await devtop.quit()
    }
  }

  @Test func `ignore rules that cannot be read are said, and hold once they can be`() async throws {
    let project = try Project([
      "devtop.toml": "[service.api]\nrun = \"echo up; exec sleep 1000\"\nready = \"started\"\n",
      ".gitignore": "*.txt\n", "a.txt": "",
    ])
    chmod(project.path(".gitignore"), 0)
    try await withDevtop(project, by: Self.unprivileged) { devtop in
      let warning = try await devtop.event("warning") { $0.string("message")?.contains(".gitignore") == true }
      #expect(warning.string("message")?.contains("Permission denied; nothing is ignored by it") == true)
      try await devtop.state("ready")
      let written = devtop.count
      try project.write("a.txt", "1")
      try await devtop.event("files.changed", after: written) {
        $0.strings("paths") == ["a.txt"] && $0.string("result") == "restart"
      }
      try await devtop.state("ready", after: written)
      let opened = devtop.count
      chmod(project.path(".gitignore"), 0o644)
      try await devtop.event("files.changed", after: opened) {
        $0.strings("paths").contains(".gitignore")
      }
      let again = devtop.count
      try project.write("a.txt", "2")
      try await devtop.event("files.changed", after: again) {
        $0.strings("paths") == ["a.txt"] && $0.string("rule") == ".gitignore:1"
      }
      try await devtop.quit()
    }
  }

  @Test func `a file that cannot be read is watched, and an environment file that cannot is said`()
    async throws
  {
    let project = try Project(["devtop.toml": Self.configuration, "closed.txt": "", ".env": "COLOR=red\n"])
    chmod(project.path("closed.txt"), 0)
    chmod(project.path(".env"), 0)
    try await withDevtop(project, by: Self.unprivileged) { devtop in
      let warning = try await devtop.event("warning") { $0.string("message")?.contains(".env") == true }
      #expect(warning.string("message")?.contains("cannot be read: Permission denied") == true, "\(warning)")
      try await devtop.event("log") { $0.string("text")?.hasPrefix("up") == true }

      let opened = devtop.count
      chmod(project.path(".env"), 0o644)
      try await devtop.event("log", after: opened) { $0.string("text") == "up red" }
      let written = devtop.count
      chmod(project.path("closed.txt"), 0o644)
      try project.write("closed.txt", "new")
      try await devtop.event("files.changed", after: written) { $0.strings("paths") == ["closed.txt"] }
      try await devtop.quit()
    }
  }

  @Test func `a configuration or a project that cannot be read is said, with the command that tells why`()
    async throws
  {
    let project = try Project(["devtop.toml": Self.configuration])
    for (closed, name) in [("devtop.toml", "devtop.toml"), (".", project.root)] {
      let path = project.path(closed)
      chmod(path, 0)
      // A directory is entered before its rights are gone: env(1) runs with all of them.
      for arguments in [["--json"], ["check"]] {
        let run = try await runDevtop(project, arguments, by: Self.unprivileged)
        #expect(run.status == 2, "\(run)")
        #expect(run.errors.contains("\(name) cannot be read: Permission denied"), "\(run)")
        #expect(run.errors.contains("ls -l"), "\(run)")
      }
      chmod(path, 0o755)
    }
    project.remove()
  }
}
