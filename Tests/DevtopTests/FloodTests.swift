import DevtopCore
import Glibc
import Testing

/// More output than anybody can keep or take.
@Suite(.serialized) struct FloodTests {
  private static let logMemory = 16 << 20
  /// What there is beside the log.
  ///
  /// The program and its libraries (about 20 MB in a debug build), the lines on their way to a reader (4 MiB at most),
  /// and what the allocator keeps. A sixteenth of what the service prints: that is not held.
  private static let besideTheLog = 64 << 20

  private func run(
    _ script: String, tty: Bool, reads: Bool = true, _ body: (DevtopSession) async throws -> Void
  ) async throws {
    let project = try Project()
    try project.write(
      "devtop.toml",
      "log_memory = \"\(Self.logMemory >> 20)M\"\n"
        + FaultTests.service(script, more: "tty = \(tty)\nrestart = \"never\""))
    try await withDevtop(project, reads: reads, body)
  }

  @Test(arguments: [false, true])
  func `a line of a gigabyte is cut, held in little memory, and its end and the service's end are seen`(
    tty: Bool
  ) async throws {
    let script = "head -c 1073741824 /dev/zero | tr '\\0' x; echo; echo end; exit 3"
    try await run(script, tty: tty) { devtop in
      let failed = try await devtop.event("service.state", within: .seconds(300)) { $0.state == "failed" }
      #expect(failed.int("exit") == 3)
      let lines = devtop.lines("log")
      #expect(lines.count == 2)
      #expect(lines.first?.bool("truncated") == true)
      #expect(lines.first?.string("text")?.utf8.allSatisfy { $0 == UInt8(ascii: "x") } == true)
      #expect(lines.last?.string("text") == "end" && lines.last?.bool("truncated") != true)
      let peak = try #require(Processes.peakResidentSize(devtop.members().proper))
      #expect(peak < Self.logMemory + Self.besideTheLog, "\(peak) bytes")
      // It goes on as before.
      let started = devtop.count
      devtop.send("start")
      try await devtop.state("ready", after: started)
      try await devtop.quit()
    }
  }

  @Test func `a reader that does not read stalls nobody, and learns what it missed`() async throws {
    // More than the pipe and devtop's own buffer hold.
    let script = """
      test -e finished.txt && echo second > finished.txt && exec sleep 1000
      i=0; line=$(printf '%01000d' 7); while [ $i -lt 10000 ]; do echo "$i $line"; i=$((i+1)); done
      echo first > finished.txt; exec sleep 1000
      """
    try await run(script, tty: false, reads: false) { devtop in
      try await eventually("the service has written all") { devtop.project.text("finished.txt") == "first\n" }
      // The restart is told behind all of it.
      devtop.send("restart")
      try await eventually("it runs again") { devtop.project.text("finished.txt") == "second\n" }
      devtop.startReading()
      try await devtop.event("service.state") { $0.state == "ready" && $0.int("run") == 2 }
      let losses = devtop.lines("warning").compactMap { $0.string("message") }.filter {
        $0.contains("dropped")
      }
      let lost = losses.reduce(0) { $0 + (Int($1.split(separator: " ").first ?? "") ?? 0) }
      #expect(lost > 0 && lost + devtop.lines("log").count == 10_000)
      try await devtop.quit()
    }
  }
}
