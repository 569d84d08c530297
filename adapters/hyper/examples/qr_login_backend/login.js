// Asks every second, one question at a time, until the login has ended.
const say = (text) => { document.getElementById("say").textContent = text; };
const ask = async () => {
  let answer;
  try {
    answer = await fetch("/login/status", { cache: "no-store" });
  } catch {
    return setTimeout(ask, 3000);
  }
  if (answer.ok && answer.status !== 202) return location.assign("/");
  if (answer.status === 202 || answer.status === 503) {
    return setTimeout(ask, 1000 * (Number(answer.headers.get("retry-after")) || 1));
  }
  document.getElementById("code").remove();
  say(await answer.text());
};
ask();
