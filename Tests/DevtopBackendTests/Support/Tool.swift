import Glibc
import Testing

@testable import DevtopBackend

/// Real tools that tests run.
enum Tool {
  /// Whether a test that needs a program runs: an absent one skips it, but fails it under `CI=true`.
  static func isThere(_ name: String) -> Bool {
    if getenv("CI").map({ String(cString: $0) }) == "true" { return true }
    let path = getenv("PATH").map { String(cString: $0) } ?? ""
    return path.split(separator: ":").contains { access("\($0)/\(name)", X_OK) == 0 }
  }

  /// What a shell command prints, both streams together.
  static func output(of command: String, in directory: String) throws -> [UInt8] {
    let pipe = try #require(popen("cd '\(directory)' && { \(command); } 2>&1", "r"))
    defer { pclose(pipe) }
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&buffer, 1, buffer.count, pipe)
      guard count > 0 else { return result }
      result += buffer.prefix(count)
    }
  }
}
