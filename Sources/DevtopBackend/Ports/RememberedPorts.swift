import DevtopCore

/// The addresses at which a project's services were reached when they last ran, so that a page can be served there
/// before the first build is green.
struct RememberedPorts {
  /// A line for each: `api 0.0.0.0:8080`.
  private let file: KeptFile

  init(project: String, environment: [String: String]) {
    file = KeptFile(path: ScratchDirectory(project: project, environment: environment).path + "/ports")
  }

  /// What was kept; empty where nothing was, or where it cannot be read.
  func read() -> [ServiceID: Set<SocketAddress>] {
    var result: [ServiceID: Set<SocketAddress>] = [:]
    for line in (file.read() ?? "").split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count == 2, let address = AddressText.parse(String(words[1])) else { continue }
      result[ServiceID(String(words[0])), default: []].insert(address)
    }
    return result
  }

  /// Keeps the addresses; nothing is said where that fails, as nothing but a convenience is lost.
  func write(_ addresses: [ServiceID: Set<SocketAddress>]) {
    let lines = addresses.flatMap { entry in entry.value.map { "\(entry.key.name) \($0)\n" } }.sorted()
    file.write(lines.joined())
  }
}
