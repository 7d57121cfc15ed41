import DevtopCore
import Testing

@testable import DevtopBackend

/// What people write in globs of a configuration beyond gitignore(5).
@Suite struct GlobTextTests {
  @Test(arguments: [
    ("*.{js,ts}", ["*.js", "*.ts"]), ("{a,b{1,2}}/x", ["a/x", "b1/x", "b2/x"]), ("{a}", ["{a}"]),
    ("a{b,c", ["a{b,c"]), ("\\{a,b}", ["\\{a,b}"]), ("a{,b}c", ["ac", "abc"]), ("x", ["x"]),
    ("{a,b}{c,d}", ["ac", "ad", "bc", "bd"]), ("{a,{b}", ["{a,{b}"]),
  ])
  func `braces in a glob are choices`(pattern: String, choices: [String]) {
    #expect(GlobText.choices(of: pattern) == choices)
  }

  @Test func `too many choices are an error`() throws {
    let braces = String(repeating: "{a,b}", count: 9)
    #expect(GlobText.choices(of: braces) == nil)
    #expect(
      try errors("[service.api]\nrun = \"x\"\nwatch = [\"\(braces)\"]\n").first?.contains(text: "too many")
        == true)
  }

  @Test(
    arguments: [
      ("[ab", "its [ is never closed (\\[ means the character)"), ("a\\", "it ends with a backslash"),
      ("[]", "its [ is never closed (\\[ means the character)"), ("[]a]", nil), ("[[:alpha:]]", nil),
      ("[!a]b", nil),
      ("\\[a", nil), ("[a\\]", "its [ is never closed (\\[ means the character)"),
    ] as [(String, String?)])
  func `a glob that can match nothing is told why`(pattern: String, fault: String?) {
    #expect(GlobText.fault(in: pattern) == fault)
  }

  @Test func `a glob with choices keeps its place, a broken one is warned about`() throws {
    let reading = try read("[service.api]\nrun = \"x\"\nwatch = [\"src/*.{js,ts}\"]\nignore = [\"[x\"]\n")
    #expect(
      reading.configuration.services[0].watch.include == [
        .init("src/*.js", origin: "devtop.toml:3"), .init("src/*.ts", origin: "devtop.toml:3"),
      ])
    #expect(
      reading.configuration.warnings.map { "\($0.position?.description ?? ""): \($0.message)" } == [
        "devtop.toml:4:11: service.api.ignore: the pattern \"[x\" matches nothing: its [ is never closed (\\[ means the character)"
      ])
  }
}
