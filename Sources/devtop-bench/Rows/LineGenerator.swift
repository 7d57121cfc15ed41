import DevtopCore
import Glibc

/// The child of the flood: prints numbered lines of 100 bytes at a steady rate.
struct LineGenerator {
  /// Lines a second.
  let rate: Int
  let duration: Duration
  /// A file that holds the number of lines written so far, 8 bytes in the machine's order.
  let counter: String

  private static let lineLength = 100

  func run() {
    let file = open(counter, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { return }
    defer { close(file) }
    let batch = max(1, rate / 500)
    var buffer = Self.template(lines: batch)
    let start = Clock.now
    let end = start + duration
    var written = 0
    while Clock.now < end {
      let due = Int((Clock.now - start).inNanoseconds * Int64(rate) / 1_000_000_000)
      guard due - written >= batch else {
        Clock.sleep(.milliseconds(1))
        continue
      }
      Self.number(&buffer, lines: batch, from: written)
      var rest = buffer[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
        guard count > 0 else { return }
        rest = rest.dropFirst(count)
      }
      written += batch
      var value = Int64(written)
      _ = pwrite(file, &value, 8, 0)
    }
  }

  /// How many lines a generator has written.
  static func written(_ counter: String) -> Int {
    guard let bytes = SystemText.bytes(of: counter), bytes.count == 8 else { return 0 }
    return Int(bytes.withUnsafeBytes { $0.loadUnaligned(as: Int64.self) })
  }

  private static func template(lines: Int) -> [UInt8] {
    let levels = ["INFO ", "DEBUG", "INFO ", "WARN ", "INFO ", "INFO ", "DEBUG", "INFO "]
    var bytes: [UInt8] = []
    for line in 0..<lines {
      let text =
        "00000000000 \(levels[line % levels.count]) handler=orders user=\(line % 97) cache=miss took=12ms "
        + "note=the quick brown fox jumps over"
      var row = Array(text.utf8.prefix(lineLength - 1))
      row += Array(repeating: UInt8(ascii: "."), count: lineLength - 1 - row.count)
      bytes += row + [UInt8(ascii: "\n")]
    }
    return bytes
  }

  private static func number(_ bytes: inout [UInt8], lines: Int, from first: Int) {
    for line in 0..<lines {
      var rest = first + line
      var index = line * lineLength + 10
      while index >= line * lineLength {
        bytes[index] = UInt8(ascii: "0") + UInt8(rest % 10)
        rest /= 10
        index -= 1
      }
    }
  }
}
