/// Cells with so few booked applications that their numbers would be those of persons: pictures and pages leave them out, tables of
/// the run have them.
enum FewApplications {
  /// Booked applications below which a cell is left out.
  static let least = 5.0

  /// Whether a cell holds some, and too few. Predicted demand alone is nobody's.
  static func isFew(_ bookings: Double?) -> Bool { bookings.map { $0 > 0 && $0 < least } ?? false }

  static let remark = "cells of 1 to 4 bookings are left out"
}
