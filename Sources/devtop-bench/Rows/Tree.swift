/// A tree of 10,000 files in 1,000 directories, with a service that only sleeps.
struct Tree {
  static let directories = 1_000
  static let files = 10_000

  let root: String

  /// Writes it.
  ///
  /// - Throws: `BenchError.system`.
  init(_ bench: Workbench) throws(BenchError) {
    root = bench.directory + "/tree"
    try SystemText.makeDirectory(root)
    // 100 directories with 9 others in each, 10 files of a few hundred bytes in every one.
    let line = "// A line of a source file, as long as they are.\n"
    let text = String(repeating: line, count: 8)
    for outer in 0..<100 {
      for inner in 0..<10 {
        let path = "\(root)/package\(outer)" + (inner == 0 ? "" : "/part\(inner)")
        try SystemText.makeDirectory(path)
        for file in 0..<10 {
          try SystemText.save("\(text)// \(outer).\(inner).\(file)\n", to: "\(path)/file\(file).go")
        }
      }
    }
    try SystemText.save(
      """
      [service.sleeper]
      run = ["sleep", "1000"]
      ready = "started"

      """, to: root + "/devtop.toml")
  }
}
