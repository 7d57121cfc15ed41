import DevtopCore
import Glibc

/// The addresses at which a project's services were reached when they last ran, so that a page can be served there
/// before the first build is green.
struct RememberedPorts {
  /// Absolute; a line for each: `api 0.0.0.0:8080`.
  let path: String

  init(project: String, environment: [String: String]) {
    path = ScratchDirectory(project: project, environment: environment).path + "/ports"
  }

  /// What was kept; empty where nothing was, or where it cannot be read.
  func read() -> [ServiceID: Set<SocketAddress>] {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard file >= 0 else { return [:] }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = Glibc.read(file, &bytes, bytes.count)
    guard count > 0 else { return [:] }
    var result: [ServiceID: Set<SocketAddress>] = [:]
    for line in String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count == 2, let address = AddressText.parse(String(words[1])) else { continue }
      result[ServiceID(String(words[0])), default: []].insert(address)
    }
    return result
  }

  /// Keeps the addresses; nothing is said where that fails, as nothing but a convenience is lost.
  func write(_ addresses: [ServiceID: Set<SocketAddress>]) {
    let lines = addresses.flatMap { entry in entry.value.map { "\(entry.key.name) \($0)\n" } }.sorted()
    let text = Array(lines.joined().utf8)
    makeDirectories()
    let next = path + ".next"
    let file = open(next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { return }
    let isWhole = Glibc.write(file, text, text.count) == text.count
    close(file)
    if isWhole { rename(next, path) } else { unlink(next) }
  }

  private func makeDirectories() {
    var index = path.startIndex
    while let slash = path[path.index(after: index)...].firstIndex(of: "/") {
      mkdir(String(path[..<slash]), 0o700)
      index = slash
    }
  }
}
