/// A symbol that a linker (GNU ld, gold, lld) does not find.
struct LinkerMessage {
  /// Line 1 where the linker knows the file alone, as it does without debug information.
  var location: SourceLocation
  var text: String

  /// Reads one line.
  ///
  /// The lines of lld name no file; `>>> referenced by` behind them does. Until then `manifest` stands for it.
  init?(_ line: Substring, manifest: String?) {
    if line.hasPrefix("ld.lld: error: ") || line.hasPrefix("lld: error: "),
      let message = line.range(of: "error: ")
    {
      location = SourceLocation(file: manifest ?? "Makefile", line: 1)
      text = String(line[message.upperBound...])
      return
    }
    guard let reference = line.range(of: "undefined reference to ") else { return nil }
    text = String(line[reference.lowerBound...])
    var before = line[..<reference.lowerBound]
    for linker in ["/usr/bin/ld: ", "ld: ", "ld.gold: ", "/usr/bin/ld.gold: "] where before.hasPrefix(linker)
    {
      before = before.dropFirst(linker.count)
    }
    // `FILE.c:LINE: `, else `FILE.c:(.text+0x5): ` or `OBJECT.o:FILE.c:function NAME: error: `.
    if let (found, _) = SourceLocation.leading(before + "x") {
      location = found
      return
    }
    let file = before.split(separator: ":").first { part in
      SourceLocation.isFile(String(part)) && !part.hasSuffix(".o") && !part.hasSuffix(".a")
    }
    guard let file else { return nil }
    location = SourceLocation(file: String(file), line: 1)
  }
}
