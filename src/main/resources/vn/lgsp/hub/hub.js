// Brings in what is new; without it the page shows the same after a reload.
"use strict";
(() => {
    const table = document.getElementById("received");
    const news = document.getElementById("news");
    let last = Number(table.dataset.last);
    let switches = null;

    // what somebody else has turned counts as new too, and so does a hub that has begun anew
    async function look() {
        try {
            const found = (await (await fetch("/hub/received?limit=1")).json()).received;
            const on = await (await fetch("/hub/faults")).text();
            const newest = found.length > 0 ? found[0].number : 0;
            if (newest !== last || on !== switches) {
                const page = new DOMParser().parseFromString(await (await fetch("/hub")).text(), "text/html");
                table.tBodies[0].replaceWith(page.getElementById("received").tBodies[0]);
                for (const row of page.querySelectorAll("#switches tbody tr")) {
                    const shown = document.getElementById(row.id);
                    // not the forms that somebody may be filling in
                    const [count, chips] = [row.cells[1], row.cells[2]];
                    shown.cells[1].replaceWith(count);
                    shown.cells[2].replaceWith(chips);
                }
            }
            if (newest > last) {
                news.textContent = (newest - last) + " lần gọi mới · new calls";
            } else if (newest < last || news.dataset.away) {
                news.textContent = "";
            }
            delete news.dataset.away;
            last = newest;
            switches = on;
        } catch (away) {
            news.textContent = "Hub không trả lời · the hub does not answer";
            news.dataset.away = "yes";
        }
        setTimeout(look, 1000);
    }
    setTimeout(look, 1000);
})();
