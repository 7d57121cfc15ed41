import Testing

@testable import devtop_bench

@Suite struct IntervalTests {
  @Test func `few values span their interval`() {
    let interval = Interval([3, 1, 2, 5, 4])
    #expect(interval.lower == 1)
    #expect(interval.median == 3)
    #expect(interval.upper == 5)
    #expect(Interval([7]).lower == 7)
  }

  // The ranks are those of the tables for 95 %: n = 10: 2 and 9, n = 15: 4 and 12, n = 20: 6 and 15.
  @Test(arguments: [(6, 1), (10, 2), (15, 4), (20, 6), (21, 6)])
  func `many values leave out so many at each end that 95 percent remain`(count: Int, rank: Int) {
    let interval = Interval((1...count).map(Double.init))
    #expect(interval.lower == Double(rank))
    #expect(interval.upper == Double(count + 1 - rank))
  }

  @Test func `the checksum is the one of gzip`() {
    #expect(Checksum.crc32(Array("123456789".utf8)) == 0xCBF4_3926)
  }
}
