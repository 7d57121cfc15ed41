import Glibc
import Testing

@testable import DevtopWatcher

@Suite(.serialized) struct ChangeTests {
  @Test func `a save is one change with the content before and after`() async throws {
    try await onThread {
      let shop = try Workshop()
      Files.write(shop.path("main.go"), "one")
      let summary = try shop.watch()
      #expect(summary.files == 1)
      #expect(summary.directories == 1)
      #expect(summary.backend == .inotify)
      Files.write(shop.path("main.go"), "two")
      let first = try shop.settle()
      #expect(first.lines == ["modified main.go"])
      Files.write(shop.path("main.go"), "three")
      let second = try shop.settle()
      #expect(second.changes.map(\.oldContent) == [ContentHash(of: Array("two".utf8))])
      #expect(second.changes.map(\.newContent) == [ContentHash(of: Array("three".utf8))])
      #expect(second.changes.map(\.verdicts) == [["all": .watched]])
    }
  }

  @Test func `touch, chmod and a save without a difference have equal contents`() async throws {
    try await onThread {
      let shop = try Workshop()
      Files.write(shop.path("main.go"), "one")
      try shop.watch()
      Files.write(shop.path("main.go"), "two")
      _ = try shop.settle()
      Files.write(shop.path("main.go"), "two")
      #expect(try shop.settle().lines == ["modified main.go ="])
      var times = [timespec(tv_sec: 1, tv_nsec: 0), timespec(tv_sec: 1, tv_nsec: 0)]
      utimensat(AT_FDCWD, shop.path("main.go"), &times, 0)
      _ = try shop.settle()
      chmod(shop.path("main.go"), 0o600)
      _ = try shop.settle()
    }
  }

  @Test func `files are created, renamed and removed`() async throws {
    try await onThread {
      let shop = try Workshop()
      Files.write(shop.path("a"), "a")
      try shop.watch()
      Files.write(shop.path("b"), "b")
      #expect(try shop.settle().lines == ["created b"])
      Files.move(shop.path("b"), shop.path("c"))
      #expect(Set(try shop.settle().lines) == ["removed b", "created c"])
      Files.remove(shop.path("c"))
      #expect(try shop.settle().lines == ["removed c"])
    }
  }
}
