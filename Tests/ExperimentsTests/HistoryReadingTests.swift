import Checkers
import Experiments
import Testing

@Suite("Histories from elsewhere")
struct HistoryReadingTests {
  static func read(_ text: String, _ model: Linearizability.Model = .kv, edn: Bool = false) throws -> ClientHistory
  {
    try Array(text.utf8).withUnsafeBufferPointer { bytes throws(HistoryError) in
      edn
        ? try EDNHistory.read(bytes, file: "h", model: model) : try JSONHistory.read(bytes, file: "h", model: model)
    }
  }

  static func verdict(_ text: String, _ model: Linearizability.Model, edn: Bool = true) throws -> Bool? {
    switch Linearizability(model).judge(try read(text, model, edn: edn)) {
    case .linearizable: true
    case .violated: false
    case .inconclusive: nil
    }
  }

  @Test(
    "A register's history as Jepsen writes it", arguments: [("nil", false), ("1", true), ("2", true), ("3", false)])
  func register(_ read: String, _ isRight: Bool) throws {
    let text = """
      {:process 0, :type :invoke, :f :write, :value 1, :index 0}
      {:process 0, :type :ok, :f :write, :value 1}
      {:process 1, :type :invoke, :f :write, :value 2} ; still open
      {:process :nemesis, :type :info, :f :start, :value nil}
      {:process 0, :type :invoke, :f :read, :value nil}
      {:process 0, :type :ok, :f :read, :value \(read)}
      {:process 1, :type :info, :f :write, :value 2, :error :timeout}
      """
    #expect(try Self.verdict(text, .register) == isRight)
  }

  @Test("Independent keys, in a vector, with compare-and-set", arguments: [("[1 3]", true), ("[1 2]", false)])
  func independent(_ read: String, _ isRight: Bool) throws {
    let text = """
      [{:process 0, :type :invoke, :f :write, :value [1 2], :time 10}
       {:process 0, :type :ok, :f :write, :value [1 2], :time 20}
       {:process 1, :type :invoke, :f :cas, :value [1 [2 3]], :time 30}
       {:process 1, :type :ok, :f :cas, :value #jepsen.independent/tuple [1 [2 3]], :time 40}
       {:process 2, :type :invoke, :f :cas, :value [1 [9 4]], :time 50}
       {:process 2, :type :fail, :f :cas, :value [1 [9 4]], :time 60}
       {:process 0, :type :invoke, :f :read, :value [1 nil], :time 70}
       {:process 0, :type :ok, :f :read, :value \(read), :time 80}]
      """
    #expect(try Self.verdict(text, .casRegister) == isRight)
  }

  @Test(
    "A set: what was added stays",
    arguments: [("#{1 2}", true), ("[2 1]", true), ("#{2}", false), ("#{1 2 3}", false)])
  func set(_ read: String, _ isRight: Bool) throws {
    let text = """
      {:process 0, :type :invoke, :f :add, :value 1}
      {:process 0, :type :ok, :f :add, :value 1}
      {:process 1, :type :invoke, :f :add, :value 2}
      {:process 1, :type :info, :f :add, :value 2}
      {:process 0, :type :invoke, :f :read, :value nil}
      {:process 0, :type :ok, :f :read, :value \(read)}
      """
    #expect(try Self.verdict(text, .set) == isRight)
  }

  @Test("Texts that are appended to", arguments: [("\"ab\"", true), ("\"ba\"", false), ("null", false)])
  func append(_ read: String, _ isRight: Bool) throws {
    let text = """
      {"process":"a","type":"invoke","op":"append","key":"k","value":"a","time_ns":1}
      {"process":"a","type":"ok","op":"append","time_ns":2}
      {"process":"a","type":"invoke","op":"append","key":"k","value":"b","time_ns":3}
      {"process":"a","type":"ok","op":"append","time_ns":4}
      {"process":"a","type":"invoke","op":"get","key":"k","time_ns":5}
      {"process":"a","type":"ok","op":"get","value":\(read),"time_ns":6}
      """
    #expect(try Self.verdict(text, .kv, edn: false) == isRight)
  }

  @Test("Lines of one time may stand in any order, and one client's own keep theirs")
  func equalTimes() throws {
    func line(_ process: String, _ type: String, _ op: String, _ number: Int, _ value: String, _ time: Int)
      -> String
    {
      "{\"process\":\"\(process)\",\"type\":\"\(type)\",\"op\":\"\(op)\",\"operation\":\(number),\"key\":\"k\","
        + "\"value\":\(value),\"time_ns\":\(time)}"
    }
    let first = [line("a", "invoke", "put", 0, "1", 1)]
    let together = [
      line("a", "ok", "put", 0, "null", 5), line("b", "invoke", "get", 1, "null", 5),
    ]
    let last = [line("b", "ok", "get", 1, "null", 9)]
    for lines in [first + together + last, first + together.reversed() + last] {
      // The read began when the write ended: they are concurrent.
      #expect(try Self.verdict(lines.joined(separator: "\n"), .kv, edn: false) == true)
    }
    let own =
      first + [line("a", "ok", "put", 0, "null", 5), line("a", "invoke", "get", 1, "null", 5)]
      + [line("a", "ok", "get", 1, "null", 9)]
    #expect(try Self.verdict(own.joined(separator: "\n"), .kv, edn: false) == false)
    // It had asked for the value before it was told of the write: one client, and yet concurrent.
    let overlapping =
      first + [line("a", "invoke", "get", 1, "null", 5), line("a", "ok", "put", 0, "null", 5)]
      + [line("a", "ok", "get", 1, "null", 9)]
    #expect(try Self.verdict(overlapping.joined(separator: "\n"), .kv, edn: false) == true)
  }

  static let hostile: [(String, Bool, String)] = [
    ("", false, "h:1:1: the file is empty; expected a history, a JSON object a line"),
    ("{", false, "h:1:2: found the end of the file; expected '\"'"),
    ("[1]", false, "h:1:1: found '['; expected '{'"),
    ("{\"type\":\"ok\"}", false, "h:1:1: this line has no key 'process'; it is required"),
    ("{\"type\":\"done\",\"process\":1}", false, "h:1:9: found the type done; expected invoke, ok, fail or info"),
    (
      "{\"type\":\"ok\",\"process\":1,\"op\":\"get\"}", false,
      "h:1:1: process 1 ends and has not begun; expected its invocation first"
    ),
    (
      "{\"type\":\"invoke\",\"process\":1,\"op\":\"add\",\"value\":1}", false,
      "h:1:1: found the operation 'add'; expected one of read, write, append, delete, cas for the model kv"
    ),
    (
      "{\"type\":\"invoke\",\"process\":1,\"op\":\"get\"}", false,
      "h:1:1: this operation names no key; expected a pair of key and value"
    ),
    ("{\"time_ns\":-1}", false, "h:1:12: time_ns: found -1; expected a whole number from 0"),
    (
      "{\"type\":\"invoke\",\"process\":1,\"op\":\"get\",\"key\":1}\n{\"type\":\"invoke\",\"process\":1,\"op\":\"get\",\"key\":1}",
      false, "h:2:1: process 1 invokes while it is open; expected its outcome first"
    ),
    ("{\"a\":\"\u{1}\"}", false, "h:1:7: found the byte 0x1 within a string; expected '\"'"),
    (
      "{\"a\":" + String(repeating: "[", count: 99), false,
      "h:1:38: found more than 32 brackets in one another; expected fewer"
    ),
    ("{:type :invoke", true, "h:1:1: this map does not end; expected '}'"),
    ("[{:process 0, :type :invoke, :f :read}", true, "h:1:1: this vector does not end; expected ']'"),
    ("42", true, "h:1:1: found no map; expected an operation such as {:type :invoke, :f :read, …}"),
    ("{:type :invoke :process 0}", true, "h:1:1: this operation has no :f; it is required"),
    ("{:type}", true, "h:1:7: found '}' after 'type'; expected its value"),
    ("{:process 0 :type :invoke :f :read :time 1.5}", true, "h:1:1: found the :time 1.5; expected nanoseconds"),
  ]

  @Test("What is no history is refused with its place and the right words", arguments: hostile)
  func refused(_ text: String, _ edn: Bool, _ message: String) {
    do {
      _ = try Self.read(text, edn ? .register : .kv, edn: edn)
      Issue.record("'\(text)' was read")
    } catch {
      #expect("\(error)" == message)
    }
  }

  @Test("Damaged and truncated histories are refused or read, and never trap")
  func damaged() throws {
    let text = """
      {"time_ns":1,"process":"c1","type":"invoke","op":"cas","operation":3,"key":"k\\u0031","expected":null,"value":[1,-2]}
      {"time_ns":2,"process":"c1","type":"ok","op":"cas","operation":3,"result":"mismatch","index":7}
      """
    let edn = """
      [{:process 0, :type :invoke, :f :cas, :value #jepsen/tuple [1 [2 #{3 "x\\n"}]], :time 1N} #_ {:a b} ; c
       {:process 0, :type :info, :f :cas, :value nil, :time 2}]
      """
    for (whole, isEDN) in [(text, false), (edn, true)] {
      let bytes = Array(whole.utf8)
      _ = try Self.read(whole, .casRegister, edn: isEDN)
      for position in bytes.indices {
        for change in [nil, 0, UInt8(ascii: "}"), UInt8(ascii: "\""), UInt8(ascii: "["), 0xFF] as [UInt8?] {
          var other = change == nil ? Array(bytes[..<position]) : bytes
          if let change { other[position] = change }
          _ = try? other.withUnsafeBufferPointer { bytes throws(HistoryError) in
            isEDN
              ? try EDNHistory.read(bytes, file: "h", model: .casRegister)
              : try JSONHistory.read(bytes, file: "h", model: .casRegister)
          }
        }
      }
    }
  }
}
