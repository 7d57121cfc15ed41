import DevtopSupervisor
import Glibc
import Testing

extension Processes {
  @Suite struct Terminals {
    @Test func `what is written to the terminal is echoed and read`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let process = try stage.shell("echo ready; read line; echo \"got $line\"")
      try stage.recorder.wait { $0.text(process.id).contains("ready") }
      #expect(stage.supervisor.write(Array("hello\n".utf8), to: process.id) == 6)
      let seen = try stage.recorder.wait { $0.isOutputEnded(process.id) }
      #expect(seen.text(process.id) == "ready\r\nhello\r\ngot hello\r\n")
    }

    @Test func `the child has a controlling terminal of the given size, and sees a new one`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let process = try stage.spawn(
        [
          "/bin/sh", "-c",
          "stty size < /dev/tty; trap 'stty size; exit' WINCH; echo ready; while :; do sleep 0.01; done",
        ],
        terminal: .pty(columns: 123, rows: 45))
      try stage.recorder.wait { $0.text(process.id).contains("ready") }
      stage.supervisor.resize(process.id, columns: 77, rows: 11)
      let seen = try stage.recorder.wait { $0.isOutputEnded(process.id) }
      #expect(seen.text(process.id) == "45 123\r\nready\r\n11 77\r\n")
    }

    @Test func `a loud child is read to the last byte`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let lines = 300_000
      let process = try stage.python(
        "import sys; sys.stdout.write(''.join(f'line {i:90}\\n' for i in range(\(lines)))); print('end')")
      let seen = try stage.recorder.wait { $0.isOutputEnded(process.id, .output) }
      let bytes = seen.output[process.id]?[.output] ?? []
      #expect(bytes.count == lines * 96 + 4)
      #expect(bytes.suffix(4).elementsEqual("end\n".utf8))
    }
  }
}
