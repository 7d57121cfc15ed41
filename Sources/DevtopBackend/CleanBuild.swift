import DevtopCore

/// What makes a build a clean one, by compiler.
enum CleanBuild {
  static func prepare(_ steps: inout [BuildStep], _ environment: inout [String], for spec: ServiceSpec) {
    switch spec.compiler {
    case .go?:
      // `go help build`: -a forces rebuilding of packages that are already up to date; GOFLAGS reaches every command.
      let flags = environment.firstIndex { $0.hasPrefix("GOFLAGS=") }
      if let flags {
        environment[flags] += " -a"
      } else {
        environment.append("GOFLAGS=-a")
      }
    case .swift?: steps.insert(BuildStep(.shell("swift package clean")), at: 0)
    case .rust?: steps.insert(BuildStep(.shell("cargo clean")), at: 0)
    case .c?, nil:
      // Any make-like build: the compiler is not known, so the binary is all that can be removed safely.
      if let path = BinaryFingerprint.path(of: spec) {
        steps.insert(BuildStep(.arguments(["rm", "-f", path])), at: 0)
      }
    }
  }
}
