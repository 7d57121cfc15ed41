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

    @Test func `a paste that is larger than the terminal's memory comes whole`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let size = 400_000
      let process = try stage.spawn(
        [
          "/usr/bin/python3", "-c",
          """
          import hashlib, os, sys, time, tty
          tty.setraw(0)
          os.write(1, b'ready')
          time.sleep(0.3)
          got = b''
          while len(got) < \(size): got += os.read(0, 65536)
          print(len(got), sum(index % 251 * byte for index, byte in enumerate(got)))
          """,
        ], terminal: .pty(columns: 80, rows: 24))
      try stage.recorder.wait { $0.text(process.id).contains("ready") }
      let paste = (0..<size).map { UInt8(ascii: "a") + UInt8($0 % 23) }
      #expect(stage.supervisor.write(Array(paste[..<100_000]), to: process.id) == 100_000)
      #expect(stage.supervisor.write(Array(paste[100_000...]), to: process.id) == size - 100_000)
      let sum = paste.enumerated().reduce(0) { $0 + $1.offset % 251 * Int($1.element) }
      let seen = try stage.recorder.wait { $0.isOutputEnded(process.id) }
      #expect(seen.text(process.id).hasSuffix("\(size) \(sum)\n"), "\(seen.text(process.id))")
    }

    @Test func `what nobody reads is kept up to a limit`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let process = try stage.spawn(
        ["/bin/sh", "-c", "stty raw; echo ready; sleep 1000"], terminal: .pty(columns: 80, rows: 24))
      try stage.recorder.wait { $0.text(process.id).contains("ready") }
      let all = [UInt8](repeating: 0x61, count: 2 << 20)
      let taken = stage.supervisor.write(all, to: process.id)
      #expect(taken >= 1 << 20 && taken < all.count)
      // At most what the kernel has taken since.
      #expect(stage.supervisor.write(all, to: process.id) < 128 << 10)
      stage.supervisor.kill(process.id)
      try stage.recorder.wait { $0.hasEnded(process.id) }
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
