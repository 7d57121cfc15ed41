/// A command of the configuration.
package enum CommandSpec: Hashable, Sendable {
  /// Goes through `/bin/sh -c`.
  case shell(String)
  /// A program and its arguments; no shell is involved. Never empty.
  case arguments([String])

  /// As a person would type it.
  package var description: String {
    switch self {
    case .shell(let text): text
    case .arguments(let words): words.map(Self.quoted).joined(separator: " ")
    }
  }

  /// The program and its arguments as they are executed.
  package var words: [String] {
    switch self {
    case .shell(let text): ["/bin/sh", "-c", text]
    case .arguments(let words): words
    }
  }

  private static func quoted(_ word: String) -> String {
    let safe = word.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
        UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: ","), UInt8(ascii: "+"),
        UInt8(ascii: "@"), UInt8(ascii: "%"):
        true
      default: false
      }
    }
    guard !safe || word.isEmpty else { return word }
    return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}

/// One command of a build.
package struct BuildStep: Hashable, Sendable {
  package var command: CommandSpec
  /// Whether its failure fails the build (air's `pre_cmd` only does with `stop_on_error`).
  package var isRequired: Bool

  package init(_ command: CommandSpec, isRequired: Bool = true) {
    self.command = command
    self.isRequired = isRequired
  }
}
