import Mutants
import Testing

@Suite("Seeds to detection")
struct IntervalTests {
  @Test("Nothing in k seeds bounds it by three in k")
  func nothing() {
    let interval = Interval(detections: 0, seeds: 2_000, stopped: false)
    #expect(interval.mean == nil && interval.atMost == nil)
    #expect(abs(interval.atLeast - 666.7) < 0.1)
  }

  @Test("One detection that ends the search is geometric")
  func geometric() {
    // (1 − p)^(n − 1) = 2.5 % and (1 − p)^n = 97.5 %.
    let interval = Interval(detections: 1, seeds: 20, stopped: true)
    #expect(interval.mean == 20)
    #expect(abs(interval.atLeast - 5.6668) < 0.001 && abs(interval.atMost! - 790.5) < 0.5)
  }

  @Test("So many of given seeds are Clopper and Pearson's")
  func binomial() {
    // Tables have 0.2153 and 0.5477 … for 5 in 10 it is 0.1871 to 0.8129.
    let interval = Interval(detections: 5, seeds: 10, stopped: false)
    #expect(interval.mean == 2)
    #expect(abs(1 / interval.atLeast - 0.8129) < 0.0001 && abs(1 / interval.atMost! - 0.1871) < 0.0001)
  }

  @Test("Every seed a detection: the lower end is one seed each")
  func all() {
    let interval = Interval(detections: 10, seeds: 10, stopped: true)
    #expect(interval.mean == 1 && abs(interval.atLeast - 1) < 1e-9)
    // p^10 = 2.5 %.
    #expect(abs(1 / interval.atMost! - 0.6915) < 0.0001)
  }

  @Test("More seeds for as many detections move the whole interval up", arguments: [1, 3, 10])
  func monotonous(_ detections: Int) {
    var last = Interval(detections: detections, seeds: 20, stopped: true)
    for seeds in [50, 200, 2_000] {
      let next = Interval(detections: detections, seeds: seeds, stopped: true)
      #expect(next.atLeast > last.atLeast && next.atMost! > last.atMost! && next.mean! > last.mean!)
      #expect(next.atLeast < next.mean! && next.mean! < next.atMost!)
      last = next
    }
  }
}
