internal import DevtopCore

/// The flags of air's keys, as `--build.cmd "go build"`, taken out of a command line.
package struct AirFlags: Equatable, Sendable {
  /// One key; a list may be named several times.
  struct Flag: Equatable, Sendable {
    /// `build.cmd`.
    var name: String
    var content: TomlValue.Content
  }

  var flags: [Flag] = []

  package init() {}

  package var isEmpty: Bool { flags.isEmpty }

  /// Takes the flags out of the arguments, up to `--`.
  ///
  /// A flag is `--NAME VALUE` or `--NAME=VALUE`, with one dash too, as in Go; booleans take a value; lists are
  /// separated by commas, or the flag is repeated. Only names with a dot, and air's top-level keys with `_`, are
  /// taken: the rest is devtop's.
  ///
  /// - Throws: `ConfigurationError.invalid` for an unknown key, a missing value or one of a wrong type.
  package static func take(_ arguments: [String]) throws(ConfigurationError) -> (
    flags: AirFlags, rest: [String]
  ) {
    var flags = AirFlags()
    var rest: [String] = []
    var problems: [ConfigurationProblem] = []
    var index = 0
    while index < arguments.count {
      let argument = arguments[index]
      index += 1
      if argument == "--" {
        rest += arguments[(index - 1)...]
        break
      }
      guard let (name, inline) = split(argument) else {
        rest.append(argument)
        continue
      }
      let position = SourcePosition(file: "--\(name)")
      guard let kind = AirKeys.kind(of: name) else {
        let hint = NearestName.hint(name, among: AirKeys.all.map(\.name))
        problems.append(ConfigurationProblem("unknown flag\(hint)", at: position))
        continue
      }
      guard let value = inline ?? (index < arguments.count ? arguments[index] : nil) else {
        problems.append(ConfigurationProblem("a value is missing: --\(name) VALUE", at: position))
        continue
      }
      if inline == nil { index += 1 }
      do {
        flags.add(Flag(name: name, content: try content(of: value, kind: kind, at: position)))
      } catch {
        problems.append(error)
      }
    }
    guard problems.isEmpty else { throw .invalid(problems) }
    return (flags, rest)
  }

  private mutating func add(_ flag: Flag) {
    guard let index = flags.firstIndex(where: { $0.name == flag.name }) else {
      flags.append(flag)
      return
    }
    if case .array(let old) = flags[index].content, case .array(let new) = flag.content {
      flags[index].content = .array(old + new)
    } else {
      flags[index] = flag
    }
  }

  /// The name and the value behind `=` of an argument that is such a flag.
  private static func split(_ argument: String) -> (name: String, value: String?)? {
    let dashes = argument.prefix { $0 == "-" }.count
    guard dashes == 1 || dashes == 2 else { return nil }
    let body = argument.dropFirst(dashes)
    let name = body.prefix { $0 != "=" }
    guard let first = name.first, first.isLetter else { return nil }
    let isKey = ["tmp_dir", "testdata_dir", "env_files", "root"].contains(name)
    guard isKey || (name.contains(".") && name.allSatisfy { $0.isLetter || $0 == "." || $0 == "_" }) else {
      return nil
    }
    return (String(name), name.count < body.count ? String(body.dropFirst(name.count + 1)) : nil)
  }

  private static func content(
    of text: String, kind: AirKeys.Kind, at position: SourcePosition
  ) throws(ConfigurationProblem) -> TomlValue.Content {
    switch kind {
    case .text: return .string(text)
    case .texts, .textOrTexts:
      guard !text.isEmpty else { return .array([]) }
      let items = text.split(separator: ",", omittingEmptySubsequences: false)
      return .array(
        items.map { TomlValue(content: .string(String($0)), place: TomlPlace(line: 0, column: 0)) })
    case .boolean:
      // strconv.ParseBool.
      if ["1", "t", "T", "true", "TRUE", "True"].contains(text) { return .boolean(true) }
      if ["0", "f", "F", "false", "FALSE", "False"].contains(text) { return .boolean(false) }
      throw ConfigurationProblem(
        "expected true or false, found \(ConfigurationText.quoted(text))", at: position)
    case .number, .milliseconds, .killDelay: return Int64(text).map { .integer($0) } ?? .string(text)
    }
  }
}

extension ConfigurationProblem: Error {}
