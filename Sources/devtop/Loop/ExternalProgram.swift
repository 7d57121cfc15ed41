import CProcess
import DevtopCore
import Glibc

/// A program that a person starts from devtop, such as an editor; it gets the terminal and is never swept.
final class ExternalProgram {
  /// Readable when it has ended: a pidfd.
  let descriptor: Int32
  private let pid: Int32
  private let program: String
  private let started: Instant

  /// Starts a program in devtop's own process group, with default signals.
  ///
  /// - Throws: `ExternalProgramError` when it cannot be started.
  init(_ words: [String], environment: [String: String]) throws(ExternalProgramError) {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var arguments = words.map { strdup($0) } + [nil]
    var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in arguments + variables { free(pointer) } }
    var pid: pid_t = 0
    let error = posix_spawnp(&pid, words[0], nil, &attributes, &arguments, &variables)
    guard error == 0 else { throw ExternalProgramError(program: words[0], code: error) }
    let descriptor = devtop_pidfd_open(pid)
    guard descriptor >= 0 else {
      waitpid(pid, nil, 0)
      throw ExternalProgramError(program: words[0], code: -descriptor)
    }
    self.pid = pid
    program = words[0]
    started = SystemClock.instant
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Takes its exit status, so that it does not stay a zombie; answers what is to be said of one that failed.
  func reap() -> String? {
    var status: Int32 = 0
    guard waitpid(pid, &status, 0) == pid else { return nil }
    return Self.complaint(program, status: status, lasted: SystemClock.instant - started)
  }

  /// What is to be said of a program that ended with this status (wait(2)); nil where all is well.
  ///
  /// One that failed at once never showed the file: another may.
  static func complaint(_ program: String, status: Int32, lasted: Duration) -> String? {
    let signal = status & 0x7F
    let code = status >> 8 & 0xFF
    guard signal != 0 || code != 0 else { return nil }
    let ended = "\(program) ended " + (signal == 0 ? "with exit \(code)" : "by signal \(signal)")
    return lasted < .seconds(2) ? ended + "; set VISUAL or EDITOR" : ended
  }
}

/// An editor could not be started.
struct ExternalProgramError: Error, CustomStringConvertible {
  let program: String
  let code: Int32

  var description: String {
    "\(program) cannot be started: \(String(cString: strerror(code))). Set VISUAL or EDITOR to your editor."
  }
}
