import Glibc
import Testing

/// A program that is not devtop's, listening on a port.
final class Stranger {
  let project: Project
  let pid: Int32
  private var isReaped = false

  /// Starts it and waits until it answers.
  ///
  /// - Throws: `Project.Failure` when it cannot be started, `DeadlinePassed` when it does not answer.
  init(port: UInt16) async throws {
    project = try Project(["stranger.py": ServerTests.python(port, answer: "the stranger's")])
    let null = open("/dev/null", O_RDWR | O_CLOEXEC)
    defer { close(null) }
    pid = try spawn(
      [try #require(Tool.find("python3")), "stranger.py"], directory: project.root,
      environment: [project.mark], input: null, output: null, error: null)
    try await answer("the stranger's", port: port)
  }

  /// Whether it runs; its parent, this process, sees its end at once.
  var isAlive: Bool {
    var status: Int32 = 0
    if !isReaped, waitpid(pid, &status, WNOHANG) == pid { isReaped = true }
    return !isReaped
  }

  func end() {
    guard isAlive else { return }
    kill(pid, SIGKILL)
    var status: Int32 = 0
    waitpid(pid, &status, 0)
    isReaped = true
  }

  func remove() {
    end()
    project.remove()
  }
}
