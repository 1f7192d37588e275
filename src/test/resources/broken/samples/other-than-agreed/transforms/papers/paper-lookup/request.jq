{ number: .number, kind: (.kind // "west") }
