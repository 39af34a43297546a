internal import CutlineCore
