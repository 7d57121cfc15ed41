import DevtopBackend
import DevtopCore
import DevtopLogs
import Glibc

/// `devtop check --format NAME FILE`: what a format makes of the lines of a file.
struct FormatCheck {
  let format: LineFormat

  /// The format of this name: the configuration's, else a built-in one.
  ///
  /// - Throws: `Failure` with status 2 where there is none, and for a configuration that has errors.
  init(named name: String, config: String?, _ invocation: Invocation) throws(Failure) {
    let own = try Self.ownFormats(config: config, invocation)
    let settings = own.first { $0.name == name }
    let found = settings.flatMap { try? LineFormat($0) } ?? BuiltinFormats.all.first { $0.name == name }
    guard let found else {
      let names = own.map(\.name) + BuiltinFormats.all.map(\.name)
      let hint = NearestName.hint(name, among: names)
      throw .usage(
        "there is no format \"\(name)\"\(hint.isEmpty ? "; known: " + names.joined(separator: ", ") : hint)")
    }
    format = found
  }

  /// Without a project there are only built-in ones.
  private static func ownFormats(
    config: String?, _ invocation: Invocation
  ) throws(Failure) -> [LineFormatSettings] {
    let directory = try invocation.currentDirectory()
    do throws(ConfigurationError) {
      return try ConfigurationReader(directory: directory, environment: invocation.environment)
        .read(file: config, flags: invocation.airFlags).configuration.lineFormats
    } catch {
      if case .nothingDetected = error { return [] }
      throw .usage("\(error)")
    }
  }

  /// Reads a file, or standard input where it is `-`, and prints what matches and what does not.
  ///
  /// - Throws: `Failure`: with status 2 for a file that cannot be read, with 1 where no line matches.
  func run(on file: String) throws(Failure) {
    let descriptor = file == "-" ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.unreadable(file) }
    defer { if descriptor != STDIN_FILENO { close(descriptor) } }
    var trial = FormatTrial(format)
    var rest: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Self.unreadable(file) }
      if count == 0 { break }
      rest += buffer[..<count]
      Self.takeLines(&rest, &trial)
    }
    if !rest.isEmpty { rest.withUnsafeBufferPointer { trial.take($0) } }
    print(Self.text(trial, format.name))
    guard trial.matchCount > 0 else {
      throw .atRunTime("no line of \(file == "-" ? "standard input" : file) matches \(format.name)")
    }
  }

  private static func unreadable(_ file: String) -> Failure {
    .usage(
      "\(file) cannot be read: \(String(cString: strerror(errno))). Name a file with log lines, or - for standard input."
    )
  }

  /// Takes the whole lines out of what was read.
  private static func takeLines(_ bytes: inout [UInt8], _ trial: inout FormatTrial) {
    var start = 0
    bytes.withUnsafeBufferPointer { bytes in
      while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
        trial.take(UnsafeBufferPointer(rebasing: bytes[start..<end]))
        start = end + 1
      }
    }
    bytes.removeFirst(start)
  }

  // MARK: Text

  private static let shownCharacters = 160

  private static func text(_ trial: FormatTrial, _ name: String) -> String {
    let misses = trial.lineCount - trial.matchCount
    var lines = ["\(name) matches \(trial.matchCount) of \(count(trial.lineCount))"]
    for match in trial.matches {
      lines += [
        "",
        "line \(match.number), \(match.level.map { "level \($0.name)" } ?? "no level"): \(cut(match.text))",
      ]
      let width = match.fields.map(\.name.count).max() ?? 0
      lines += match.fields.map {
        "  \($0.name)\(String(repeating: " ", count: width - $0.name.count)) = \(cut($0.value))"
      }
    }
    guard misses > 0 else { return lines.joined(separator: "\n") }
    lines += [
      "", "\(count(misses)) not matched\(misses > trial.misses.count ? ", of which the first are" : ""):",
    ]
    lines += trial.misses.map {
      "line \($0.number)\($0.isTooSlow ? " (took too many steps)" : ""): \(cut($0.text))"
    }
    if trial.slowCount > 0 {
      lines.append("\(count(trial.slowCount)) took too many steps: leave out repetitions within repetitions")
    }
    return lines.joined(separator: "\n")
  }

  private static func count(_ lines: Int) -> String { lines == 1 ? "1 line" : "\(lines) lines" }

  private static func cut(_ text: String) -> String {
    text.count <= shownCharacters ? text : text.prefix(shownCharacters - 1) + "…"
  }
}
