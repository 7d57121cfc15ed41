import DevtopCore
@testable import DevtopLogs
import Glibc

/// What libFuzzer calls with each input, as `.ci/fuzz` builds it.
///
/// `FUZZ_TARGET` tells what is tried.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = UnsafeBufferPointer(start: start, count: count)
  switch getenv("FUZZ_TARGET").map({ String(cString: $0) }) {
  case "terminal":
    if let problem = FuzzedTerminal.violation(input) { fatalError(problem) }
  case "lines":
    let plain = LineText.plain(input)
    if String(validating: plain, as: UTF8.self) == nil { fatalError("not UTF-8: \(plain)") }
    let shown = LineText.styled(input).plain
    if !TerminalInvariants.isClean(Array(shown.utf8)) { fatalError("not printable: \(shown)") }
  case "store":
    let store = LogStore(capacityInBytes: 1 << 20) { WallTime(milliseconds: 0) }
    store.setTerminalSize(
      Size(columns: Int(input.first ?? 80) % 60 + 2, rows: Int(input.last ?? 24) % 20 + 1))
    let source = store.source(service: "api", run: 1, stream: .terminal)
    for piece in input.split(separator: 0xFE) {
      Array(piece).withUnsafeBytes { store.append($0, from: source) }
      for line in store.read({ $0.partialLines }) where line.bytes.count > PartialLine.maximumSizeInBytes {
        fatalError("a line of \(line.bytes.count) bytes")
      }
    }
    store.finish(source)
    if !store.read({ $0.partialLines }).isEmpty { fatalError("something is not finished") }
    for row in store.lines(after: -1, limit: .max)
    where !TerminalInvariants.isClean(Array(row.text.plain.utf8)) {
      fatalError("not printable: \(row.text.plain)")
    }
  case "filters":
    let text = String(decoding: input, as: UTF8.self)
    // Whether it is a filter is not asked, only that the answer comes.
    _ = try? LogFilter.parse(text)
  case let target: fatalError("FUZZ_TARGET is \(target ?? "not set")")
  }
  return 0
}
