/* The checkout page's script: asks how the payment stands and opens the wallet once. Without it the page works, too:
   every button is a form, and a refresh asks instead. Nothing that happens here is evidence of a payment. */
(function () {
  "use strict";
  var root = document.getElementById("checkout");
  if (!root) return;

  var FIRST_GAP_MS = 1000, LAST_GAP_MS = 3000, EAGER_MS = 15000, AFTER_END_MS = 60000;
  var opened = Date.now(), timer = 0, asking = false, misses = 0;

  function show() { location.replace(root.dataset.page); }

  function gap() {
    var age = Date.now() - opened;
    if (misses) return Math.min(LAST_GAP_MS * misses, 10000);
    return age < EAGER_MS ? FIRST_GAP_MS : Math.min(LAST_GAP_MS, FIRST_GAP_MS + (age - EAGER_MS) / 15);
  }

  function again() {
    clearTimeout(timer);
    var ended = root.dataset.phase === "succeeded" || root.dataset.phase === "closed";
    if (root.dataset.live !== "yes" || (ended && Date.now() - opened > AFTER_END_MS)) return;
    if (document.visibilityState === "hidden") return;
    timer = setTimeout(ask, gap());
  }

  function ask() {
    if (asking) return Promise.resolve();
    asking = true;
    return fetch(root.dataset.status, { cache: "no-store", credentials: "omit" })
      .then(function (answer) { if (!answer.ok) throw new Error(String(answer.status)); return answer.json(); })
      .then(function (status) {
        misses = 0;
        if (status.key !== root.dataset.key) show();
      })
      .catch(function () { misses += 1; })
      .then(function () {
        asking = false;
        document.getElementById("offline").hidden = misses < 2;
        again();
      });
  }

  function back() { opened = Date.now(); unlock(); ask(); }
  document.addEventListener("visibilitychange", function () { if (document.visibilityState === "visible") back(); });
  window.addEventListener("pageshow", function (event) { if (event.persisted) back(); });
  window.addEventListener("online", back);

  /* A form is sent once: a second tap must not launch a second time while the first is under way. */
  function unlock() {
    document.querySelectorAll(".busy").forEach(function (form) { form.classList.remove("busy"); });
  }
  document.addEventListener("submit", function (event) {
    if (event.target.classList.contains("busy")) { event.preventDefault(); return; }
    event.target.classList.add("busy");
  });

  var done = document.getElementById("done");
  if (done) done.addEventListener("click", function (event) {
    event.preventDefault();
    done.classList.add("busy");
    opened = Date.now();
    ask().then(function () { setTimeout(unlock, 1500); });
  });

  var countdown = document.getElementById("countdown");
  if (countdown) {
    var end = Date.now() + Number(countdown.dataset.seconds) * 1000;
    setInterval(function () {
      var left = Math.max(0, Math.round((end - Date.now()) / 1000));
      countdown.textContent = Math.floor(left / 60) + ":" + String(left % 60).padStart(2, "0");
    }, 500);
  }

  /* Inside WeChat: the bridge opens the password sheet. Whatever it answers, the server asks the channel. */
  var pay = document.getElementById("pay"), open = document.getElementById("open");
  function bridge(call) {
    if (window.WeixinJSBridge) { call(); return; }
    if (!/MicroMessenger/i.test(navigator.userAgent)) { document.getElementById("jsapi-hint").hidden = false; return; }
    document.addEventListener("WeixinJSBridgeReady", call, { once: true });
  }
  if (pay && open && pay.dataset.kind === "jsapi") {
    open.addEventListener("click", function () {
      bridge(function () {
        window.WeixinJSBridge.invoke("getBrandWCPayRequest", JSON.parse(pay.dataset.params), function () { back(); });
      });
    });
  }

  /* Right after a button was pressed the wallet opens by itself, once: going back must not open it again. */
  var address = new URL(location.href);
  if (address.searchParams.has("go") || address.searchParams.has("check")) {
    var go = address.searchParams.has("go");
    address.searchParams.delete("go");
    address.searchParams.delete("check");
    history.replaceState(null, "", address.pathname + address.search);
    if (go && open) open.click();
  }
  again();
})();
