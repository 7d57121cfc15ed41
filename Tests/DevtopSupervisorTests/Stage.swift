import DevtopSupervisor
import Glibc
import Testing

/// All tests with processes, one after the other: some count this process's descriptors, threads and children.
@Suite(.serialized) enum Processes {}

/// A supervisor with its recorder and a directory, taken down at the end of a test.
final class Stage: Sendable {
  let recorder: Recorder
  let supervisor: Supervisor
  let directory: String

  init() throws {
    recorder = Recorder()
    var template = Array("/tmp/devtop-supervisor.XXXXXX".utf8CString)
    let made = try #require(mkdtemp(&template))
    directory = String(cString: made)
    supervisor = try Supervisor(SupervisorHandles.startGuard(), onEvent: recorder.onEvent)
  }

  /// Ends everything; nothing may be left of it afterwards, and no guard may have died unless a test killed it.
  func end(killedGuards: Int = 0) {
    let guardPID = supervisor.guardPID
    let replaced = recorder.now.events.filter { if case .guardReplaced = $0 { true } else { false } }
    #expect(replaced.count == killedGuards)
    supervisor.shutdown()
    if let guardPID { #expect(kill(guardPID, 0) == -1 && errno == ESRCH) }
    removeTree(directory)
  }

  func spawn(
    _ arguments: [String], terminal: LaunchSpec.Terminal = .pty(columns: 80, rows: 24),
    environment: [String]? = nil
  ) throws -> ProcessHandle {
    let spec = LaunchSpec(
      arguments, environment: environment ?? inherited(), directory: directory, terminal: terminal,
      label: "test")
    return try supervisor.spawn(spec, output: recorder.sink)
  }

  func shell(_ script: String, terminal: LaunchSpec.Terminal = .pty(columns: 80, rows: 24)) throws
    -> ProcessHandle
  {
    try spawn(["/bin/sh", "-c", script], terminal: terminal)
  }

  func python(_ script: String, terminal: LaunchSpec.Terminal = .pipes) throws -> ProcessHandle {
    try spawn(["/usr/bin/python3", "-c", script], terminal: terminal)
  }

  func file(_ name: String, _ text: String, mode: mode_t = 0o755) throws {
    let descriptor = open(directory + "/" + name, O_CREAT | O_WRONLY | O_CLOEXEC, mode)
    try #require(descriptor >= 0)
    write(descriptor, text, text.utf8.count)
    close(descriptor)
  }
}

func inherited() -> [String] {
  let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
  return ["PATH=\(path)", "TERM=xterm-256color", "LC_ALL=C"]
}

/// Removes a directory that holds files only.
func removeTree(_ path: String) {
  guard let directory = opendir(path) else { return }
  while let entry = readdir(directory) {
    let name = withUnsafeBytes(of: entry.pointee.d_name) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    if name != ".", name != ".." { unlink(path + "/" + name) }
  }
  closedir(directory)
  rmdir(path)
}

/// Whether a process runs; a zombie does not.
func isAlive(_ pid: Int32) -> Bool {
  guard let text = contents("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else { return false }
  let state = text[end...].dropFirst(2).first
  return state != "Z" && state != "X"
}

func contents(_ path: String) -> String? {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  var bytes = [UInt8](repeating: 0, count: 1 << 16)
  var all: [UInt8] = []
  while case let n = read(descriptor, &bytes, bytes.count), n > 0 { all += bytes[..<n] }
  return String(decoding: all, as: UTF8.self)
}

/// Not Testing's.
typealias ExitStatus = DevtopSupervisor.ExitStatus
