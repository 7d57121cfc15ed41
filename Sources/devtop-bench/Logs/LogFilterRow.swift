import DevtopCore

/// Filters over a million lines of text, against ripgrep on the same bytes.
struct LogFilterRow: Row {
  enum Kind: String {
    case literal = "logs-literal"
    /// Regular expressions in which no piece of text must occur.
    case regex = "logs-regex"
    /// Lines that must be cleaned first.
    case coloured = "logs-coloured"

    /// Each as devtop's filter has it, and as ripgrep takes it with `-S`.
    var patterns: [(name: String, filter: String, peer: String)] {
      switch self {
      case .literal:
        [
          ("word", "Timeout", "Timeout"), ("caseless", "timeout", "timeout"),
          ("path", "/api/orders/42", "/api/orders/42"), ("rare", "user=4217", "user=4217"),
          ("absent", "\"no such words\"", "no such words"),
        ]
      case .regex:
        [
          ("capitals", "/\\b[A-Z]{5}\\b/", "\\b[A-Z]{5}\\b"), ("digits", "/[0-9]{3}ms/", "[0-9]{3}ms"),
          ("vowels", "/[aeiou]{2}[a-z][aeiou]/", "[aeiou]{2}[a-z][aeiou]"),
          ("words", "/\\b[a-z]{7} [a-z]{8}\\b/", "\\b[a-z]{7} [a-z]{8}\\b"),
          ("class", "/ [45][0-9][0-9] /", " [45][0-9][0-9] "),
        ]
      case .coloured:
        [("rare", "user=4217", "user=4217"), ("digits", "/[0-9]{3}ms/", "[0-9]{3}ms")]
      }
    }

    var target: Duration {
      switch self {
      case .literal: .milliseconds(20)
      case .regex: .milliseconds(40)
      // As for what is typed.
      case .coloured: .milliseconds(100)
      }
    }
  }

  static let lineCount = 1_000_000

  let kind: Kind
  let bench: Workbench
  let effort: Effort

  private enum Side: CaseIterable {
    case devtop, ripgrep
  }

  func measure() throws(BenchError) -> [Finding] {
    let scene = try LogScene(
      bench, LogLines(kind: kind == .coloured ? .coloured : .text, count: Self.lineCount))
    let view = try scene.view()
    var findings: [Finding] = []
    var medians: [Duration] = []
    for pattern in kind.patterns {
      var counts: Set<Int> = []
      let rounds = try InTurn.measure(rounds: effort.pairs, Side.allCases) {
        (side) throws(BenchError) -> Duration in
        switch side {
        case .devtop:
          let times = try view.show(pattern.filter)
          counts.insert(times.matched)
          // What it found would narrow the next.
          _ = try view.show("")
          return times.complete
        case .ripgrep:
          let (time, count) = try scene.run(["rg", "-S", "-j1", "-c", "--no-config", "-e", pattern.peer])
          counts.insert(count)
          return time
        }
      }
      guard counts.count == 1, let matched = counts.first else {
        throw .unexpected("\(pattern.filter): devtop and ripgrep found different lines: \(counts.sorted())")
      }
      let own = Samples(rounds.map { $0[0] })
      let peer = Samples(rounds.map { $0[1] })
      medians.append(own.median)
      var finding = Finding(
        name: "\(kind.rawValue)-\(pattern.name)",
        what:
          "`\(pattern.filter)` over \(Figure.count(Self.lineCount)) lines of 100 bytes until all are asked, "
          + "\(Figure.count(matched)) match, \(effort.pairs) rounds in turn; floor: `rg -S -j1 -c` on the same bytes in "
          + "the page cache",
        measured: own.described)
      finding.floor = peer.described
      finding.difference =
        "×" + Figure.rounded(own.median.inMilliseconds / peer.median.inMilliseconds, digits: 2)
      if kind != .coloured {
        finding.target = "at or below rg"
        finding.verdict = own.median <= peer.median ? .reached : .missed
      }
      finding.details = [try peers(pattern.peer, scene)]
      finding.values = [("median_ms", own.median.inMilliseconds), ("rg_ms", peer.median.inMilliseconds)]
      findings.append(finding)
    }
    let all = Samples(medians)
    findings.append(
      Finding(
        name: kind.rawValue, what: "the median of the medians above",
        measured: Figure.milliseconds(all.median),
        target: "≤ \(Figure.milliseconds(kind.target))",
        verdict: all.median <= kind.target ? .reached : .missed))
    if kind == .regex { findings.append(try growth()) }
    return findings
  }

  /// How long others take, once, for who knows them; what they count as a match may differ.
  private func peers(_ pattern: String, _ scene: LogScene) throws(BenchError) -> String {
    let caseless = pattern.contains(where: \.isUppercase) ? [] : ["-i"]
    let grep = try scene.run(["grep", "-c", "-E"] + caseless + ["-e", pattern])
    let lnav = try scene.run(["sh", "-c", "lnav -n -c \":filter-in $0\" \"$1\" | wc -l", pattern])
    return "`grep -c`: \(Figure.milliseconds(grep.time)), \(Figure.count(grep.count)) match; "
      + "`lnav -n -c ':filter-in …'`: \(Figure.milliseconds(lnav.time)), \(Figure.count(lnav.count)) match"
  }

  /// Five times the lines take five times as long.
  private func growth() throws(BenchError) -> Finding {
    let pattern = kind.patterns[0]
    var times: [Duration] = []
    for count in [Self.lineCount, 5 * Self.lineCount] {
      let view = try LogScene(bench, LogLines(kind: .text, count: count)).view()
      var samples: [Duration] = []
      for _ in 0..<3 {
        samples.append(try view.show(pattern.filter).complete)
        _ = try view.show("")
      }
      times.append(Samples(samples).median)
    }
    let ratio = times[1].inMilliseconds / times[0].inMilliseconds
    return Finding(
      name: "\(kind.rawValue)-growth",
      what: "`\(pattern.filter)` over 5,000,000 lines; floor: over 1,000,000",
      measured: Figure.milliseconds(times[1]), floor: Figure.milliseconds(times[0]),
      difference: "×" + Figure.rounded(ratio, digits: 2), target: "linear: ≤ ×6",
      verdict: ratio <= 6 ? .reached : .missed)
  }
}
