import DevtopCore

/// A filter typed letter by letter over a million lines.
struct LogTypingRow: Row {
  let bench: Workbench
  let effort: Effort

  private static let typed = [
    "timeout upstream", "/[0-9]{3}ms/", "Refused", "user=4217 | user=99", "level:error !lazy",
  ]

  func measure() throws(BenchError) -> [Finding] {
    let view = try LogScene(bench, LogLines(kind: .text, count: LogFilterRow.lineCount)).view()
    var painted: [Duration] = []
    var complete: [Duration] = []
    var worst = (text: "", time: Duration.zero)
    for text in Self.typed {
      for length in 1...text.count {
        let prefix = String(text.prefix(length))
        // What cannot be read yet keeps the filter before.
        guard let times = try? view.show(prefix) else { continue }
        painted.append(times.painted)
        complete.append(times.complete)
        if times.complete > worst.time { worst = (prefix, times.complete) }
      }
      _ = try view.show("")
    }
    let (first, whole) = (Samples(painted), Samples(complete))
    var finding = Finding(
      name: "logs-typing",
      what:
        "\(painted.count) keys of \(Self.typed.count) filters typed over \(Figure.count(LogFilterRow.lineCount)) lines: "
        + "until a screenful of rows is found, and until all lines are asked",
      measured:
        "rows \(Figure.milliseconds(first.greatest)), all \(Figure.milliseconds(whole.greatest)) at worst",
      target: "16 ms, 100 ms",
      verdict: first.greatest <= .milliseconds(16) && whole.greatest <= .milliseconds(100)
        ? .reached : .missed)
    finding.details = [
      "rows \(first.described), all \(whole.described)", "the slowest: `\(worst.text)`",
    ]
    return [finding]
  }
}
