/// Where devtop answers by itself on the ports of services.
package enum OwnPaths {
  package static let script = "/__devtop/reload.js"
  package static let events = "/__devtop/events"
}
