import DevtopDashboard
import Glibc
import Testing

/// Compares a screen with its recording `Screens/NAME.txt`; `DEVTOP_RECORD=1` writes it, which fails the run.
func expectScreen(
  _ grid: Grid, is name: String, file: String = #filePath, location: SourceLocation = #_sourceLocation
) {
  let directory = file.split(separator: "/").dropLast().joined(separator: "/")
  let path = "/\(directory)/Screens/\(name).txt"
  // Trailing spaces tell nothing and do not survive editors.
  let text =
    grid.text.split(separator: "\n", omittingEmptySubsequences: false)
    .map { line in String(line.reversed().drop { $0 == " " }.reversed()) }.joined(separator: "\n") + "\n"
  if getenv("DEVTOP_RECORD") != nil {
    guard let file = fopen(path, "w") else {
      Issue.record("cannot write \(path)", sourceLocation: location)
      return
    }
    fputs(text, file)
    fclose(file)
    Issue.record("recorded \(name); run again without DEVTOP_RECORD", sourceLocation: location)
    return
  }
  guard let recorded = contents(of: path) else {
    Issue.record("\(path) is missing; DEVTOP_RECORD=1 writes it", sourceLocation: location)
    return
  }
  #expect(text == recorded, "the screen is not \(name).txt any more", sourceLocation: location)
}

private func contents(of path: String) -> String? {
  guard let file = fopen(path, "r") else { return nil }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = fread(&buffer, 1, buffer.count, file)
    if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
    bytes += buffer[..<count]
  }
}
