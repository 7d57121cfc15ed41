import CProcess
import Glibc

/// Why a program could not be started; each case says cause and fix.
public enum SpawnError: Error, Hashable, Sendable, CustomStringConvertible {
  /// There is no program in `arguments`, or a string holds a NUL byte.
  case invalid(String)
  /// The working directory could not be entered.
  case directory(path: String, code: Int32)
  /// No such program; `searched` is the PATH, nil when the name has a `/`.
  case notFound(program: String, searched: String?)
  /// The file may not be executed.
  case notExecutable(path: String)
  /// The path is a directory.
  case isDirectory(path: String)
  /// A directory on the way to the program may not be searched.
  case unreachable(path: String, directory: String)
  /// Neither a binary for this machine nor a script with `#!`.
  case wrongFormat(path: String)
  /// The `#!` interpreter or the ELF loader does not exist.
  case interpreterMissing(path: String, interpreter: String?)
  /// Some process still has the file open for writing.
  case beingWritten(path: String)
  /// Another failure of execve(2).
  case other(path: String, code: Int32)
  /// Arguments and environment are larger than the kernel takes.
  case tooLarge
  /// No descriptor, pseudo-terminal or process was to be had.
  case resources(code: Int32)
  /// Ports cannot be taken over here, so nothing was started; an errno, EBUSY within another takeover.
  case takeoverRefused(code: Int32)
  /// The guard ended, and no new one could be started.
  case guardUnavailable

  /// Cause and way out.
  public var description: String {
    switch self {
    case .invalid(let reason): reason
    case .directory(let path, ENOENT): "The directory `\(path)` does not exist. Create it, or set `dir`."
    case .directory(let path, ENOTDIR): "`\(path)` is not a directory. Set `dir` to one."
    case .directory(let path, EACCES):
      "The directory `\(path)` cannot be entered (permission denied). Run chmod u+x \(path)."
    case .directory(let path, let code): "The directory `\(path)` cannot be entered: \(errorText(code))."
    case .notFound(let program, nil): "`\(program)` does not exist. Build it first, or correct the command."
    case .notFound(let program, let searched?):
      "`\(program)` was not found in PATH (\(searched)). Install it, or write its path."
    case .notExecutable(let path): "`\(path)` is not executable (permission denied). Run chmod +x \(path)."
    case .isDirectory(let path): "`\(path)` is a directory, not a program. Name the program in it."
    case .unreachable(let path, let directory):
      "`\(path)` cannot be reached: `\(directory)` may not be searched (permission denied). Run chmod u+x \(directory)."
    case .wrongFormat(let path):
      "`\(path)` has the wrong format for this machine (exec format error). "
        + "A script needs a first line such as #!/bin/sh; a binary must be built for this architecture."
    case .interpreterMissing(let path, let interpreter?):
      "`\(path)` needs `\(interpreter)`, which does not exist. Install it, or correct the first line."
    case .interpreterMissing(let path, nil):
      "`\(path)` needs a loader that does not exist. Build it for this system."
    case .beingWritten(let path):
      "`\(path)` is still being written (text file busy). Wait for the build to end."
    case .other(let path, let code): "`\(path)` cannot be executed: \(errorText(code))."
    case .tooLarge: "Arguments and environment are too large for the kernel. Shorten them, or pass a file."
    case .resources(let code):
      "No resources to start a program: \(errorText(code)). Check `ulimit -n` and `ulimit -u`."
    case .takeoverRefused(EBUSY):
      "Ports cannot be taken over within another takeover. Set ports = \"env\" or ports = \"off\"."
    case .takeoverRefused(let code):
      "Ports cannot be taken over here (seccomp: \(errorText(code))). Set ports = \"env\" or ports = \"off\"."
    case .guardUnavailable: "The guard process ended and cannot be replaced. Restart devtop."
    }
  }

  /// From the guard's answer.
  init(stage: Int32, code: Int32, path: String, spec: LaunchSpec, directory: String) {
    switch devtop_stage(rawValue: UInt32(bitPattern: stage)) {
    case DEVTOP_STAGE_DIRECTORY: self = .directory(path: spec.directory, code: code)
    case DEVTOP_STAGE_EXEC: self = Self.execution(code: code, path: path, spec: spec, directory: directory)
    case DEVTOP_STAGE_INTERPRETER:
      self = .interpreterMissing(
        path: path, interpreter: ProgramFile.interpreter(of: resolve(path, in: directory)))
    case DEVTOP_STAGE_LIMIT where code == E2BIG: self = .tooLarge
    case DEVTOP_STAGE_TAKEOVER: self = .takeoverRefused(code: code)
    case DEVTOP_STAGE_GUARD: self = .guardUnavailable
    case _: self = .resources(code: code)
    }
  }

  private static func execution(code: Int32, path: String, spec: LaunchSpec, directory: String) -> SpawnError
  {
    switch code {
    case ENOENT, ENOTDIR:
      guard !path.utf8.contains(UInt8(ascii: "/")) else { return .notFound(program: path, searched: nil) }
      let search = spec.environment.last { $0.hasPrefix("PATH=") }
      return .notFound(
        program: path, searched: search.map { String($0.dropFirst(5)) } ?? "/usr/local/bin:/usr/bin:/bin")
    case EACCES:
      let absolute = resolve(path, in: directory)
      if let blocked = ProgramFile.unsearchableParent(of: absolute) {
        return .unreachable(path: path, directory: blocked)
      }
      return ProgramFile.isDirectory(absolute) ? .isDirectory(path: path) : .notExecutable(path: path)
    case ENOEXEC: return .wrongFormat(path: path)
    case ETXTBSY: return .beingWritten(path: path)
    case E2BIG: return .tooLarge
    case EMFILE, ENFILE, ENOMEM, EAGAIN: return .resources(code: code)
    case _: return .other(path: path, code: code)
    }
  }
}

/// `path`, seen from `directory`.
func resolve(_ path: String, in directory: String) -> String {
  path.hasPrefix("/") ? path : directory + "/" + path
}
