internal import DevtopCore

extension Compiler {
  /// The compiler that a build runs, by the first word of one of its commands; nil where none is known.
  static func inferred(from build: [BuildStep]) -> Compiler? {
    for step in build.reversed() {
      let commands: [[Substring]] =
        switch step.command {
        case .arguments(let words): [words.map { Substring($0) }]
        case .shell(let text):
          text.split { "&|;\n(){}".contains($0) }.map { $0.split(whereSeparator: \.isWhitespace) }
        }
      for words in commands.reversed() {
        if let compiler = words.first(where: { !$0.contains("=") }).flatMap({ named(Path.name(String($0))) })
        {
          return compiler
        }
      }
    }
    return nil
  }

  private static func named(_ program: String) -> Compiler? {
    switch program {
    case "go": .go
    case "swift", "swiftc": .swift
    case "cargo", "rustc": .rust
    case "cc", "gcc", "g++", "c++", "clang", "clang++": .c
    default: nil
    }
  }
}
