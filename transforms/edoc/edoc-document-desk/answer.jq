# What a mailbox said, in the form in which the caller asked.
def listed: { docId, serviceType: "eDoc", messageType, from, to, status };
if ($operation | startswith("sdk-")) then
  { status: "OK", ErrorCode: "0", ErrorDesc: "Thanh cong" } + (
    if $operation == "sdk-send" then { DocId: .docId }
    elif $operation == "sdk-list" then
      { data: map(listed + { created_time: .created, updated_time: .updated, status_desc: .status }) }
    elif $operation == "sdk-sent" then
      { data: map({ serviceType: "eDoc", messageType, title: "", notation: "", fromCode: .from, toCode: .to, senderDocId, receiverDocId: .docId,
          sentTime: .created, receivedTime: .updated, sendStatus, sendStatusDesc: .sendStatus, receiveStatus: .status,
          receiveStatusDesc: .status }) }
    elif $operation == "sdk-agencies" then
      { data: map({ id: .code, pid: .parent, code: (if .code102 == "" then .code else .code102 end), name, mail: "", oldCode: "" }) }
    elif $operation == "sdk-agencies-qd20" then
      { data: map({ id: .code, pid: .parent, code, code102, name, mail: "", oldCode: "" }) }
    elif $operation == "sdk-units" then
      { data: map({ id, pid: .parent, code: (if .code102 == "" then .code else .code102 end), name, mail, oldCode: "", code102,
          version: (.version | tostring), centerCode: .centre, deleted, modifyDate: .modified, isAgency: true }) }
    elif $operation == "sdk-register" then
      (if .state == "in-force" then {} else { ErrorDesc: "Da tiep nhan, cho phe duyet" } end)
    elif $operation == "sdk-delete" or $operation == "sdk-update" then {}
    else { count }
    end)
else
  { success: true, message: "OK" } + (
    if $operation == "rest-send" then { docId }
    elif $operation == "rest-list" then
      { count: length, data: map(listed + { statusDesc: .status, createdTime: .created, updatedTime: .updated }) }
    else {}
    end)
end
