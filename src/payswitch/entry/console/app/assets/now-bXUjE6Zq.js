import{r as n,cy as e}from"./index-CM4RJQ02.js";const o=n(Date.now());window.setInterval(()=>o.value=Date.now(),1e3);const t=e(o);export{t as n};
