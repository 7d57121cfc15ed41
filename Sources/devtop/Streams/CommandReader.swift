import DevtopCore
import Glibc

/// Lines of standard input as commands, in plain and JSON mode.
enum CommandReader {
  /// A line longer than this is not a command; it is told and skipped.
  private static let longestLine = 4_096

  /// Reads commands on a thread of its own until the input ends, which changes nothing.
  static func start(descriptor: Int32, _ send: @escaping @Sendable (Event) -> Void) {
    startThread {
      var line: [UInt8] = []
      var isTooLong = false
      var buffer = [UInt8](repeating: 0, count: 4_096)
      while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count < 0, errno == EINTR { continue }
        if count <= 0 { break }
        for byte in buffer[..<count] {
          if byte == UInt8(ascii: "\n") {
            if let command = isTooLong ? tooLong : parse(line) { send(.command(command)) }
            line = []
            isTooLong = false
          } else if line.count < longestLine {
            line.append(byte)
          } else {
            isTooLong = true
          }
        }
      }
      if let command = parse(line) { send(.command(command)) }
    }
  }

  private static let tooLong = Command.unknown(
    "a line of standard input is longer than \(longestLine) bytes; \(known)")
  private static let known =
    "commands are: build [service], restart [service], stop [service], start [service], pause, resume, quit"

  /// The command of a line; nil where it is empty.
  static func parse(_ line: [UInt8]) -> Command? {
    let text = String(decoding: line, as: UTF8.self)
    let words = text.split(whereSeparator: { $0.isWhitespace }).map(String.init)
    guard let verb = words.first else { return nil }
    let service = words.count == 2 ? ServiceID(words[1]) : nil
    switch (verb, words.count) {
    case ("build", 1...2): return .build(service)
    case ("restart", 1...2): return .restart(service)
    case ("stop", 1...2): return .stop(service)
    case ("start", 1...2): return .start(service)
    case ("pause", 1): return .pause
    case ("resume", 1): return .resume
    case ("quit", 1): return .quit
    default: return .unknown("`\(text.prefix(80))` is not a command; \(known)")
    }
  }
}
