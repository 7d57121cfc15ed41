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
  return try await runProgram(starter + [program] + arguments, in: project)
}

/// Runs a program in a project's directory to its end.
///
/// - Throws: `Project.Failure` when it cannot be started, `DeadlinePassed` when it does not end.
func runProgram(
  _ arguments: [String], in project: Project, environment: [String: String] = [:]
) async throws -> FinishedRun {
  // Outside of the project: they are not found there, and no two programs write to the same.
  var template = Array("/tmp/devtop-test-run.XXXXXX".utf8CString)
  guard let made = mkdtemp(&template) else { throw Project.Failure("mkdtemp") }
  let directory = String(cString: made)
  let names = ["output", "errors"].map { "\(directory)/\($0)" }
  defer {
    for name in names { unlink(name) }
    rmdir(directory)
  }
  let streams = names.map { open($0, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600) }
  let null = open("/dev/null", O_RDWR | O_CLOEXEC)
  defer { for descriptor in streams + [null] { close(descriptor) } }
  let pid = try spawn(
    arguments, directory: project.root, environment: DevtopSession.environment(project, environment),
    input: null, output: streams[0], error: streams[1])
  let status: Int32
  do {
    status = try await eventually("the end of \(arguments)") {
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
