internal import CutlineCore

/// Dates that a program wrote as midnights of its zone, which are other times of day in UTC: 23:00 or 22:00 of the day before
/// for Madrid, 05:00 for Lima.
///
/// No data base of zones is asked: where all moments are at one time of day, or at two an hour apart (in winter and summer),
/// that is not midnight, they are the midnights of the zone that the file names.
struct ZonedMidnights {
  /// Days since 1960-01-01.
  let days: [Double]

  /// - Returns: nil where the moments are no such midnights, or there is none.
  init?(_ values: ColumnValues) {
    guard case .moment(let seconds, .dateTime) = values else { return nil }
    var times: Set<Double> = []
    for moment in seconds where !moment.isNaN {
      times.insert(moment - 86_400 * (moment / 86_400).rounded(.down))
      if times.count > 2 { return nil }
    }
    guard let first = times.min(), let last = times.max(), last > 0 else { return nil }
    guard last - first <= 3600 || last - first == 82_800, times.allSatisfy({ $0 == 900 * ($0 / 900).rounded() }) else {
      return nil
    }
    days = seconds.map { moment in
      guard !moment.isNaN else { return moment }
      let day = (moment / 86_400).rounded(.down)
      // East of Greenwich the day has begun before it has in UTC; 14 hours before at most, and 12 after it.
      return moment - 86_400 * day > 36_000 ? day + 1 : day
    }
  }
}
