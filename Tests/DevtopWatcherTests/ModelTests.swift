import Glibc
import Testing

@testable import DevtopWatcher

/// What was told, added up, must be what is on the disk.
@Suite struct ModelTests {
  @Test func `random renames, removals and saves add up to the disk`() async throws {
    try await onThread {
      let seed =
        getenv("DEVTOP_SEED").map { UInt64(String(cString: $0)) ?? 0 } ?? UInt64.random(in: 0...UInt64.max)
      var random = SplitMix64(state: seed)
      let shop = try Workshop()
      let outside = try Workshop()
      try shop.watch(nil, EngineOptions())
      var told: [String: ContentHash] = [:]
      for round in 1...60 {
        for _ in 0..<200 { Self.step(shop, outside, &random) }
        let story = try shop.settle()
        for change in story.changes {
          told[change.path] = change.kind == .removed ? nil : change.newContent
        }
        let actual = Self.contents(of: shop.root)
        let wrong = Set(told.keys).symmetricDifference(actual.keys).union(
          actual.keys.filter { told[$0] != actual[$0] })
        try #require(wrong.isEmpty, "DEVTOP_SEED=\(seed) round \(round): \(wrong.sorted().prefix(5))")
        #expect(
          KernelWatches.count(shop) == Self.directories(of: shop.root) + Self.ancestors(of: shop.root),
          "DEVTOP_SEED=\(seed) round \(round)")
      }
    }
  }

  private static func step(_ shop: Workshop, _ outside: Workshop, _ random: inout SplitMix64) {
    func name() -> String { ["a", "b", "c", "d", "e"].randomElement(using: &random) ?? "a" }
    func path() -> String {
      shop.root + (0..<Int.random(in: 1...4, using: &random)).map { _ in "/" + name() }.joined()
    }
    switch Int.random(in: 0..<12, using: &random) {
    case 0...3: save(path(), "\(random.next())")
    case 4...5: mkdir(path(), 0o755)
    case 6...8: rename(path(), path())
    case 9: unlink(path())
    case 10:
      // Out, and something else in.
      rename(path(), "\(outside.root)/\(name())")
      rename("\(outside.root)/\(name())", path())
    default: Files.removeTree(path())
    }
  }

  private static func save(_ path: String, _ text: String) {
    // Half of the paths lead through what is no directory: those fail.
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { return }
    write(descriptor, text, text.utf8.count)
    close(descriptor)
  }

  private static func contents(of directory: String) -> [String: ContentHash] {
    var result: [String: ContentHash] = [:]
    visit(directory) { path, isDirectory in
      if isDirectory || path.contains("/.marker-") { return }
      result[path] = ContentHash(of: SmallFile.contents(Array(path.utf8)) ?? [])
    }
    return result
  }

  private static func directories(of directory: String) -> Int {
    var count = 0
    visit(directory) { _, isDirectory in count += isDirectory ? 1 : 0 }
    return count
  }

  private static func ancestors(of path: String) -> Int { path.split(separator: "/").count }

  private static func visit(_ path: String, _ body: (String, Bool) -> Void) {
    guard let directory = opendir(path) else { return }
    body(path, true)
    let listing = Listing()
    listing.fill(directory)
    closedir(directory)
    for entry in listing.entries {
      let bytes = UnsafeBufferPointer(start: listing.name(entry), count: Int(entry.length))
      let inner = "\(path)/\(String(decoding: bytes, as: UTF8.self))"
      if Int(entry.type) == Int(DT_DIR) { visit(inner, body) } else { body(inner, false) }
    }
  }
}

/// What the kernel says of a watcher's instance.
enum KernelWatches {
  /// The number of watches that it holds for the workshop's watcher.
  static func count(_ shop: Workshop) -> Int {
    guard let info = SmallFile.stream(Array("/proc/self/fdinfo/\(shop.watcher?.inotify ?? -1)".utf8)) else {
      return -1
    }
    return String(decoding: info, as: UTF8.self).split(separator: "\n").count { $0.hasPrefix("inotify wd:") }
  }
}
