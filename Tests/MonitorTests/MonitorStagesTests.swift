import CutlineCore
import CutlineMonitor
import Testing

@Suite struct MonitorStagesTests {
  @Test func stagesRegister() throws {
    var registry = Registry()
    try MonitorStages.register(in: &registry)
  }
}
