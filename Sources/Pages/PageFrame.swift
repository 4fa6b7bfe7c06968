/// A page that stands alone: what all pages have around what they say.
enum PageFrame {
  static let style = String(decoding: PackageResources.page_css, as: UTF8.self)

  static func page(_ title: String, _ content: (inout HTMLText) -> Void, after: (inout HTMLText) -> Void = { _ in })
    -> [UInt8]
  {
    var html = HTMLText()
    html.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
    html.element("title", "\(title) — Faultline")
    html.raw("<link rel=\"icon\" href=\"data:,\">\n<style>\n\(style)</style>\n</head>\n<body>\n<main>\n")
    content(&html)
    html.raw("</main>\n")
    after(&html)
    html.raw("</body>\n</html>\n")
    return Array(html.text.utf8)
  }

  static func head(_ html: inout HTMLText, _ words: [String]) {
    html.element("header") { html in
      html.element("b", "Faultline")
      for word in words { html.element("span", word) }
    }
  }

  /// - Parameter kind: `pass`, `violation` or `inconclusive`, which decides on colour and mark.
  static func verdict(
    _ html: inout HTMLText, _ kind: String, _ headline: String, _ content: (inout HTMLText) -> Void = { _ in }
  ) {
    html.raw("<section class=\"verdict \(kind)\" id=\"verdict\">\n<h1><span class=\"mark\">")
    html.add(kind == "pass" ? "✓ " : kind == "inconclusive" ? "? " : "✗ ")
    html.raw("</span>")
    html.add(headline)
    html.raw("</h1>\n")
    content(&html)
    html.raw("</section>\n")
  }
}
