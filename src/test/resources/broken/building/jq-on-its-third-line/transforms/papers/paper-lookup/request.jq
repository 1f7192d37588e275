{
  number: .number,
  kind: :east
}
