import CNcurses
import DevtopCore

/// The key sequences of a terminal's terminfo entry (terminfo(5)), for those that differ from xterm's.
enum TerminfoKeys {
  private static let names: [(name: String, key: Key)] =
    [
      ("kcuu1", .up), ("kcud1", .down), ("kcub1", .left), ("kcuf1", .right), ("khome", .home), ("kend", .end),
      ("kpp", .pageUp), ("knp", .pageDown), ("kdch1", .delete), ("kcbt", .backTab),
    ] + (1...12).map { ("kf\($0)", .function($0)) }

  /// By the bytes after the leading ESC.
  static func sequences(of screen: OpaquePointer) -> [[UInt8]: Key] {
    var sequences: [[UInt8]: Key] = [:]
    for (name, key) in names {
      guard let text = cncurses_string(screen, name) else { continue }
      let bytes = Array(String(cString: text).utf8)
      if bytes.count > 2, bytes[0] == 0x1B { sequences[Array(bytes.dropFirst())] = key }
    }
    return sequences
  }
}
