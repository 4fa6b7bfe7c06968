/// Multiplies to 128 bits and folds the halves: the one primitive behind choices and digests. The
/// construction (a folded wide multiplication with odd constants) is that of wyhash by Wang Yi; the
/// constants below are the fractional digits of √2, √3, √5, √7 and √11, made odd.
@inlinable
@inline(__always)
package func foldedProduct(_ left: UInt64, _ right: UInt64) -> UInt64 {
  let product = left.multipliedFullWidth(by: right)
  return product.high ^ product.low
}

@usableFromInline
package enum MixingConstant {
  @usableFromInline package static let a: UInt64 = 0x6A09_E667_F3BC_C909
  @usableFromInline package static let b: UInt64 = 0xBB67_AE85_84CA_A73B
  @usableFromInline package static let c: UInt64 = 0x3C6E_F372_FE94_F82B
  @usableFromInline package static let d: UInt64 = 0xA54F_F53A_5F1D_36F1
  @usableFromInline package static let e: UInt64 = 0x510E_527F_ADE6_82D1
}

/// The word that `avalanche` made this one of: multiplications by odd numbers and shifted exclusive ors have inverses.
package func unavalanche(_ word: UInt64) -> UInt64 {
  var mixed = word
  mixed = mixed ^ (mixed >> 31) ^ (mixed >> 62)
  mixed = mixed &* 0x3196_42B2_D24D_8EC3
  mixed = mixed ^ (mixed >> 27) ^ (mixed >> 54)
  mixed = mixed &* 0x96DE_1B17_3F11_9089
  return mixed ^ (mixed >> 30) ^ (mixed >> 60)
}

/// Spreads every input bit over all 64 output bits (Stafford's variant 13 of the MurmurHash3 finaliser,
/// as in SplitMix64).
@inlinable
@inline(__always)
package func avalanche(_ word: UInt64) -> UInt64 {
  var mixed = word
  mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
  mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
  return mixed ^ (mixed >> 31)
}
