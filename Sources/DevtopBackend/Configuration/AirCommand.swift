internal import DevtopCore

/// What air runs: `full_bin` before `entrypoint` before `bin`, with `args_bin` and the words after `--`.
struct AirCommand {
  private var build: AirValues
  private let directory: String
  private let findings: ConfigurationFindings

  init(build: AirValues, directory: String, findings: ConfigurationFindings) {
    self.build = build
    self.directory = directory
    self.findings = findings
  }

  /// Arguments go through the shell where they need it, as `args_bin = ["--port $PORT"]` does in air.
  func run(words: [String]) -> CommandSpec {
    var build = build
    let arguments = (build.texts("args_bin") ?? []).map(\.text)
    let entrypoint = (build.texts("entrypoint") ?? []).map(\.text)
    let binary = build.text("bin")
    if let full = build.text("full_bin"), !full.allSatisfy(\.isWhitespace) {
      return shell(full, arguments, words)
    }
    if let program = entrypoint.first, !program.isEmpty {
      guard arguments.allSatisfy(Self.isPlain) else {
        return shell(CommandSpec.arguments(entrypoint).description, arguments, words)
      }
      return .arguments(entrypoint + arguments + words)
    }
    var text = binary ?? AirReader.defaultBinary
    if text.allSatisfy(\.isWhitespace) { text = AirReader.defaultBinary }
    if Self.isPlain(text) {
      // A name alone is a file of the root there, not a program of PATH.
      let program = text.contains("/") ? text : "./\(text)"
      return arguments.allSatisfy(Self.isPlain)
        ? .arguments([program] + arguments + words) : shell(program, arguments, words)
    }
    return shell(text, arguments, words)
  }

  private func shell(_ text: String, _ arguments: [String], _ words: [String]) -> CommandSpec {
    var parts = [text] + arguments
    if !words.isEmpty { parts.append(CommandSpec.arguments(words).description) }
    return .shell(parts.joined(separator: " "))
  }

  /// Whether the shell would leave the text as it is.
  private static func isPlain(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "-_./:=,+@%".utf8.contains(byte)
        }
      }
  }
}
