# A page for the bus: the events behind the last one that it has, and the id of the newest of them.
(length == ($pagesize | tonumber)) as $full
| map(select(._id."$oid" > $lastId)) as $new
| { items: $new, watermark: ($new | map(._id."$oid") | max), more: ($full and ($new | length) > 0), total: null }
