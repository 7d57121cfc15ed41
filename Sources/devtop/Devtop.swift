@main
enum Devtop {
  static func main() {}
}
