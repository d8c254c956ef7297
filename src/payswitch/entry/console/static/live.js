/* The live page's script: asks once a second and draws. Every text goes in as text, never as markup. */
(function () {
  "use strict";
  var HUES = 12, SVG = "http://www.w3.org/2000/svg";
  var STATES = { healthy: "正常 healthy", degraded: "异常迹象 degraded", open: "熔断 open", probing: "探测中 probing" };
  var PRODUCTS = {
    wechat_native: "微信扫码", wechat_jsapi: "微信内支付", wechat_h5: "微信 H5", wechat_app: "微信 App",
    alipay_precreate: "支付宝扫码", alipay_wap: "支付宝手机网页", alipay_page: "支付宝电脑网页", alipay_app: "支付宝 App",
    huabei_precreate: "花呗扫码", huabei_wap: "花呗手机网页", huabei_page: "花呗电脑网页", huabei_app: "花呗 App",
    wechat_mini: "微信小程序", wechat_code: "微信付款码", alipay_jsapi: "支付宝内支付", alipay_code: "支付宝付款码",
    unionpay_wap: "云闪付手机网页", unionpay_web: "云闪付电脑网页", unionpay_app: "云闪付 App", unionpay_qr: "云闪付扫码",
    unionpay_jsapi: "云闪付内支付", unionpay_code: "云闪付付款码", quickpay_card: "银行卡快捷", ecny_qr: "数字人民币扫码",
    applepay_app: "Apple Pay", applepay_web: "Apple Pay 网页", huaweipay_app: "华为支付", mipay_app: "小米支付",
    samsungpay_app: "三星支付", vivopay_app: "vivo 支付", epay_alipay: "易支付·支付宝", epay_wechat: "易支付·微信"
  };
  var names = {}, hues = {}, lost = 0;

  function el(tag, className, text) {
    var node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined && text !== null) node.textContent = text;
    return node;
  }
  function add(parent) {
    for (var i = 1; i < arguments.length; i++) if (arguments[i]) parent.appendChild(arguments[i]);
    return parent;
  }
  function put(id, nodes) { document.getElementById(id).replaceChildren.apply(document.getElementById(id), nodes); }
  function percent(share, digits) { return share === null || share === undefined ? "–" : (share * 100).toFixed(digits === undefined ? 1 : digits) + "%"; }
  function ms(value) { return value === null || value === undefined ? "–" : Math.round(value) + " ms"; }
  function count(value) { return Number(value).toLocaleString("en-US"); }
  function yuan(fen) { return "¥" + (fen / 100).toLocaleString("zh-CN", { minimumFractionDigits: 2, maximumFractionDigits: 2 }); }
  function shortYuan(fen) { return fen >= 1000000 ? "¥" + (fen / 1000000).toFixed(1) + " 万" : yuan(fen); }
  function clock(atMs) { return new Date(atMs).toLocaleTimeString("zh-CN", { hour12: false }); }
  function ago(seconds) { return seconds < 60 ? seconds + " s" : seconds < 5400 ? Math.round(seconds / 60) + " min" : (seconds / 3600).toFixed(1) + " h"; }
  function name(id) { return names[id] || id; }

  function total(label, value, more, mood) {
    var box = el("div", "total" + (mood ? " " + mood : ""));
    return add(box, el("p", "", label), el("p", "value", value), el("p", "more", more || ""));
  }

  function drawTotals(data) {
    var t = data.totals;
    put("totals", [
      total("支付单 payments", count(t.payments), "每分钟 per min " + count(data.minute.created)),
      total("成交 paid", count(t.paid), shortYuan(t.paid_fen)),
      total("成功率 success", percent(t.success_rate), "已结束 ended " + count(t.paid + t.closed)),
      total("切换挽回 saved", count(t.saved), t.saved ? shortYuan(t.saved_fen) : "", t.saved ? "good" : ""),
      total("切换 switches", count(t.switches), "p95 " + ms(data.switch_ms.p95)),
      total("对冲 hedges", count(t.hedges), hedgeMore(data.hedging, t), t.hedges_denied ? "alarm" : ""),
      total("出示凭证 credential", ms(data.credential_ms.p50), "p99 " + ms(data.credential_ms.p99)),
      total("进行中 open", count(t.open), "重复支付 surplus " + count(t.surplus) + "，待退 owed " + count(t.surplus_open), t.surplus_open ? "alarm" : ""),
      total("通知待重试 events waiting", count(t.events_retried), "已送达 delivered " + count(t.events_delivered), t.events_retried ? "alarm" : "")
    ]);
  }

  /* Orders begun beside a silent one: how many of this minute's allowance are used. */
  function hedgeMore(hedging, t) {
    var used = 0, allowed = 0;
    hedging.forEach(function (merchant) { used += merchant.hedges; allowed += merchant.allowed; });
    return "每分钟 per min " + count(used) + "/" + count(allowed) + (t.hedges_denied ? "，超额未发 denied " + count(t.hedges_denied) : "");
  }

  function shape(tag, className, attributes) {
    var node = document.createElementNS(SVG, tag);
    node.setAttribute("class", className);
    Object.keys(attributes).forEach(function (key) { node.setAttribute(key, attributes[key]); });
    return node;
  }
  /* A channel keeps the colour it got when its first traffic was drawn. */
  function hue(id) {
    if (!(id in hues)) hues[id] = Object.keys(hues).length % HUES;
    return "hue-" + hues[id];
  }
  function at(values, most) {
    return values.map(function (value, index) {
      return (index * 600 / (values.length - 1)).toFixed(1) + "," + (116 - value / most * 110).toFixed(1);
    });
  }

  /* Layers of traffic, one per channel, the best tier at the bottom: when a channel falls sick its layer thins out
     and another's grows, while the whole stays as high as the dashed line of payments created. */
  function drawChart(data, channels) {
    var age = Math.ceil((data.now_ms - data.started_ms) / 5000), length = Math.min(Math.max(age, 24), data.trend.created.length);
    function recent(values) { return values.slice(-length); }
    var created = recent(data.trend.created), floor = new Array(length).fill(0), shapes = [], keys = [];
    channels.forEach(function (channel) { channel.trends = channel.lanes.map(function (lane) { return recent(lane.trend); }); });
    function stacked(channel, i, low) { return channel.trends.reduce(function (sum, trend) { return sum + trend[i]; }, low); }
    var sums = floor.map(function (_, i) { return channels.reduce(function (sum, channel) { return stacked(channel, i, sum); }, 0); });
    var most = Math.max.apply(null, sums.concat(created, [5]));
    channels.forEach(function (channel) {
      var roof = floor.map(function (low, i) { return stacked(channel, i, low); });
      if (!channel.lanes.length) return;
      shapes.push(shape("polygon", hue(channel.channel_id), { points: at(roof, most).concat(at(floor, most).reverse()).join(" ") }));
      keys.push(add(el("span"), el("i", hue(channel.channel_id)), document.createTextNode(channel.name)));
      floor = roof;
    });
    shapes.push(shape("polyline", "created", { points: at(created, most).join(" ") }));
    shapes.push(shape("line", "base", { x1: 0, y1: 116, x2: 600, y2: 116 }));
    keys.push(add(el("span"), el("i", "dashes"), document.createTextNode("创建 created")));
    put("chart", shapes);
    put("legend", keys);
  }

  function rateClass(rate) { return rate === null ? "" : rate >= 0.98 ? "rate-good" : rate >= 0.9 ? "rate-fair" : "rate-bad"; }
  function fact(label, value) { var item = el("span", "", label + " "); return add(item, el("b", "", value)); }

  /* Of the whole channel: only what there is something to say about. */
  function drawStanding(channel, nowMs) {
    var row = el("div", "standing"), probe = channel.probe, days = channel.certificate_days, age;
    if (channel.daily_cap_fen) {
      add(row, mood(fact("今日 today", shortYuan(channel.used_today_fen) + " / " + shortYuan(channel.daily_cap_fen)), channel.used_today_fen > channel.daily_cap_fen * 0.95 ? "alarm" : ""));
    }
    if (days !== null && days !== undefined && days < 30) add(row, mood(fact("证书 certificate", days < 0 ? "已过期 ended" : days + " 天 d"), "alarm"));
    if (probe) {
      age = Math.max(0, Math.round((nowMs - probe.at_ms) / 1000));
      add(row, mood(fact("探测 probe", (probe.severity === "ok" ? "✓ " + ms(probe.latency_ms) : (probe.severity === "problem" ? "✗ " : "! ") + probe.what) + " · " + ago(age) + " 前 ago"), probe.severity === "problem" ? "alarm" : ""));
    }
    return row.firstChild ? row : null;
  }
  function mood(node, className) { node.className = className; return node; }

  function drawLane(lane, nowMs) {
    var row = el("div", "lane"), title = el("div", "name", PRODUCTS[lane.product] || lane.product);
    add(title, el("span", "state state-" + lane.state, STATES[lane.state] || lane.state));
    add(row, title, el("div", "rate " + rateClass(lane.success_rate), percent(lane.success_rate)));
    add(row, add(el("div", "facts"),
      fact("调用 calls", count(lane.calls)), fact("出示 shown", count(lane.exposed)), fact("成交 paid", count(lane.paid)),
      fact("p50", ms(lane.p50_ms)), fact("p95", ms(lane.p95_ms))));
    if (lane.last_error) {
      var age = Math.max(0, Math.round((nowMs - lane.last_error.at_ms) / 1000));
      add(row, el("div", "error" + (age > 60 ? " old" : ""), (lane.last_error.code || lane.last_error.outcome) + " · " + ago(age) + " 前 ago"));
    }
    return row;
  }

  /* The configured channels with their lanes; also one that is configured no more but still had traffic. */
  function joined(data) {
    var known = data.channels.slice();
    data.lanes.forEach(function (lane) {
      if (!known.some(function (one) { return one.channel_id === lane.channel_id; })) known.push({ channel_id: lane.channel_id, name: lane.channel_id });
    });
    return known.map(function (channel) {
      var lanes = data.lanes.filter(function (lane) { return lane.channel_id === channel.channel_id; });
      return Object.assign({ lanes: lanes, share: lanes.reduce(function (sum, lane) { return sum + (lane.share || 0); }, 0) }, channel);
    });
  }

  function drawChannels(channels, nowMs) {
    var cards = channels.map(function (channel) {
      if (!channel.lanes.length) return null;
      var card = el("article", "channel"), head = el("div", "channel-head"), bar = el("div", "bar"), fill = el("i", hue(channel.channel_id));
      add(head, el("h3", "", channel.name), el("span", "id", channel.name === channel.channel_id ? "" : channel.channel_id), el("span", "share", percent(channel.share, 0)));
      fill.style.width = (channel.share * 100).toFixed(1) + "%";
      add(card, head, add(bar, fill), drawStanding(channel, nowMs));
      channel.lanes.forEach(function (lane) { add(card, drawLane(lane, nowMs)); });
      return card;
    });
    put("channels", cards.concat(drawIdle(channels, nowMs)).filter(Boolean));
  }

  /* Standby channels share one card: a line each, with whatever there is to say about their standing. */
  function drawIdle(channels, nowMs) {
    var idle = channels.filter(function (channel) { return !channel.lanes.length; }), card = el("article", "channel idle");
    if (!idle.length) return null;
    add(card, el("h3", "", "待命 standing by · " + idle.length));
    idle.forEach(function (channel) {
      add(card, add(el("div", "standby"), el("b", "", channel.name), el("small", "", channel.enabled === false ? "已停用 disabled" : "暂无流量 no traffic yet"), drawStanding(channel, nowMs)));
    });
    return card;
  }

  function drawMoment(moment) {
    var what = el("div", "what"), line = el("div");
    if (moment.kind === "switched") {
      add(line, el("b", "", name(moment.from_channel)), el("span", "arrow", "→"), el("b", "", name(moment.to_channel)),
        moment.times > 1 ? el("span", "state times", "× " + moment.times) : null);
      add(what, line, el("div", "why", "自动切换 switched in " + (moment.times > 1 ? "≤ " : "") + ms(moment.switch_ms) + (moment.code ? " · " + moment.code : "")));
    } else if (moment.kind === "breaker") {
      add(line, el("b", "", name(moment.channel_id) + " · " + (PRODUCTS[moment.product] || moment.product) + " "), el("span", "state state-" + moment.after, STATES[moment.after] || moment.after));
      add(what, line, el("div", "why", moment.reason_zh), el("div", "why", moment.reason_en));
    } else if (moment.kind === "hedged") {
      add(line, el("b", "", name(moment.from_channel)), el("span", "arrow", "‖"), el("b", "", name(moment.to_channel)),
        moment.times > 1 ? el("span", "state times", "× " + moment.times) : null);
      add(what, line, el("div", "why", "对冲 silent for " + (moment.times > 1 ? "≤ " : "") + ms(moment.waited_ms) + ", asked beside it"));
    } else if (moment.kind === "surplus") {
      add(what, el("b", "", "重复支付，原路退回 paid twice, goes back"), el("div", "why", yuan(moment.amount_fen) + " · " + moment.payment_id));
    } else {
      add(what, el("b", "", "未通过验证的消息 message not believed"), el("div", "why", name(moment.channel_id) + " · " + (moment.code || "")));
    }
    return add(el("li", "moment"), el("time", "", clock(moment.at_ms)), what);
  }

  /* Switches in a row with the same reason become one line: how many, and the slowest. */
  function folded(moments) {
    var lines = [];
    moments.forEach(function (moment) {
      var last = lines[lines.length - 1];
      var folds = moment.kind === "switched" || moment.kind === "hedged";
      if (last && folds && last.kind === moment.kind && last.from_channel === moment.from_channel &&
          last.to_channel === moment.to_channel && last.code === moment.code) {
        last.times += 1;
        last.switch_ms = Math.max(last.switch_ms, moment.switch_ms);
        last.waited_ms = Math.max(last.waited_ms, moment.waited_ms);
      } else lines.push(Object.assign({ times: 1 }, moment));
    });
    return lines;
  }
  function drawMoments(moments) {
    put("moments", moments.length ? folded(moments).map(drawMoment) : [el("li", "empty", "还没有切换 nothing has happened yet")]);
  }

  function beat(className, text) {
    document.getElementById("beat").className = "beat " + className;
    document.getElementById("beat-text").textContent = text;
  }

  function tick() {
    if (document.visibilityState === "hidden") { setTimeout(tick, 1000); return; }
    fetch("/live/data", { cache: "no-store", credentials: "same-origin" })
      .then(function (answer) { if (!answer.ok) throw new Error(String(answer.status)); return answer.json(); })
      .then(function (data) {
        lost = 0;
        data.channels.forEach(function (channel) { names[channel.channel_id] = channel.name; });
        var channels = joined(data);
        drawTotals(data); drawChart(data, channels); drawChannels(channels, data.now_ms); drawMoments(data.moments);
        beat("on", clock(data.now_ms) + " · 已运行 up " + ago(Math.round((data.now_ms - data.started_ms) / 1000)));
      })
      .catch(function () { lost += 1; if (lost > 1) beat("lost", "连接中断，正在重试 connection lost, trying again"); })
      .then(function () { setTimeout(tick, 1000); });
  }
  tick();
})();
