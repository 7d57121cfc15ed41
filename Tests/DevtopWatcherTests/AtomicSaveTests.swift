import Glibc
import Testing

@testable import DevtopWatcher

/// Each way of saving leads to exactly one change of the file, and to none of another that is wanted.
///
/// vim, sed and mv are run; VS Code, JetBrains, Emacs, GNOME and gofmt are replayed from their system calls, as they
/// cannot be installed here.
@Suite(.serialized) struct AtomicSaveTests {
  private static func check(
    _ save: @escaping @Sendable (_ file: String, _ shop: Workshop) -> Void
  ) async throws {
    try await onThread {
      let shop = try Workshop()
      Files.makeDirectories(shop.path("project"))
      Files.write(shop.path("project/main.go"), "package main\n")
      Files.write(shop.path("project/other.go"), "package main\n")
      Files.makeDirectories(shop.path("scratch"))
      let set = WatchSet(
        id: "all", root: shop.root, excludes: [WatchRule(.directory("scratch"), origin: "scratch")])
      try shop.watchKnown([set])
      for round in 1...3 {
        save(shop.path("project/main.go"), shop)
        let story = try shop.settle()
        #expect(story.lines == ["modified project/main.go"], "round \(round)")
        let bytes = SmallFile.contents(Array(shop.path("project/main.go").utf8)) ?? []
        #expect(story.changes.last?.newContent == ContentHash(of: bytes))
        #expect(story.changes.first?.oldContent != nil)
      }
    }
  }

  private static func run(_ arguments: [String], _ shop: Workshop) {
    #expect(Tool.run(arguments, scratch: shop.path("scratch")).status == 0)
  }

  @Test(
    .enabled(if: Tool.isThere("vim")),
    arguments: ["backupcopy=no", "backupcopy=yes", "nowritebackup", "backup"])
  func `vim`(option: String) async throws {
    try await Self.check { file, shop in
      Self.run(
        [
          "vim", "-u", "NONE", "-N", "-es", "-c", "set \(option) swapfile", "-c", "normal Gox", "-c", "wq",
          file,
        ], shop)
    }
  }

  @Test(.enabled(if: Tool.isThere("sed")))
  func `sed -i`() async throws {
    try await Self.check { file, shop in Self.run(["sed", "-i", "s/^/x/", file], shop) }
  }

  @Test(.enabled(if: Tool.isThere("mv")))
  func `mv over`() async throws {
    try await Self.check { file, shop in
      let old = SmallFile.contents(Array(file.utf8)) ?? []
      Files.write(shop.path("scratch/new.go"), old + [UInt8(ascii: "x")])
      Self.run(["mv", shop.path("scratch/new.go"), file], shop)
    }
  }

  @Test func `VS Code: truncate and write (replayed)`() async throws {
    try await Self.check { file, _ in
      let old = SmallFile.contents(Array(file.utf8)) ?? []
      let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
      for byte in old + [UInt8(ascii: "x")] {
        var byte = byte
        write(descriptor, &byte, 1)
      }
      fdatasync(descriptor)
      close(descriptor)
    }
  }

  @Test func `VS Code: atomic save by .vsctmp and rename (replayed)`() async throws {
    try await Self.check { file, _ in
      let old = SmallFile.contents(Array(file.utf8)) ?? []
      Files.write(file + ".vsctmp", old + [UInt8(ascii: "x")])
      Files.move(file + ".vsctmp", file)
    }
  }

  @Test func `JetBrains: ___jb_tmp___ and ___jb_old___ (replayed)`() async throws {
    try await Self.check { file, _ in
      let old = SmallFile.contents(Array(file.utf8)) ?? []
      Files.write(file + "___jb_tmp___", old + [UInt8(ascii: "x")], flags: O_WRONLY | O_CREAT | O_EXCL)
      Files.move(file, file + "___jb_old___")
      Files.move(file + "___jb_tmp___", file)
      Files.remove(file + "___jb_old___")
    }
  }

  @Test func `Emacs: backup by rename, lock link and auto-save file (replayed)`() async throws {
    try await Self.check { file, shop in
      let old = SmallFile.contents(Array(file.utf8)) ?? []
      Files.link("user@host.1:2", at: shop.path("project/.#main.go"))
      Files.write(shop.path("project/#main.go#"), "auto")
      Files.move(file, file + "~")
      Files.write(file, old + [UInt8(ascii: "x")], flags: O_WRONLY | O_CREAT | O_EXCL)
      chmod(file, 0o644)
      Files.remove(shop.path("project/#main.go#"))
      Files.remove(shop.path("project/.#main.go"))
    }
  }

  @Test func `GNOME: .goutputstream and rename (replayed)`() async throws {
    try await Self.check { file, shop in
      let old = SmallFile.contents(Array(file.utf8)) ?? []
      Files.write(shop.path("project/.goutputstream-A1B2C3"), old + [UInt8(ascii: "x")])
      Files.move(shop.path("project/.goutputstream-A1B2C3"), file)
    }
  }

  @Test func `gofmt -w: backup beside it, write in place, remove the backup (replayed)`() async throws {
    try await Self.check { file, _ in
      let old = SmallFile.contents(Array(file.utf8)) ?? []
      Files.write(file + ".123456", old)
      Files.write(file, old + [UInt8(ascii: "x")], flags: O_WRONLY | O_TRUNC)
      Files.remove(file + ".123456")
    }
  }

  @Test func `unlink and create anew`() async throws {
    try await Self.check { file, _ in
      let old = SmallFile.contents(Array(file.utf8)) ?? []
      Files.remove(file)
      Files.write(file, old + [UInt8(ascii: "x")])
    }
  }

  @Test func `a visible backup by rename, then a new file, then no backup`() async throws {
    try await Self.check { file, _ in
      let old = SmallFile.contents(Array(file.utf8)) ?? []
      Files.move(file, file + ".bak")
      Files.write(file, old + [UInt8(ascii: "x")])
      Files.remove(file + ".bak")
    }
  }
}
