import DevtopCore

/// SwiftNIO has a type of that name too.
typealias SocketAddress = DevtopCore.SocketAddress
