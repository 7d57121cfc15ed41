import CProcess
import DevtopCore
import Glibc

/// A program that a measurement started, leader of its own session.
struct Child: Sendable {
  /// Where its standard descriptors lead.
  enum Streams {
    /// Standard input from /dev/null, output to /dev/null.
    case none
    /// Standard input from /dev/null, output into the pipe.
    case output(Int32)
    /// Standard input from one pipe, output into another.
    case pipes(input: Int32, output: Int32)
    /// All three on a terminal, which controls its session.
    case terminal(PseudoTerminal)
  }

  let pid: Int32
  /// Becomes readable when it ends.
  let pidfd: Int32

  /// Starts a program; posix_spawn(3).
  ///
  /// - Throws: `BenchError.system` when it cannot be started.
  init(
    _ words: [String], directory: String, environment: [String: String], streams: Streams
  ) throws(BenchError) {
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    switch streams {
    case .none:
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDWR, 0)
      posix_spawn_file_actions_adddup2(&actions, 0, 1)
    case .output(let pipe):
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDWR, 0)
      posix_spawn_file_actions_adddup2(&actions, pipe, 1)
    case .pipes(let input, let output):
      posix_spawn_file_actions_adddup2(&actions, input, 0)
      posix_spawn_file_actions_adddup2(&actions, output, 1)
    case .terminal(let terminal):
      // The leader of a session without a terminal gets the first one that it opens; the session comes first.
      posix_spawn_file_actions_addopen(&actions, 0, terminal.path, O_RDWR, 0)
      posix_spawn_file_actions_adddup2(&actions, 0, 1)
    }
    if case .pipes = streams {
      posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    } else {
      posix_spawn_file_actions_adddup2(&actions, 0, 2)
    }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigaddset(&signals, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    // POSIX_SPAWN_SETSID, which Swift does not import.
    posix_spawnattr_setflags(&attributes, Int16(0x80 | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
    var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") }
    defer { for text in arguments + variables { free(text) } }
    arguments.append(nil)
    variables.append(nil)
    // posix_spawn takes the directory from its caller; measurements start programs one after another.
    guard chdir(directory) == 0 else { throw .system(what: directory, code: errno) }
    var pid: pid_t = 0
    let result = posix_spawnp(&pid, words[0], &actions, &attributes, arguments, variables)
    guard result == 0 else { throw .system(what: words[0], code: result) }
    self.pid = pid
    pidfd = devtop_pidfd_open(pid)
  }

  /// Waits for the end; nil when the time was over first.
  func waitForEnd(atMost limit: Duration) -> Int32? {
    let deadline = Clock.now + limit
    while true {
      var status: Int32 = 0
      if waitpid(pid, &status, WNOHANG) != 0 { return status }
      let left = (deadline - Clock.now).inNanoseconds
      guard left > 0 else { return nil }
      var one = pollfd(fd: pidfd, events: Int16(POLLIN), revents: 0)
      poll(&one, 1, Int32(clamping: left / 1_000_000 + 1))
    }
  }
}
