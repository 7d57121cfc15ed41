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
  case "filters":
    let text = String(decoding: input, as: UTF8.self)
    // Whether it is a filter is not asked, only that the answer comes.
    _ = try? LogFilter.parse(text)
  case let target: fatalError("FUZZ_TARGET is \(target ?? "not set")")
  }
  return 0
}
