// The door of a share link: the token leaves the address at once and is handed in; leaving takes the cookie away.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});

  const post = (path, body) => fetch(path, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), cache: "no-store",
  });

  function say(heading, sentence) {
    document.querySelector("#share-door h1").textContent = heading;
    document.querySelector("#share-door p").textContent = sentence;
  }

  async function enter(door) {
    const token = window.location.hash.slice(1);
    window.history.replaceState(null, "", "/shared"); // neither the history nor a later copy keeps it
    try {
      const answer = await post("/shares/enter", { token });
      const told = await answer.json();
      if (answer.ok) return window.location.replace(told.address);
      return say(told.cause, told.cure);
    } catch {
      return say(door.dataset.dead, "The server cannot be reached. Check the connection, then open the link once more.");
    }
  }

  trueslice.leaveShare = async () => {
    await post("/shares/leave", {});
    window.location.replace("/shared");
  };

  const door = document.getElementById("share-door");
  if (door && window.location.hash.length > 1) enter(door);
  else if (door && door.dataset.address) window.location.replace(door.dataset.address);
  else if (door) say(door.dataset.dead, door.dataset.cure);
})();
