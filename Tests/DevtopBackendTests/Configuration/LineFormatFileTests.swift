import DevtopCore
import Testing

@testable import DevtopBackend

@Suite struct LineFormatFileTests {
  private static let services = "[service.api]\nrun = \"x\"\n[service.web]\nrun = \"y\"\n"

  @Test func `formats arrive in the order of the file`() throws {
    let reading = try read(
      Self.services + """
        [format.shop]
        pattern = '^(?<level>\\w) (?<message>.*)$'
        levels = { W = "warn", E = "error", "?" = "trace" }
        services = ["web"]
        [format.all]
        pattern = "(?<a>\\\\w+)"
        """)
    #expect(
      reading.configuration.lineFormats == [
        LineFormatSettings(
          name: "shop", pattern: #"^(?<level>\w) (?<message>.*)$"#,
          levels: ["W": .warn, "E": .error, "?": .trace], services: ["web"]),
        LineFormatSettings(name: "all", pattern: #"(?<a>\w+)"#),
      ])
    #expect(reading.origins["format.shop.levels"] == "devtop.toml:7")
  }

  @Test(arguments: [
    (
      "pattern = '^(?<a>[x$'",
      "devtop.toml:6:11: format.f.pattern: at character 10 of the expression: missing terminating ] for character class"
    ),
    (
      "pattern = '\\w+'",
      "devtop.toml:6:11: format.f.pattern: the expression has no named group, and so no fields; name one, as in (?<level>\\w+)"
    ),
    (
      "pattern = '(?<a>x)|(?<a>y)'",
      "devtop.toml:6:11: format.f.pattern: two groups have the same name; give each its own, or write (?|…|…) around alternatives that share names"
    ),
    (
      "pattern = '^(?<a>(\\w+\\s*)+):'",
      "devtop.toml:6:11: format.f.pattern: the expression takes too many steps on lines that it does not match; leave out repetitions within repetitions, such as (\\w+)*, and say what ends a group, as [^\\]]+ does"
    ),
    (
      "levels = {}",
      "devtop.toml:5:9: format.f needs a pattern, such as pattern = '^(?<time>\\S+) (?<level>\\w+) (?<message>.*)$'"
    ),
    (
      "pattern = 5",
      "devtop.toml:6:11: format.f.pattern: expected a string, found the integer 5"
    ),
    (
      "pattern = '(?<level>x)'\nlevels = { E = \"eror\" }",
      "devtop.toml:7:16: format.f.levels.E: \"eror\" is not a value of it; did you mean \"error\"?"
    ),
    (
      "pattern = '(?<a>x)'\nlevels = { E = \"error\" }",
      "devtop.toml:7:10: format.f.levels: the pattern has no group of the name level; name it, as in (?<level>\\w+), or leave levels out"
    ),
    (
      "pattern = '(?<a>x)'\nservices = [\"apy\"]",
      "devtop.toml:7:13: format.f.services: there is no service \"apy\"; did you mean \"api\"?"
    ),
    (
      "pattern = '(?<a>x)'\nservice = \"api\"",
      "devtop.toml:7:1: unknown key \"service\" in [format.f]; did you mean \"services\"?"
    ),
  ])
  func `an error says what is wrong with a format, where, and the way out`(
    text: String, message: String
  ) throws {
    let found = try errors(Self.services + "[format.f]\n" + text + "\n")
    #expect(found == [message], "\(found)")
  }

  @Test(arguments: [
    (
      "[format]\npattern = 'x'",
      "devtop.toml:6:1: format.pattern: expected a table, found the string \"x\"; a format has a name: [format.NAME]"
    ),
    (
      "[format.\"a b\"]\npattern = '(?<a>x)'",
      "devtop.toml:5:9: \"a b\" is no name for a format; use letters, digits, `-`, `_` and `.`, 64 at most"
    ),
  ])
  func `a format has a name`(text: String, message: String) throws {
    #expect(try errors(Self.services + text) == [message])
  }

  @Test func `check shows formats with where they are from`() throws {
    let text = try read(Self.services + "[format.f]\npattern = '(?<level>\\w)'\nlevels = { E = \"error\" }\n")
      .described
    let lines = text.split(separator: "\n").map {
      $0.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    }
    for line in [
      "[format.f]", #"pattern = "(?<level>\\w)" # devtop.toml:6"#,
      #"levels = { E = "error" } # devtop.toml:7"#, "services = (not set) # default",
    ] {
      #expect(lines.contains(line), "\(line) in\n\(text)")
    }
  }
}
