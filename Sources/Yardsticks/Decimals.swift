import Foundation

/// `0.057`, whatever the user's language.
func decimal(_ value: Double, places: Int) -> String {
  String(format: "%.\(places)f", locale: Locale(identifier: "en_US_POSIX"), value)
}

/// `3.1e-5`
func scientific(_ value: Double) -> String {
  String(format: "%.1e", locale: Locale(identifier: "en_US_POSIX"), value)
}
