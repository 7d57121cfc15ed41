import DevtopLogs
import Glibc
import Testing

/// What holds for any bytes.
struct TerminalPropertyTests {
  private static let corpus =
    #filePath.split(separator: "/").dropLast(2).map { "/" + $0 }.joined() + "/Corpus/terminal"

  // What the fuzzer (.ci/fuzz) found worth keeping: inputs that reach every branch, and those that broke a rule.
  @Test func `the fuzzer's inputs keep the rules`() throws {
    let folder = try #require(opendir(Self.corpus))
    defer { closedir(folder) }
    var count = 0
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard !name.hasPrefix(".") else { continue }
      let input = try TerminalFile.contents(of: Self.corpus + "/" + name)
      let problem = input.withUnsafeBufferPointer { FuzzedTerminal.violation($0) }
      #expect(problem == nil, "\(name)")
      count += 1
    }
    #expect(count > 50)
  }

  @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
  func `it does not matter where a stream is cut`(seed: UInt64) {
    let stream =
      TerminalStream(seed: seed, rows: 10, columns: 25, steps: 60).bytes + Array("e\u{301}👩\u{200D}🚀".utf8)
    var whole = TerminalScreen(rows: 10, columns: 25)
    whole.feed(stream)
    let rows = (0..<10).map { whole.row($0) }
    let scrolledOff = whole.takeScrolledOff()
    for cut in stream.indices {
      var screen = TerminalScreen(rows: 10, columns: 25)
      screen.feed(Array(stream[..<cut]))
      screen.feed(Array(stream[cut...]))
      guard (0..<10).allSatisfy({ screen.row($0) == rows[$0] }), screen.cursor == whole.cursor,
        screen.modes == whole.modes, screen.takeScrolledOff() == scrolledOff
      else {
        Issue.record("cut at \(cut)")
        return
      }
    }
  }

  @Test(arguments: [11, 12, 13, 14] as [UInt64])
  func `random bytes keep the rules`(seed: UInt64) {
    var generator = SeededGenerator(state: seed)
    let alphabet = Array(
      "\u{1B}\u{1B}[[]]?;;0123456789:HJKLMPSTXZ@ABCDEFGabcdefghlmnrsu789=>()#cMDE\r\n\t\u{8}\u{7}日e\u{301}x "
        .utf8)
    var screen = TerminalScreen(rows: 9, columns: 17)
    for _ in 0..<300 {
      var bytes: [UInt8] = []
      for _ in 0..<100 {
        let isAny = Int.random(in: 0..<20, using: &generator) == 0
        bytes.append(
          isAny
            ? UInt8.random(in: 0...255, using: &generator) : alphabet.randomElement(using: &generator) ?? 0)
      }
      screen.feed(bytes)
      if Int.random(in: 0..<10, using: &generator) == 0 {
        screen.resize(
          rows: Int.random(in: 1...20, using: &generator), columns: Int.random(in: 1...40, using: &generator))
      }
      #expect(TerminalInvariants.violation(of: &screen) == nil)
    }
  }

  // Would take hours if a count were worked off one by one.
  @Test(arguments: [
    "@", "L", "M", "P", "S", "T", "X", "b", "I", "Z", "A", "B", "C", "D", "E", "F", "G", "d", "J", "K",
  ])
  func `huge counts are clamped`(final: String) {
    var screen = TerminalScreen(rows: 50, columns: 200)
    let sequence = Array("x\(csi)99999999999999999999\(final)".utf8)
    for _ in 0..<200 { screen.feed(sequence) }
    #expect(TerminalInvariants.violation(of: &screen) == nil)
  }
}
