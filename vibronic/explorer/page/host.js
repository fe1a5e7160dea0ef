// The page on its own: questions go to the server that handed it out.
import { explore } from "./explorer.js";

const tab = crypto.randomUUID();

async function ask(question) {
  const answer = await fetch("ask", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...question, tab }),
  });
  return answer.json();
}

explore(document.getElementById("explorer"), ask);
