internal import CutlineCore
@main struct Tool { static func main() {} }
