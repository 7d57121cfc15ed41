import DevtopCore
@testable import DevtopDashboard
import Testing

@Suite struct WordingTests {
  @Test(
    arguments: [
      (0, "0ms"), (991, "<0.1ms"), (49_999, "<0.1ms"), (50_000, "0.1ms"), (400_000, "0.4ms"),
      (1_240_000, "1.2ms"), (9_000_000, "9ms"), (12_000_000, "12ms"),
      (999_600_000, "1s"), (1_400_000_000, "1.4s"),
      (2_000_000_000, "2s"), (42_000_000_000, "42s"), (132_000_000_000, "2m12s"),
      (11_040_000_000_000, "3h04m"),
      (-5, "0ms"),
    ] as [(Int, String)])
  func `durations are short`(_ nanoseconds: Int, _ text: String) {
    #expect(Wording.duration(.nanoseconds(nanoseconds)) == text)
  }

  @Test func `how often is short`() {
    #expect(
      [0.25, 0.0, 0.9, 1, 2.54, 35.9, 1e300].map(Wording.frequency) == [
        "every 4 s", "every 1000000 s", "every 1.1 s", "1/s", "2.5/s", "35/s", "1000000000/s",
      ])
  }

  @Test func `amounts are short`() {
    #expect([0, 310, 1_200, 12_345, 64_200_000].map(Wording.bytes) == ["0", "310", "1.2k", "12k", "64M"])
    #expect(Wording.percent(1, of: 3) == "33")
    #expect(Wording.percent(1, of: 250) == "0.4")
    #expect(Wording.percent(1, of: 100_000) == "<0.1")
    #expect(Wording.percent(0, of: 0) == "0")
    #expect(Wording.delay(.milliseconds(400)) == "0.4 s")
    #expect(Wording.delay(.seconds(10)) == "10 s")
  }

  @Test func `times are local times of day`() {
    let wording = Wording(utcOffsetInSeconds: 2 * 3_600)
    let time = WallTime(milliseconds: 86_400_000 - 1_001)
    #expect(wording.millisecond(time) == "01:59:58.999")
    #expect(wording.minute(time) == "01:59")
    #expect(Wording(utcOffsetInSeconds: -3_600).second(WallTime(milliseconds: 0)) == "23:00:00")
  }

  @Test func `a sparkline is scaled to its largest value`() {
    #expect(Wording.sparkline([0, 1, 2, 4, 8], limit: 4, Symbols.wide.levels) == "▂▃▅█")
    #expect(Wording.sparkline([0, 0], limit: 4, Symbols.wide.levels) == "▁▁")
    #expect(Wording.sparkline([], limit: 4, Symbols.wide.levels).isEmpty)
  }

  @Test func `paths keep their end`() {
    #expect(Symbols.wide.tail(of: "web/src/app.ts", columns: 8) == "…/app.ts")
    #expect(Symbols.wide.tail(of: "app.ts", columns: 8) == "app.ts")
    #expect(Symbols.wide.tail(of: "日本語.ts", columns: 6) == "…語.ts")
    #expect(Symbols.wide.tail(of: "app.ts", columns: 0).isEmpty)
  }

  @Test func `a search finds in any case, unless it has a capital`() {
    var line = Line("日本 Error and ")
    line.add("error")
    #expect(line.matches(of: "error") == [5..<10, 15..<20])
    #expect(line.matches(of: "Error") == [5..<10])
    #expect(line.matches(of: "").isEmpty)
    #expect(line.matches(of: "本") == [2..<4])
  }

  @Test func `lines wrap between characters`() {
    let wrapped = Line("ab日本c").wrapped(columns: 3)
    #expect(wrapped.map { $0.segments.map(\.text).joined() } == ["ab", "日", "本c"])
    #expect(Line("").wrapped(columns: 3).count == 1)
    #expect(Line("日日").wrapped(columns: 1).count == 2)
  }
}
