import Primitives
import Reports
import Testing

@Suite("JSON text")
struct JSONTests {
  @Test("Keys keep the order given, and a line has no white space")
  func order() {
    var json = JSONText()
    json.object { json in
      json.member("b", 1)
      json.member("a", -2)
      json.array("list") { json in
        json.value(true)
        json.null()
        json.object { _ in }
        json.array { _ in }
      }
    }
    #expect(text(json.bytes) == #"{"b":1,"a":-2,"list":[true,null,{},[]]}"#)
  }

  @Test("Indented text has two spaces a level, and empty containers stay closed")
  func indented() {
    var json = JSONText(.indented)
    json.object { json in
      json.array("list") { $0.value(1) }
      json.object("none") { _ in }
    }
    #expect(text(json.bytes) == "{\n  \"list\": [\n    1\n  ],\n  \"none\": {}\n}")
  }

  @Test(
    "Hostile text is escaped as RFC 8259 asks and otherwise left alone",
    arguments: [
      ("<script>", "\"<script>\""),
      ("say \"no\"\\", #""say \"no\"\\""#),
      ("a\nb\tc\rd\u{8}\u{C}", #""a\nb\tc\rd\b\f""#),
      ("\u{0}\u{1B}\u{1F}", #""\u0000\u001b\u001f""#),
      ("🦀 über\u{2028}", "\"🦀 über\u{2028}\""),
      ("\u{7F}", "\"\u{7F}\""),
      ("", "\"\""),
    ])
  func escaping(plain: String, written: String) {
    var json = JSONText()
    json.value(plain)
    #expect(Array(json.bytes) == Array(written.utf8))
    #expect((try? JSONReader.read(json.bytes)) == .text(plain))
  }

  @Test("Keys that come from data are escaped too")
  func keys() {
    var json = JSONText()
    json.object { json in
      json.key(text: "a\"b")
      json.value(1)
    }
    #expect(text(json.bytes) == #"{"a\"b":1}"#)
  }

  @Test("Integers reach from the smallest to the largest of 64 bits")
  func integers() {
    var json = JSONText()
    json.array { json in
      json.value(Int64.min)
      json.value(UInt64.max)
      json.value(UInt8(0))
      json.value(quoted: Int64.max)
      json.value(hexadecimal: 0xAB, 0)
    }
    #expect(
      text(json.bytes)
        == #"[-9223372036854775808,18446744073709551615,0,"9223372036854775807","00000000000000ab0000000000000000"]"#
    )
  }

  @Test(
    "Doubles are the shortest text that reads back, and are never taken for integers",
    arguments: [
      (0.1, "0.1"), (12, "12.0"), (1e300, "1e+300"), (-0.5, "-0.5"), (Double.leastNonzeroMagnitude, "5e-324"),
    ])
  func doubles(value: Double, written: String) {
    var json = JSONText()
    json.value(value)
    #expect(text(json.bytes) == written)
    #expect(Double(text(json.bytes)) == value)
  }

  @Test(
    "Seconds have every digit that counts and no other",
    arguments: [
      (Int64(0), 0, "0"), (0, 1, "0.0"), (1_000_000_000, 1, "1.0"), (500_000, 1, "0.0005"),
      (946_684_800_000_000_001, 0, "946684800.000000001"), (-1_500_000_000, 0, "-1.5"),
      (2_500_000_000, 0, "2.5"), (1_000_000_000, 9, "1.000000000"),
    ])
  func seconds(nanoseconds: Int64, places: Int, written: String) {
    var buffer = TextBytes()
    buffer.append(seconds: nanoseconds, places: places)
    #expect(text(buffer.bytes) == written)
  }
}
