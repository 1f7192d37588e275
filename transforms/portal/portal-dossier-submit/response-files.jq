# One answer for one file, a list for several; as many as were sent, or it is no answer to them.
(if (.result | type) == "array" then .result else [.] end)
| if length == ($count | tonumber) then map({ id: .IdTepTin, hash: .HashTepTin }) else error("not as many as were sent") end
