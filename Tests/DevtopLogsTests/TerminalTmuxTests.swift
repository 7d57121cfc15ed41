import DevtopLogs
import Glibc
import Testing

/// Random streams on our screen and on that of tmux, an independent terminal.
struct TerminalTmuxTests {
  private static let hasTmux = system("command -v tmux >/dev/null") == 0 || getenv("CI") != nil
  private static let rows = 12
  private static let columns = 30

  @Test(.enabled(if: hasTmux, "tmux is not installed"))
  func `random streams look as in tmux`() throws {
    let count = 120
    var template = Array("/tmp/devtop-tmux.XXXXXX\0".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
    let directory = try #require(made)
    defer { _ = system("rm -rf '\(directory)'") }
    let streams = (0..<count).map {
      TerminalStream(seed: UInt64($0), rows: Self.rows, columns: Self.columns, steps: 40 + $0 * 4).bytes
    }
    for (index, stream) in streams.enumerated() { try write(stream, to: "\(directory)/\(index).in") }
    // A terminal has read a stream when it answers the question behind it. RIS does not leave tmux's alternate screen.
    let pane = """
      stty raw -echo
      i=0
      while [ $i -lt \(count) ]; do
        printf '\\033[?1049l\\033c'
        cat '\(directory)'/$i.in
        printf '\\033[5n'
        dd bs=1 count=4 >/dev/null 2>&1
        tmux -L "$1" capture-pane -p >'\(directory)'/$i.out
        tmux -L "$1" display-message -p '#{cursor_y} #{cursor_x} #{alternate_on}' >>'\(directory)'/$i.out
        i=$((i + 1))
      done
      tmux -L "$1" wait-for -S done
      sleep 1000
      """
    try write(Array(pane.utf8), to: "\(directory)/pane.sh")
    try write(Array("set -g status off\nset -g escape-time 0\n".utf8), to: "\(directory)/tmux.conf")
    let socket = "devtop-logs-\(getpid())"
    let status = system(
      """
      export LC_ALL=C.UTF-8; unset TMUX
      tmux -u -L \(socket) -f '\(directory)/tmux.conf' new-session -d -x \(Self.columns) -y \(Self.rows) \
        sh '\(directory)/pane.sh' \(socket) &&
      timeout 60 tmux -L \(socket) wait-for done
      status=$?
      tmux -L \(socket) kill-server
      exit $status
      """)
    #expect(status == 0, "tmux did not come to the end")
    for (index, stream) in streams.enumerated() {
      var screen = TerminalScreen(rows: Self.rows, columns: Self.columns)
      screen.feed(stream)
      var shown = (0..<Self.rows).map { withoutBlanks(screen.row($0).plain) }
      shown.append("\(screen.cursor.row) \(screen.cursor.column) \(screen.isAlternate ? 1 : 0)")
      var expected = try read("\(directory)/\(index).out")
      // Where a wrap is pending tmux's cursor stands behind the last column.
      if let last = expected.indices.last {
        expected[last] = expected[last].split(separator: " ").map {
          $0 == "\(Self.columns)" ? "\(Self.columns - 1)" : $0
        }
        .joined(separator: " ")
      }
      #expect(
        shown == expected, "stream \(index): \(String(decoding: stream, as: UTF8.self).debugDescription)")
    }
  }

  private func write(_ bytes: [UInt8], to path: String) throws {
    let file = try #require(fopen(path, "we"))
    #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    fclose(file)
  }

  /// The lines, without blanks at their ends.
  private func read(_ path: String) throws -> [String] {
    let file = try #require(fopen(path, "re"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = fread(&bytes, 1, bytes.count, file)
    var lines = bytes[..<count].split(separator: 0x0A, omittingEmptySubsequences: false).map {
      withoutBlanks($0)
    }
    lines.removeLast()
    return lines
  }

  /// A row that goes on keeps blanks at its end, tmux does not.
  private func withoutBlanks(_ line: some Collection<UInt8>) -> String {
    let count = line.reversed().drop { $0 == 0x20 }.count
    return String(decoding: line.prefix(count), as: UTF8.self)
  }
}
