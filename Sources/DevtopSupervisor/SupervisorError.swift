import Glibc

/// Why supervision could not begin.
public enum SupervisorError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A process, socket or thread could not be made; `code` is an errno.
  case cannotStart(what: String, code: Int32)

  /// Cause and way out in one sentence.
  public var description: String {
    switch self {
    case .cannotStart(let what, let code):
      "Cannot start \(what): \(errorText(code)). Check `ulimit -u` and `ulimit -n`."
    }
  }
}

/// The text of an errno, in lower case as it stands within a sentence.
func errorText(_ code: Int32) -> String {
  guard let text = strerror(code) else { return "error \(code)" }
  let string = String(cString: text)
  return string.prefix(1).lowercased() + string.dropFirst()
}
