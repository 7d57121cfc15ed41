// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]
// Of each proxied request a few percent of its time on a CPU; debug builds, with which all tests run, check.
let proxySettings =
  settings + [
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))
  ]
let cSettings: [CSetting] = [.define("_GNU_SOURCE"), .treatAllWarnings(as: .error)]

// Compiled in, so that the binary is all there is to install.
let themes: [Resource] = [
  "terminal", "nord", "dracula", "gruvbox-dark", "gruvbox-light", "solarized-dark", "solarized-light",
  "catppuccin-mocha", "catppuccin-latte", "tokyo-night", "high-contrast-dark", "high-contrast-light",
  "colorblind-safe", "mono",
].map { .embedInCode("../../themes/\($0).theme") }

let package = Package(
  name: "devtop",
  products: [
    .executable(name: "devtop", targets: ["devtop"]),
    .executable(name: "devtop-bench", targets: ["devtop-bench"]),
    .library(name: "DevtopWatcher", targets: ["DevtopWatcher"]),
    .library(name: "DevtopSupervisor", targets: ["DevtopSupervisor"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
  ],
  targets: [
    .target(
      name: "CNcurses", cSettings: cSettings,
      linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
    .systemLibrary(name: "CPCRE2", providers: [.apt(["libpcre2-dev"])]),
    .target(name: "CScan", cSettings: cSettings),
    .target(name: "CToml", cxxSettings: [.treatAllWarnings(as: .error)]),
    .target(name: "CProcess", cSettings: cSettings),
    .target(name: "DevtopCore", swiftSettings: settings),
    .target(
      name: "DevtopLogs", dependencies: ["DevtopCore", "CPCRE2", "CScan"], swiftSettings: settings),
    .target(
      name: "DevtopWatcher", dependencies: ["DevtopCore", "CPCRE2"], swiftSettings: settings),
    .target(
      name: "DevtopSupervisor", dependencies: ["DevtopCore", "CProcess"], swiftSettings: settings),
    .target(
      name: "DevtopProxy",
      dependencies: [
        "DevtopCore", "CProcess", .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: proxySettings),
    .target(
      name: "DevtopBackend",
      dependencies: [
        "DevtopCore", "DevtopLogs", "DevtopWatcher", "DevtopSupervisor", "DevtopProxy", "CToml", "CPCRE2",
      ],
      resources: themes, swiftSettings: settings),
    .target(
      name: "DevtopDashboard", dependencies: ["DevtopCore", "DevtopLogs"], swiftSettings: settings),
    .target(
      name: "DevtopTerminal", dependencies: ["DevtopCore", "DevtopDashboard", "CNcurses"],
      swiftSettings: settings),
    .executableTarget(
      name: "devtop",
      dependencies: [
        "DevtopCore", "DevtopLogs", "DevtopBackend", "DevtopDashboard", "DevtopTerminal",
        "DevtopSupervisor", "CProcess",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings,
      linkerSettings: [
        // The binary runs where no Swift is installed, starts sooner, and takes less time on a CPU. What follows
        // `-static-stdlib` is what Foundation's archive, which swift-argument-parser uses, needs and does not name;
        // lld, since gold warns of a function in there.
        .unsafeFlags(
          [
            "-static-stdlib", "-l_FoundationCShims", "-l_FoundationCollections", "-lswiftSynchronization",
            "-use-ld=lld",
          ], .when(platforms: [.linux], configuration: .release))
      ]),
    .executableTarget(
      name: "devtop-bench",
      dependencies: [
        "DevtopCore", "CProcess", "DevtopLogs",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .testTarget(
      name: "DevtopCoreTests", dependencies: ["DevtopCore"], swiftSettings: settings),
    .testTarget(
      name: "DevtopLogsTests", dependencies: ["DevtopCore", "DevtopLogs", "CScan"], exclude: ["Recordings"],
      swiftSettings: settings),
    .testTarget(
      name: "DevtopWatcherTests", dependencies: ["DevtopCore", "DevtopWatcher"],
      swiftSettings: settings),
    .testTarget(
      name: "DevtopSupervisorTests",
      dependencies: ["DevtopCore", "DevtopSupervisor", "CProcess", "supervisor-host"],
      swiftSettings: settings),
    .executableTarget(
      name: "supervisor-host", dependencies: ["DevtopSupervisor"], path: "Tests/SupervisorHost",
      swiftSettings: settings),
    .testTarget(
      name: "DevtopProxyTests",
      dependencies: [
        "DevtopCore", "DevtopProxy", .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ], swiftSettings: settings),
    .testTarget(
      name: "DevtopBackendTests",
      dependencies: ["DevtopCore", "DevtopLogs", "DevtopBackend", "DevtopWatcher", "DevtopSupervisor"],
      swiftSettings: settings),
    .testTarget(
      name: "DevtopDashboardTests",
      dependencies: ["DevtopCore", "DevtopLogs", "DevtopDashboard"], exclude: ["Screens"],
      swiftSettings: settings),
    .testTarget(
      name: "DevtopTerminalTests", dependencies: ["DevtopCore", "DevtopDashboard", "DevtopTerminal"],
      swiftSettings: settings),
    .testTarget(
      name: "DevtopBenchTests", dependencies: ["DevtopCore", "devtop-bench"], swiftSettings: settings),
    .testTarget(
      name: "DevtopTests", dependencies: ["DevtopCore", "DevtopLogs", "devtop"], swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
