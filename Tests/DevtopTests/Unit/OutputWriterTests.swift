import DevtopCore
import Glibc
import Testing

@testable import devtop

/// A bounded buffer in front of a reader that may not read.
@Suite struct OutputWriterTests {
  @Test
  func `lines are dropped and counted, and the count is written when there is room, before the last line`()
    throws
  {
    let pipe = try Pipe()
    let writer = OutputWriter(descriptor: pipe.writeEnd) { "lost \($0)" }
    let line = String(repeating: "x", count: 1 << 16)
    let count = 200
    for _ in 0..<count { writer.write(line) }
    writer.flush()
    // Nothing else is written: the loss must come, in parts where the buffer was taken between the lines.
    var kept = 0
    var lost = 0
    var rest = ""
    while kept + lost < count {
      let text = pipe.readAll(atMost: 1 << 20)
      try #require(!text.isEmpty, "the loss was not told")
      let lines = (rest + text).split(separator: "\n", omittingEmptySubsequences: false)
      rest = String(lines.last ?? "")
      for line in lines.dropLast() {
        if line.hasPrefix("lost ") { lost += try #require(Int(line.dropFirst(5))) } else { kept += 1 }
      }
    }
    #expect(kept + lost == count && kept > 0 && lost > 0)
    writer.write("after")
    writer.finish("end", within: .seconds(10))
    #expect(pipe.readAll() == "after\nend\n")
  }

  @Test func `the last line is kept even when the buffer is full`() throws {
    let pipe = try Pipe()
    let writer = OutputWriter(descriptor: pipe.writeEnd) { "lost \($0)" }
    let line = String(repeating: "x", count: 1 << 16)
    for _ in 0..<200 { writer.write(line) }
    let text = Locked("")
    let isRead = Wakeup()
    Thread.startDetached {
      poll(nil, 0, 50)
      let all = pipe.readAll()
      text.withLock { $0 = all }
      isRead.ring()
    }
    writer.finish("end", within: .seconds(10))
    #expect(isRead.wait(atMost: .seconds(10)))
    // The loss is told as soon as there is room, which may be before the end is asked for.
    let all = text.withLock { $0 }
    #expect(all.hasSuffix("\nend\n") && all.contains("\nlost "))
  }

  @Test func `a reader that is gone does not hold the end`() throws {
    signal(SIGPIPE, SIG_IGN)
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    close(ends[0])
    let writer = OutputWriter(descriptor: ends[1]) { "lost \($0)" }
    writer.write("one")
    writer.finish("end", within: .seconds(30))
    close(ends[1])
  }
}
