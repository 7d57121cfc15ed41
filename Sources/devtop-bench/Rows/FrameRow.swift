import DevtopCore
import DevtopLogs

/// What a frame costs on a large terminal: CPU, and bytes against the least that its changes take.
struct FrameRow: Row {
  let bench: Workbench

  private static let size = Size(columns: 200, rows: 60)
  private static let limit = (cpu: Duration.milliseconds(2), ratio: 1.1)
  private static let escape = "\u{1B}"

  /// Keys, each pressed so often: through panes, rows, columns, prompts and boxes.
  private static let script: [(key: String, count: Int)] = [
    ("3", 1), ("k", 40), ("j", 20), ("\u{1B}[5~", 10), ("\u{1B}[6~", 5), ("g", 1), ("G", 1), ("\t", 8),
    ("3", 1), ("T", 6),
    ("w", 4), ("z", 6), ("?", 1), (escape, 1), ("?", 1), (escape, 1), ("f", 1), ("o", 1), ("r", 1), ("d", 1),
    ("e", 1), ("r", 1),
    (escape, 1), ("/", 1), ("p", 1), ("a", 1), ("y", 1), ("\r", 1), ("n", 10), ("N", 5), ("G", 1), ("e", 5),
    ("E", 3),
    ("G", 1), ("m", 4), ("u", 1), (":", 1), (escape, 1),
  ]

  func measure() throws(BenchError) -> [Finding] {
    let directory = try bench.makeDirectory("frame")
    try SystemText.save(Self.service, to: directory + "/lines.py")
    try SystemText.save(
      """
      [service.shop]
      run = ["python3", "lines.py"]
      tty = false
      ready = "started"

      """, to: directory + "/devtop.toml")
    let (run, viewer) = try DevtopRun.onTerminal(bench, directory: directory, size: Self.size)
    defer { run.end() }
    _ = try viewer.wait(for: "the first frame", atMost: .seconds(20))
    viewer.expect { screen in (0..<screen.rows).contains { screen.text(row: $0).contains("all 5000 orders") }
    }
    _ = try viewer.wait(for: "the lines", atMost: .seconds(20))
    Clock.sleep(.seconds(2))
    let proper = try run.proper()
    viewer.beginLedger()
    let before = ProcessTable.cpuTime(proper)
    var keys = 0
    for (key, count) in Self.script {
      for _ in 0..<count {
        viewer.type(Array(key.utf8))
        keys += 1
        // An Escape alone is one after 25 ms.
        Clock.sleep(.milliseconds(40))
      }
    }
    Clock.sleep(.milliseconds(200))
    let cpu = ProcessTable.cpuTime(proper) - before
    guard let ledger = viewer.ledger, ledger.frames > keys / 2 else {
      throw .unexpected("there were too few frames for \(keys) keys")
    }
    let (frames, least) = (Double(ledger.frames), ledger.leastCost)
    let perFrame = cpu.inMilliseconds / frames
    let ratio = Double(ledger.bytes) / Double(least.bytes)
    func each(_ number: Int) -> String { Figure.number(Double(number) / frames) }
    var finding = Finding(
      name: "frame",
      what:
        "\(keys) keys through all panes at 200×60, over 5,000 lines and 10 more a second: CPU of devtop proper, all of "
        + "its threads, for each of \(ledger.frames) frames; bytes against the least that the changed cells take, with "
        + "the shortest moves and colour switches between them",
      measured: "\(Figure.rounded(perFrame, digits: 2)) ms, \(each(ledger.bytes)) bytes",
      floor: "\(each(least.bytes)) bytes",
      difference: "×" + Figure.rounded(ratio, digits: 2),
      target: "2 ms, ≤ ×1.1",
      verdict: perFrame <= Self.limit.cpu.inMilliseconds && ratio <= Self.limit.ratio ? .reached : .missed)
    finding.details = [
      "a frame: \(each(least.cells)) cells changed (\(each(least.cellBytes)) bytes), \(each(least.moves)) moves "
        + "(\(each(least.moveBytes)) bytes), colour switches \(each(least.switchBytes)) bytes"
    ]
    finding.details.append(
      "with blanks erased and characters repeated by control sequences, never scrolled: "
        + "\(each(least.bytes - least.savedBytes)) bytes at least, "
        + "×\(Figure.rounded(Double(ledger.bytes) / Double(least.bytes - least.savedBytes), digits: 2))")
    finding.values = [("cpu_ms", perFrame), ("bytes", Double(ledger.bytes) / frames), ("ratio", ratio)]
    return [finding]
  }

  /// Lines as a shop's server prints them, in colours, then ten a second.
  private static let service = """
    import random, sys, time
    random.seed(7)
    def line(number):
        status = random.choice([200, 200, 200, 201, 304, 404, 500])
        colour = 32 if status < 300 else 33 if status < 500 else 31
        level = "ERROR" if status == 500 else "WARN" if status == 404 else "INFO"
        return "[GIN] 2026/01/02 - 15:04:%02d | \\x1b[%dm%d\\x1b[0m | %8.3fms | %s POST /orders/%d paid by user %d" % (
            number % 60, colour, status, random.random() * 90, level, number, random.randrange(5000))
    for number in range(5000):
        print(line(number))
    print("all 5000 orders", flush=True)
    for number in range(5000, 6000):
        time.sleep(0.1)
        print(line(number), flush=True)

    """
}
