import Experiments
import Testing

@Suite("What makes two failures the same one")
struct FingerprintTests {
  private func fingerprint(_ detail: String, role: String = "follower") -> FailureFingerprint {
    FailureFingerprint(promise: "log-matching", role: role, detail: detail)
  }

  @Test("Names, numbers and moments are no part of it")
  func numbers() {
    let one = fingerprint("n3 has an entry of term 12 at 1,405 after 12.437 s, not 0a1b2c3d4e5f6071")
    let other = fingerprint("n1 has an entry of term 2 at 7 after 3 s, not ffffffff00000000")
    #expect(one == other)
    #expect(one.description == "log-matching · follower · n# has an entry of term # at # after # s, not #")
  }

  @Test("Role and words are")
  func words() {
    #expect(fingerprint("n3 voted twice") != fingerprint("n3 voted twice", role: "leader"))
    #expect(fingerprint("n3 voted twice") != fingerprint("n3 forgot its vote"))
  }
}
