/// Lines as web servers print them, the same in each run.
struct LogLines {
  enum Kind {
    /// Text of 99 bytes and a line feed.
    case text
    /// The same with a coloured level.
    case coloured
    /// JSON objects of about 170 bytes.
    case json
  }

  let kind: Kind
  let count: Int

  private static let paths = [
    "/api/orders", "/api/users", "/healthz", "/api/cart", "/login", "/static/app.js",
  ]
  private static let words = [
    "the", "quick", "timeout", "brown", "upstream", "fox", "jumps", "over", "lazy", "refused", "dog", "cache",
    "miss",
  ]

  /// Calls `body` with a piece of about a megabyte after the other.
  func forEachPiece(_ body: ([UInt8]) throws(BenchError) -> Void) throws(BenchError) {
    var state: UInt64 = 42
    var piece: [UInt8] = []
    piece.reserveCapacity(1 << 20 + 1 << 10)
    for number in 0..<count {
      switch kind {
      case .text: appendText(number, &state, to: &piece)
      case .coloured: appendColoured(number, &state, to: &piece)
      case .json: appendJSON(number, &state, to: &piece)
      }
      if piece.count >= 1 << 20 {
        try body(piece)
        piece.removeAll(keepingCapacity: true)
      }
    }
    if !piece.isEmpty { try body(piece) }
  }

  /// SplitMix64.
  private func random(_ state: inout UInt64, below limit: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((value ^ (value >> 31)) % UInt64(limit))
  }

  private func status(_ state: inout UInt64) -> Int {
    [200, 200, 200, 200, 200, 200, 201, 304, 404, 500][random(&state, below: 10)]
  }

  private func appendText(_ number: Int, _ state: inout UInt64, to piece: inout [UInt8]) {
    let level = ["INFO ", "INFO ", "INFO ", "DEBUG", "WARN ", "ERROR"][random(&state, below: 6)]
    var line =
      "14:\(10 + number / 60_000 % 50):\(10 + number / 1_000 % 50).\(100 + number % 900) \(level) "
      + "GET \(Self.paths[random(&state, below: Self.paths.count)])/\(random(&state, below: 10_000)) "
      + "\(status(&state)) \(random(&state, below: 900))ms user=\(random(&state, below: 5_000)) "
    while line.utf8.count < 99 { line += Self.words[random(&state, below: Self.words.count)] + " " }
    piece += line.utf8.prefix(99)
    piece.append(0x0A)
  }

  /// As a server prints it that knows it is on a terminal.
  private func appendColoured(_ number: Int, _ state: inout UInt64, to piece: inout [UInt8]) {
    var line: [UInt8] = []
    appendText(number, &state, to: &line)
    // The level, from the 14th byte on.
    piece += line[..<13] + Array("\u{1B}[\(line[13] == UInt8(ascii: "E") ? 31 : 32)m".utf8) + line[13..<18]
    piece += Array("\u{1B}[0m".utf8) + line[18...]
  }

  private func appendJSON(_ number: Int, _ state: inout UInt64, to piece: inout [UInt8]) {
    let level = ["info", "info", "info", "debug", "warn", "error"][random(&state, below: 6)]
    let path = Self.paths[random(&state, below: Self.paths.count)]
    piece +=
      "{\"time\":\"2026-01-02T14:05:33.\(100 + number % 900)Z\",\"level\":\"\(level)\",\"msg\":\"request \(Self.words[random(&state, below: Self.words.count)])\",\"method\":\"GET\",\"path\":\"\(path)\",\"status\":\(status(&state)),\"user\":{\"id\":\(random(&state, below: 5_000))},\"took_ms\":\(random(&state, below: 900))}\n"
      .utf8
  }
}
