package import DevtopCore

/// A configuration and where its values came from.
package struct ConfigurationReading: Equatable, Sendable {
  package var configuration: Configuration
  /// `service.api.run` to `devtop.toml:12`, `--build.cmd` or `detected: go.mod`; what is absent is a default.
  package var origins: [String: String]

  package init(configuration: Configuration, origins: [String: String] = [:]) {
    self.configuration = configuration
    self.origins = origins
  }
}
