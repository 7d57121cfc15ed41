import Glibc
import Testing

@testable import DevtopWatcher

/// Programs that tests run.
enum Tool {
  /// Whether the program can be used; under `CI=true` a missing one fails the test instead of skipping it.
  static func isThere(_ name: String) -> Bool {
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    let found = path.split(separator: ":").contains { access("\($0)/\(name)", X_OK) == 0 }
    return found || getenv("CI").map { String(cString: $0) == "true" } ?? false
  }

  struct Output {
    var status: Int32
    var bytes: [UInt8]
  }

  /// Runs a program to its end, with its standard input and output in files of the scratch directory.
  static func run(_ arguments: [String], input: [UInt8] = [], scratch: String, home: String? = nil) -> Output
  {
    Files.write("\(scratch)/input", input)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "\(scratch)/input", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "\(scratch)/output", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, "\(scratch)/error", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    let variables = [
      "PATH=" + (getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"), "HOME=\(home ?? scratch)",
      "GIT_CONFIG_NOSYSTEM=1", "TERM=dumb", "LC_ALL=C",
    ]
    let argv = arguments.map { strdup($0) } + [nil]
    let environment = variables.map { strdup($0) } + [nil]
    defer {
      for text in argv + environment { free(text) }
    }
    var pid: pid_t = 0
    guard let program = arguments.first, posix_spawnp(&pid, program, &actions, nil, argv, environment) == 0
    else {
      return Output(status: -1, bytes: [])
    }
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    return Output(status: status, bytes: SmallFile.stream(Array("\(scratch)/output".utf8)) ?? [])
  }
}
