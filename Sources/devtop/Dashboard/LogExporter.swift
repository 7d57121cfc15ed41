import DevtopCore
import DevtopLogs
import Glibc

/// Writes the lines that a view shows to a file, on a thread of its own: a million lines take seconds.
struct LogExporter {
  let view: LogView
  /// Lines before this one are hidden.
  let first: Int
  let path: String

  /// Begins; `tell` gets a sentence when it is done, on that thread.
  ///
  /// - Returns: nil, or why it could not begin.
  func start(_ tell: @escaping @Sendable (String) -> Void) -> String? {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard file >= 0 else {
      if errno == EEXIST { return "\(path) is there already: choose another name" }
      return "cannot write \(path): \(String(cString: strerror(errno)))"
    }
    let (view, first, path) = (view, first, path)
    let isStarted = Thread.startDetached {
      var code: Int32 = 0
      let count = view.export(LogFormat(file: path), from: first) { text in
        code = FileSystem.write(text, to: file)
        return code == 0
      }
      if close(file) != 0, code == 0 { code = errno }
      let written = "\(count) \(count == 1 ? "line" : "lines")"
      tell(
        code == 0
          ? "wrote \(written) to \(path)"
          : "\(path) is not whole: \(String(cString: strerror(code))) after \(written)")
    }
    if isStarted { return nil }
    close(file)
    unlink(path)
    return "the system has no thread left (see: ulimit -u)"
  }
}
