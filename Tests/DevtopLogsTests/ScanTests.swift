import CScan
import DevtopCore
import Testing

@testable import DevtopLogs

/// What is done 16 bytes at a time, against the same byte by byte.
struct ScanTests {
  private static let alphabet = Array("aA\t\u{1B}\u{08}\r\n\n".utf8)

  @Test(arguments: 1...40) func `lines and which of them are dirty`(seed: UInt64) throws {
    var random = SeededGenerator(state: seed)
    // Long stretches without a control, and short ones.
    let bytes = (0..<3_000).flatMap { _ -> [UInt8] in
      let byte = Self.alphabet[Int.random(in: 0..<Self.alphabet.count, using: &random)]
      return Array(repeating: byte, count: byte > 0x20 ? Int.random(in: 1...90, using: &random) : 1)
    }
    let store = LogStore(4 << 20)
    let source = store.source()
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = rest.prefix(Int.random(in: 1...40_000, using: &random))
      store.append(Array(piece), from: source)
      rest = rest.dropFirst(piece.count)
    }
    store.finish(source)
    var expected = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { Array($0) }
    if expected.last == [] { expected.removeLast() }
    let chunk = try #require(store.read { $0.chunks.first })
    #expect(chunk.lineCount == expected.count)
    for (line, raw) in expected.enumerated() {
      let text = raw.last == 0x0D ? Array(raw.dropLast()) : raw
      #expect(Array(chunk.bytes(ofLine: line)) == text)
      let isDirty = text.contains { $0 == 0x1B || $0 == 0x08 || $0 == 0x0D }
      #expect(chunk.storage.entries[line].isDirty == isDirty)
    }
  }

  @Test(arguments: 1...40, [false, true]) func `words`(seed: UInt64, isCaseless: Bool) throws {
    var random = SeededGenerator(state: seed)
    let letters = Array("abABz-1@`[{".utf8)
    func text(_ count: Int) -> [UInt8] {
      (0..<count).map { _ in letters[Int.random(in: 0..<letters.count, using: &random)] }
    }
    func folded(_ bytes: some Sequence<UInt8>) -> [UInt8] {
      isCaseless ? bytes.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 } : Array(bytes)
    }
    for length in 1...5 {
      let word = text(length)
      let hay = text(Int.random(in: 0...700, using: &random))
      let scan = try #require(ScanWord(String(decoding: word, as: UTF8.self), isCaseless: isCaseless))
      var found: [Int] = []
      hay.withUnsafeBufferPointer { hay in
        scan.forEach(in: hay) { place in
          found.append(place)
          return place + 1
        }
      }
      let expected = hay.indices.filter { folded(hay[$0...].prefix(length)) == folded(word) }
      #expect(found == expected)
    }
  }

  @Test(arguments: 1...20) func `a line without its colours`(seed: UInt64) {
    var random = SeededGenerator(state: seed)
    let pieces = [
      "a", "order 42 ", "\t", "\u{1B}[31m", "\u{1B}[m", "\u{1B}[38;5;12;1m", "\u{1B}[4:3m", "µ", "é", "─",
      "█", "a longer piece of text",
    ]
    let others = [
      "\r", "\u{1B}", "\u{1B}[", "\u{1B}[2", "\u{1B}[K", "\u{1B}[>4m", "\u{AD}", "\u{7F}", "\u{85}", "漢",
      "\u{200D}", "\0",
    ]
    var known = 0
    for round in 0..<2_000 {
      var line: [UInt8] = []
      for _ in 0..<Int.random(in: 0...12, using: &random) {
        let isOther = round.isMultiple(of: 2) && Int.random(in: 0..<8, using: &random) == 0
        line += (isOther ? others : pieces)[Int.random(in: 0..<12, using: &random)].utf8
      }
      // A character that is cut, or what is none.
      if round.isMultiple(of: 5), !line.isEmpty {
        line[Int.random(in: 0..<line.count, using: &random)] = .random(in: 0...255, using: &random)
      }
      var plain = [UInt8](repeating: 0, count: max(1, line.count))
      let size = scan_plain(line, line.count, &plain)
      let cleaned = line.withUnsafeBufferPointer { LineText.cleaned($0) }
      if size >= 0 {
        known += 1
        #expect(Array(plain[..<size]) == cleaned, "\(line)")
      }
      var appended = Array("x".utf8)
      line.withUnsafeBufferPointer { LineText.appendPlain($0, to: &appended) }
      #expect(appended == Array("x".utf8) + cleaned, "\(line)")
    }
    #expect(known > 1_000)
  }
}
