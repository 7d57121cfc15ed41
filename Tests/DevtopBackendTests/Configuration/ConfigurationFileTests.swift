import DevtopCore
import Glibc
import Testing

@testable import DevtopBackend

@Suite struct ConfigurationFileTests {
  private func message(_ project: Project, file: String? = nil) -> String {
    do {
      _ = try ConfigurationReader(directory: project.path, environment: [:]).read(file: file)
      return "no error"
    } catch {
      return error.description
    }
  }

  @Test func `a directory, a missing file and a special file are named with the way out`() throws {
    let project = try Project()
    try project.makeDirectory("devtop.toml")
    #expect(
      message(project)
        == "devtop.toml is a directory, not a file. Name the file itself: --config devtop.toml/devtop.toml.")
    #expect(
      message(project, file: "no.toml")
        == "no.toml: there is no such file. Check the name, or leave out --config."
    )
    #expect(mkfifo(project.path + "/pipe.toml", 0o644) == 0)
    #expect(
      message(project, file: "pipe.toml").hasPrefix("pipe.toml cannot be read: it is not a regular file"))
  }

  @Test(.enabled(if: getuid() != 0, "root may read everything"))
  func `a file without permission is named`() throws {
    let project = try Project(["devtop.toml": ""])
    chmod(project.path + "/devtop.toml", 0)
    #expect(message(project).hasPrefix("devtop.toml cannot be read: Permission denied"))
  }

  @Test func `1 MiB is read and one byte more is refused`() throws {
    let service = "[service.a]\nrun = \"x\"\n#"
    let project = try Project()
    try project.write("devtop.toml", service + String(repeating: "x", count: (1 << 20) - service.utf8.count))
    #expect(message(project) == "no error")
    try project.write(
      "devtop.toml", service + String(repeating: "x", count: (1 << 20) - service.utf8.count + 1))
    #expect(
      message(project).hasPrefix(
        "devtop.toml is 1048577 bytes long; a configuration has at most 1048576 (1 MiB)."))
  }

  @Test func `NUL bytes and invalid UTF-8 have a place`() throws {
    let project = try Project()
    try project.write("devtop.toml", Array("a = 1\nbé = \"".utf8) + [0] + Array("\"".utf8))
    #expect(message(project).hasPrefix("devtop.toml:2:7: there is a NUL byte here"))
    try project.write("devtop.toml", Array("a = 1\n\nb = \"".utf8) + [0xff, 0x22])
    #expect(message(project).hasPrefix("devtop.toml:3:6: this is not UTF-8"))
  }

  @Test(arguments: [
    ("a", ".a", 300_000, " = 1"), ("[a", ".a", 300_000, "]"), ("a = ", "[", 500_000, ""),
    ("a = ", "{a=", 300_000, ""), ("", "[[a.b.c]]\n", 50_000, ""), ("", "a.b.c.d.e.", 90_000, ""),
    ("", "\"", 900_000, ""), ("", "\'\'\'\n", 200_000, ""), ("", "[a]\n", 200_000, ""),
    ("", "=", 1_000_000, ""),
    ("a = [", "{b.c.d = ", 60_000, ""), ("a = 1979-05-27T", "$", 1_000_000, ""),
  ])
  func `deep and long texts are errors, never crashes`(start: String, unit: String, count: Int, end: String)
    throws
  {
    let project = try Project(["devtop.toml": start + String(repeating: unit, count: count) + end])
    #expect(message(project).hasPrefix("devtop.toml:"))
  }

  @Test func `10,000 mutations of configurations never crash the reader`() throws {
    let project = try Project()
    let reader = ConfigurationReader(directory: project.path, environment: [:])
    var random = SeededRandom(seed: 42)
    var failures = 0
    for round in 0..<10_000 {
      let (name, text) = AirSamples.mutationSeeds[round % AirSamples.mutationSeeds.count]
      var bytes = Array(text.utf8)
      for _ in 0...Int.random(in: 0..<6, using: &random) {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: index)
        case 2: bytes.insert(Array("[]{}=\",.#\n'\\$".utf8).randomElement(using: &random) ?? 0, at: index)
        case 3: bytes.insert(contentsOf: bytes[index..<min(bytes.count, index + 20)], at: index)
        default: bytes.swapAt(index, Int.random(in: 0..<bytes.count, using: &random))
        }
      }
      do {
        let table = try ConfigurationFile.parseTable(bytes, named: name)
        _ = try reader.interpret(table, path: "\(project.path)/\(name)", name: name)
      } catch {
        failures += 1
        #expect(!error.description.isEmpty)
      }
    }
    #expect(failures > 1000 && failures < 10_000, "mutations must reach both ways: \(failures)")
  }
}

/// A generator with a seed (SplitMix64), so that a failure can be seen again.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
