# What the later steps need of the insurance office's answer, and nothing else of it.
{ receipt: .bienNhan }
