import Testing

@testable import devtop

@Suite struct UsageTests {
  @Test(
    arguments: [
      (
        "chekc",
        "`chekc` is no command of devtop; did you mean \"check\"? To run and watch a command of your own: devtop -- chekc"
      ),
      (
        "server",
        "`server` is no command of devtop; known: run, demo, init, check. To run and watch a command of your own: devtop -- server"
      ),
      ("check", nil), ("--jsno", nil), (nil, nil),
    ] as [(String?, String?)])
  func `a first word that is no command is told what it may have meant`(word: String?, hint: String?) {
    #expect(Main.hint(for: word) == hint)
  }
}
