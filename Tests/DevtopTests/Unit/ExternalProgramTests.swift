import DevtopCore
import Glibc
import Testing

@testable import devtop

/// What is said of an editor that has ended.
@Suite struct ExternalProgramTests {
  @Test func `an editor that fails at once is told with the way out`() {
    func complaint(_ status: Int32, lasted: Duration) -> String? {
      ExternalProgram.complaint("false", status: status, lasted: lasted)
    }
    #expect(complaint(1 << 8, lasted: .zero) == "false ended with exit 1; set VISUAL or EDITOR")
    #expect(complaint(9, lasted: .zero) == "false ended by signal 9; set VISUAL or EDITOR")
    #expect(complaint(1 << 8, lasted: .seconds(60)) == "false ended with exit 1")
    #expect(complaint(0, lasted: .zero) == nil)
  }

  @Test(arguments: [
    ("exit 3", "sh ended with exit 3"), ("exit 0", nil), ("kill -9 $$", "sh ended by signal 9"),
  ])
  func `a program's end is read from the kernel`(script: String, said: String?) throws {
    let program = try ExternalProgram(["sh", "-c", script], environment: ["PATH": "/bin:/usr/bin"])
    var descriptor = pollfd(fd: program.descriptor, events: Int16(POLLIN), revents: 0)
    #expect(poll(&descriptor, 1, 20_000) == 1)
    let complaint = program.reap()
    if let said { #expect(complaint?.hasPrefix(said) == true) } else { #expect(complaint == nil) }
  }
}
