{ number: .number, kind: (.kind // "east"
