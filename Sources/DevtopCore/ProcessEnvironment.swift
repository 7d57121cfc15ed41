import Glibc

/// This process's environment (environ(7)).
package enum ProcessEnvironment {
  /// A copy of all variables; call it while there is one thread, or nobody changes them.
  package static func read() -> [String: String] {
    var result: [String: String] = [:]
    var entry = environ
    while let variable = entry.pointee {
      let text = String(cString: variable)
      if let sign = text.firstIndex(of: "=") {
        result[String(text[..<sign])] = String(text[text.index(after: sign)...])
      }
      entry += 1
    }
    return result
  }
}
