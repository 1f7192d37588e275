// Brings in what is new; without it the page shows the same after a reload.
"use strict";
(() => {
    const table = document.getElementById("received");
    const news = document.getElementById("news");
    let last = Number(table.dataset.last);

    async function look() {
        try {
            const answer = await fetch("/hub/received?limit=1&after=" + last);
            const found = (await answer.json()).received;
            if (found.length > 0) {
                const page = new DOMParser().parseFromString(await (await fetch("/hub")).text(), "text/html");
                table.tBodies[0].replaceWith(page.getElementById("received").tBodies[0]);
                for (const row of page.querySelectorAll("#switches tbody tr")) {
                    const shown = document.getElementById(row.id);
                    // not the forms that somebody may be filling in
                    shown.cells[2].replaceWith(row.cells[2]);
                    shown.cells[3].replaceWith(row.cells[2]);
                }
                const before = last;
                last = found[found.length - 1].number;
                news.textContent = (last - before) + " lần gọi mới · new calls";
            }
        } catch (away) {
            news.textContent = "Hub không trả lời · the hub does not answer";
        }
        setTimeout(look, 1000);
    }
    setTimeout(look, 1000);
})();
