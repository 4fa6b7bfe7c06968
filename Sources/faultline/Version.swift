/// The version that runs and their files carry.
enum Version {
  static let current = "0.1.0"
}
