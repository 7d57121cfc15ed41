import Glibc
import Testing

/// What a command of devtop that looks and leaves has said.
struct FinishedRun: Sendable {
  var status: Int32
  var output: String
  var errors: String
}

/// Runs `devtop ARGUMENTS` in a project's directory to its end.
///
/// - Throws: `Project.Failure` when it cannot be started, `DeadlinePassed` when it does not end.
func runDevtop(_ project: Project, _ arguments: String...) async throws -> FinishedRun {
  try await runDevtop(project, arguments)
}

func runDevtop(
  _ project: Project, _ arguments: [String], by starter: [String] = []
) async throws -> FinishedRun {
  let program = try #require(Tool.built("devtop"), "the devtop executable is not beside the tests")
  // Outside of the project: they are not found there.
  let names = ["output", "errors"].map { "\(project.root).\($0)" }
  defer { for name in names { unlink(name) } }
  let streams = names.map { open($0, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600) }
  let null = open("/dev/null", O_RDWR | O_CLOEXEC)
  defer { for descriptor in streams + [null] { close(descriptor) } }
  let pid = try spawn(
    starter + [program] + arguments, directory: project.root,
    environment: DevtopSession.environment(project, [:]), input: null, output: streams[0], error: streams[1])
  let status: Int32
  do {
    status = try await eventually("the end of devtop \(arguments)") {
      var status: Int32 = 0
      return waitpid(pid, &status, WNOHANG) == pid ? status : nil
    }
  } catch {
    kill(pid, SIGKILL)
    throw error
  }
  let texts = names.map { String(decoding: contents(of: $0) ?? [], as: UTF8.self) }
  return FinishedRun(
    status: status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f), output: texts[0],
    errors: texts[1])
}
