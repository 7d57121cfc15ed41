import Glibc

/// What `/proc` says about running processes (proc_pid_stat(5), proc_pid_environ(5)).
enum Processes {
  /// A process that runs; zombies do not.
  struct Entry: Hashable, Sendable, CustomStringConvertible {
    var pid: Int32
    var parent: Int32
    var command: String

    var description: String { "\(pid) (parent \(parent)): \(command)" }
  }

  /// All that carry `mark` in their environment.
  static func marked(_ mark: String) -> [Entry] {
    guard let directory = opendir("/proc") else { return [] }
    defer { closedir(directory) }
    let needle = Array(mark.utf8)
    var found: [Entry] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard let pid = Int32(name), let environment = contents(of: "/proc/\(name)/environ"),
        environment.split(separator: 0).contains(where: { $0.elementsEqual(needle) }),
        let (state, parent) = status(pid), state != "Z", state != "X"
      else { continue }
      let command = (contents(of: "/proc/\(name)/cmdline") ?? []).map { $0 == 0 ? 32 : $0 }
      found.append(Entry(pid: pid, parent: parent, command: String(decoding: command, as: UTF8.self)))
    }
    return found
  }

  /// State letter and parent; nil where there is no such process.
  static func status(_ pid: Int32) -> (state: Character, parent: Int32)? {
    guard let bytes = contents(of: "/proc/\(pid)/stat") else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    guard let end = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 1, let state = fields[0].first, let parent = Int32(fields[1]) else { return nil }
    return (state, parent)
  }

  /// The most memory that was ever resident, in bytes, from proc_pid_status(5).
  static func peakResidentSize(_ pid: Int32) -> Int? {
    let lines = (contents(of: "/proc/\(pid)/status") ?? []).split(separator: UInt8(ascii: "\n"))
    let line = lines.first { $0.starts(with: "VmHWM:".utf8) }
    let kibibytes = line.flatMap {
      Int(String(decoding: $0.filter { (48...57).contains($0) }, as: UTF8.self))
    }
    return kibibytes.map { $0 << 10 }
  }

  static func isAlive(_ pid: Int32) -> Bool {
    status(pid).map { $0.state != "Z" && $0.state != "X" } ?? false
  }
}

/// Starts a program with its standard streams given; nothing else is inherited.
///
/// - Throws: `Project.Failure` when it cannot be started.
func spawn(
  _ arguments: [String], directory: String, environment: [String], input: Int32, output: Int32, error: Int32
) throws -> Int32 {
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  for (number, descriptor) in [input, output, error].enumerated() {
    posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
  }
  var attributes = posix_spawnattr_t()
  posix_spawnattr_init(&attributes)
  defer { posix_spawnattr_destroy(&attributes) }
  var none = sigset_t()
  sigemptyset(&none)
  var all = sigset_t()
  sigfillset(&all)
  posix_spawnattr_setsigmask(&attributes, &none)
  posix_spawnattr_setsigdefault(&attributes, &all)
  posix_spawnattr_setpgroup(&attributes, 0)
  posix_spawnattr_setflags(
    &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
  // env(1) changes the directory and becomes the program, so that the process is the same.
  let argv = (["env", "-C", directory] + arguments).map { strdup($0) } + [nil]
  let envp = environment.map { strdup($0) } + [nil]
  defer { for text in argv + envp { free(text) } }
  var pid: pid_t = 0
  let result = posix_spawn(&pid, "/usr/bin/env", &actions, &attributes, argv, envp)
  guard result == 0 else {
    errno = result
    throw Project.Failure("cannot start \(arguments[0])")
  }
  return pid
}

/// A pipe whose ends no other program inherits, its end for reading first.
///
/// By a FIFO, because pipe(2) cannot set FD_CLOEXEC before another thread's program starts.
///
/// - Throws: `Project.Failure` without descriptors.
func makePipe(near path: String) throws -> [Int32] {
  let name = path + ".pipe"
  guard mkfifo(name, 0o600) == 0 else { throw Project.Failure("mkfifo") }
  defer { unlink(name) }
  let reading = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
  let writing = open(name, O_WRONLY | O_CLOEXEC)
  guard reading >= 0, writing >= 0, fcntl(reading, F_SETFL, 0) == 0 else { throw Project.Failure("open") }
  return [reading, writing]
}
