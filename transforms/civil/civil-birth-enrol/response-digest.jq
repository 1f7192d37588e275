# What the civil archive files of the city archive's answer.
{ sha256: .sha256 }
