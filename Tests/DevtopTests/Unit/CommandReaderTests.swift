import DevtopCore
import Glibc
import Testing

@testable import devtop

/// Lines of standard input.
@Suite struct CommandReaderTests {
  @Test(arguments: [
    ("build", Command?.some(.build(nil))), ("build api", .build("api")),
    ("  restart\tapi \r", .restart("api")),
    ("stop", .stop(nil)), ("start api", .start("api")), ("pause", .pause), ("resume", .resume),
    ("quit", .quit), ("", nil), ("  \t", nil),
  ])
  func `a line is a command`(line: String, command: Command?) {
    #expect(CommandReader.parse(Array(line.utf8)) == command)
  }

  @Test(arguments: ["dance", "quit now", "build api web", "BUILD", "pause api"])
  func `another line is answered with what there is`(line: String) {
    guard case .unknown(let sentence) = CommandReader.parse(Array(line.utf8)) else {
      Issue.record("\(line) was taken")
      return
    }
    #expect(sentence.contains(line) && sentence.contains("restart [service]"))
  }

  @Test func `commands come in order, one without a line break at the end, too long ones are told`() throws {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    let told = Locked<[Command]>([])
    let bell = Wakeup()
    CommandReader.start(descriptor: ends[0]) { event in
      guard case .command(let command) = event else { return }
      let isLast = told.withLock { told in
        told.append(command)
        return told.count == 3
      }
      if isLast { bell.ring() }
    }
    let text = Array(("pause\n" + String(repeating: "x", count: 5_000) + "\n\nquit").utf8)
    #expect(write(ends[1], text, text.count) == text.count)
    close(ends[1])
    #expect(bell.wait(atMost: .seconds(10)))
    close(ends[0])
    let commands = told.withLock { $0 }
    #expect(commands.first == .pause && commands.last == .quit)
    guard case .unknown(let sentence)? = commands.dropFirst().first else {
      Issue.record("\(commands)")
      return
    }
    #expect(sentence.contains("4096"))
  }
}
