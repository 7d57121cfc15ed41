import Glibc

/// Programs that tests run.
enum Tool {
  /// Whether the programs can be used; under `CI=true` a missing one fails the test instead of skipping it.
  static func areThere(_ names: String...) -> Bool {
    isRequired || names.allSatisfy { find($0) != nil }
  }

  /// Whether Gin's sources are where Debian puts them.
  static var hasGin: Bool { areThere("go") && (isRequired || access(gopath + ginPackage, R_OK) == 0) }

  /// Whether the system's Python has Flask: Debian's package, not what a version manager has.
  static var hasFlask: Bool {
    isRequired || access("/usr/lib/python3/dist-packages/flask/app.py", R_OK) == 0
  }

  /// Whether the system's Python has a package from Debian.
  static func hasDebianPython(_ name: String) -> Bool {
    isRequired || access("/usr/lib/python3/dist-packages/\(name)/__init__.py", R_OK) == 0
  }

  static let gopath = "/usr/share/gocode"
  private static let ginPackage = "/src/github.com/gin-gonic/gin/gin.go"

  static var isRequired: Bool { variable("CI") == "true" }

  /// The system's own programs first: version managers put slow scripts before them.
  static var path: String { "/usr/local/bin:/usr/bin:/bin:" + (variable("PATH") ?? "") }

  static func find(_ name: String) -> String? {
    path.split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
  }

  static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

  /// A program of this package, beside the test bundle.
  static func built(_ name: String) -> String? {
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
    var places = [directory(of: bundle)]
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    if count > 0 {
      places.append(
        directory(of: String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)))
    }
    return places.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
  }

  private static func directory(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  }
}
